-- Tokens and who they speak for.

-- struct token_row: id i64, kind i64, org_id i64, team_id i64, user_id i64, app_id i64, bot_id i64, scopes str, expires_us i64, revoked_us i64, user_name str, home_id i64, is_bot i64, user_deleted i64, role i64, guest i64, is_member i64, member_deleted i64, team_name str, team_deleted i64, app_name str, app_deleted i64, allowed_ips str, epoch i64

-- token_by_hash: everything a call needs to know of its token.
-- in hash str
-- one token_row
select t.id, t.kind, t.org_id, t.team_id, t.user_id, t.app_id, t.bot_id, t.scopes, t.expires_us, t.revoked_us,
       coalesce(u.name, ''), coalesce(u.team_id, 0), coalesce(u.is_bot, 0), coalesce(u.deleted, 0),
       coalesce(m.role, 0), coalesce(m.guest, 0), case when m.user_id is null then 0 else 1 end, coalesce(m.deleted, 0),
       coalesce(w.name, o.name, ''), coalesce(w.deleted, 0), coalesce(a.name, ''), coalesce(a.deleted, 0), coalesce(a.allowed_ips, ''),
       coalesce((select n from auth_epoch where one = 1), 0)
from token t
left join users u on u.id = t.user_id
left join team_member m on m.user_id = t.user_id and m.team_id = case when t.team_id = 0 then u.team_id else t.team_id end
left join team w on w.id = t.team_id
left join org o on o.id = t.org_id
left join app a on a.id = t.app_id
where t.hash = $1;

-- token_add: stores a token by its hash.
-- in id i64, hash str, kind i64, org_id i64, team_id i64, user_id i64, app_id i64, bot_id i64, scopes str, label str, created_us i64, expires_us i64
insert into token (id, hash, kind, org_id, team_id, user_id, app_id, bot_id, scopes, label, created_us, expires_us, revoked_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0);

-- token_revoke: changes 0 rows when it was revoked before.
-- in id i64, revoked_us i64
update token set revoked_us = $2 where id = $1 and revoked_us = 0;

-- app_tokens_revoke: ends all tokens of an app in a workspace.
-- in app_id i64, team_id i64, revoked_us i64
update token set revoked_us = $3 where app_id = $1 and team_id = $2 and revoked_us = 0;

-- app_user_tokens: how many people's tokens of an app are in force in a workspace.
-- in app_id i64, team_id i64
-- value i64
select count(*) from token where app_id = $1 and team_id = $2 and kind = 1 and revoked_us = 0;

-- struct token_list_row: id i64, kind i64, team_id i64, user_name str, app_name str, scopes str, label str, created_us i64, expires_us i64, revoked_us i64

-- token_list: all tokens of an organization with their owners, oldest first; the tokens themselves are stored nowhere.
-- in org_id i64
-- many token_list_row
select t.id, t.kind, t.team_id, coalesce(u.name, ''), coalesce(a.name, ''), t.scopes, t.label, t.created_us, t.expires_us,
       t.revoked_us
from token t left join users u on u.id = t.user_id left join app a on a.id = t.app_id
where t.org_id = $1 order by t.created_us, t.id;
