-- The organization, its workspaces, their apps and bots.

-- struct team_row: id i64, org_id i64, name str, domain str, email_domain str, general_id i64, created_us i64, deleted i64, org_name str, org_domain str, org_created_us i64
-- struct bot_row: id i64, team_id i64, app_id i64, user_id i64, name str, deleted i64, updated_us i64
-- struct app_row: id i64, org_id i64, name str, client_id str, client_secret_hash str, signing_secret str, verification_token str, created_us i64, deleted i64, manifest str, owner_id i64, team_id i64

-- org_add: the one organization of this database.
-- in id i64, name str, domain str, created_us i64
insert into org (id, name, domain, created_us) values ($1, $2, $3, $4);

-- org_id: the organization, when there is one yet.
-- value i64
select id from org order by created_us limit 1;

-- team_add: a new workspace.
-- in id i64, org_id i64, name str, domain str, email_domain str, general_id i64, created_us i64
insert into team (id, org_id, name, domain, email_domain, general_id, created_us, deleted) values ($1, $2, $3, $4, $5, $6, $7, 0)
on conflict do nothing;

-- team_get: one workspace with its organization.
-- in team_id i64
-- one team_row
select t.id, t.org_id, t.name, t.domain, t.email_domain, t.general_id, t.created_us, t.deleted, o.name, o.domain, o.created_us
from team t join org o on o.id = t.org_id where t.id = $1;

-- team_by_domain: the id of a workspace.
-- in domain str
-- value i64
select id from team where domain = $1;

-- teams_of_user: workspaces of a user in order of id.
-- in user_id i64, after_id i64, limit i64
-- many team_row
select t.id, t.org_id, t.name, t.domain, t.email_domain, t.general_id, t.created_us, t.deleted, o.name, o.domain, o.created_us
from team_member m join team t on t.id = m.team_id join org o on o.id = t.org_id
where m.user_id = $1 and m.team_id > $2 and m.deleted = 0 and t.deleted = 0
order by m.team_id limit $3;

-- app_add: a new app.
-- in id i64, org_id i64, name str, client_id str, client_secret_hash str, signing_secret str, verification_token str, created_us i64, owner_id i64, team_id i64
insert into app (id, org_id, name, client_id, client_secret_hash, signing_secret, verification_token, created_us, deleted,
                 owner_id, team_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10);

-- app_list: all apps, oldest first.
-- in org_id i64
-- many app_row
select id, org_id, name, client_id, client_secret_hash, signing_secret, verification_token, created_us, deleted, manifest,
       owner_id, team_id
from app where org_id = $1 order by created_us, id;

-- bot_add: an app's bot in a workspace.
-- in id i64, team_id i64, app_id i64, user_id i64, name str, updated_us i64
insert into bot (id, team_id, app_id, user_id, name, deleted, updated_us) values ($1, $2, $3, $4, $5, 0, $6);

-- bot_get: one bot.
-- in bot_id i64
-- one bot_row
select id, team_id, app_id, user_id, name, deleted, updated_us from bot where id = $1;

-- team_only: one workspace as a page of its own.
-- in team_id i64, after_id i64
-- many team_row
select t.id, t.org_id, t.name, t.domain, t.email_domain, t.general_id, t.created_us, t.deleted, o.name, o.domain, o.created_us
from team t join org o on o.id = t.org_id where t.id = $1 and t.id > $2;

-- team_list: the workspaces of an organization, oldest first.
-- in org_id i64
-- many team_row
select t.id, t.org_id, t.name, t.domain, t.email_domain, t.general_id, t.created_us, t.deleted, o.name, o.domain, o.created_us
from team t join org o on o.id = t.org_id where t.org_id = $1 order by t.created_us, t.id;

-- app_set_deleted: an app goes, and its tokens with it; changes 0 rows when it is gone already.
-- in app_id i64
update app set deleted = 1 where id = $1 and deleted = 0;

-- app_bots_rename: another name for an app's bots.
-- in app_id i64, name str, updated_us i64
update bot set name = $2, updated_us = $3 where app_id = $1 and deleted = 0 and name <> $2;

-- app_bot_users_rename: and for the users that they act as; their handles stay.
-- in app_id i64, name str, updated_us i64
update users set real_name = $2, updated_us = $3
where real_name <> $2 and id in (select user_id from bot where app_id = $1 and deleted = 0);

-- app_bots_leave: an app's bots in a workspace are deactivated.
-- unkept bots are in no day's file
-- in app_id i64, team_id i64, updated_us i64
update users set deleted = 1, updated_us = $3
where deleted = 0 and id in (select user_id from bot where app_id = $1 and team_id = $2);

-- app_bot_returns: a bot that left is back.
-- unkept bots are in no day's file
-- in user_id i64, updated_us i64
update users set deleted = 0, updated_us = $2 where id = $1 and is_bot = 1 and deleted = 1;

-- app_team_domains: the domains of the workspaces where an app has tokens in force.
-- in app_id i64
-- many str
select w.domain from team w
where w.deleted = 0 and (
    exists (select 1 from token t where t.app_id = $1 and t.team_id = w.id and t.revoked_us = 0)
    or exists (select 1 from token t join team_member m on m.user_id = t.user_id and m.team_id = w.id
               where t.app_id = $1 and t.team_id = 0 and t.revoked_us = 0))
order by w.domain;

-- app_teams: the workspaces that an app is in: by its bot, or by a token in force.
-- in app_id i64
-- many i64
select team_id from bot where app_id = $1 and deleted = 0
union select team_id from token where app_id = $1 and revoked_us = 0 and team_id <> 0
union select m.team_id from token t join team_member m on m.user_id = t.user_id
where t.app_id = $1 and t.revoked_us = 0 and t.team_id = 0 order by 1;

-- bot_of_app: an app's bot in a workspace.
-- in app_id i64, team_id i64
-- one bot_row
select id, team_id, app_id, user_id, name, deleted, updated_us from bot where app_id = $1 and team_id = $2 and deleted = 0;
