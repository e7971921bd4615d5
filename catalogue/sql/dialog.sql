-- Dialogs, and requests for more scopes.

-- struct dialog_row: id i64, team_id i64, app_id i64, user_id i64, channel_id i64, body str, created_us i64
-- struct permission_row: id i64, team_id i64, app_id i64, user_id i64, token_id i64, scopes str, trigger_id str, created_us i64

-- dialog_add: a dialog is shown.
-- in id i64, team_id i64, app_id i64, user_id i64, channel_id i64, body str, created_us i64
insert into dialog (id, team_id, app_id, user_id, channel_id, body, created_us) values ($1, $2, $3, $4, $5, $6, $7);

-- dialog_get: one dialog.
-- in id i64
-- one dialog_row
select id, team_id, app_id, user_id, channel_id, body, created_us from dialog where id = $1;

-- dialogs_of_user: what a person is shown, by one app or (app 0) by any, the newest first.
-- in team_id i64, user_id i64, app_id i64
-- many dialog_row
select id, team_id, app_id, user_id, channel_id, body, created_us from dialog
where user_id = $2 and team_id = $1 and ($3 = 0 or app_id = $3) order by created_us desc, id desc;

-- dialog_remove: changes 0 rows when it is closed already.
-- in id i64
delete from dialog where id = $1;

-- dialog_sweep: those that were left open.
-- in before_us i64
delete from dialog where created_us < $1;

-- permission_add: a person is asked for scopes.
-- in id i64, team_id i64, app_id i64, user_id i64, token_id i64, scopes str, trigger_id str, created_us i64
insert into permission_request (id, team_id, app_id, user_id, token_id, scopes, trigger_id, created_us)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- permission_get: one request.
-- in id i64
-- one permission_row
select id, team_id, app_id, user_id, token_id, scopes, trigger_id, created_us from permission_request where id = $1;

-- permissions_of_user: what a person is asked, by one app or (app 0) by any, the newest first.
-- in team_id i64, user_id i64, app_id i64
-- many permission_row
select id, team_id, app_id, user_id, token_id, scopes, trigger_id, created_us from permission_request
where user_id = $2 and team_id = $1 and ($3 = 0 or app_id = $3) order by created_us desc, id desc;

-- permission_remove: changes 0 rows when it was answered already.
-- in id i64
delete from permission_request where id = $1;

-- permission_sweep: those that nobody answered.
-- in before_us i64
delete from permission_request where created_us < $1;

-- token_scopes: what a token in force may do.
-- in id i64
-- value str
select scopes from token where id = $1 and revoked_us = 0;

-- token_set_scopes: it may do this from now on.
-- in id i64, scopes str
update token set scopes = $2 where id = $1;

-- struct resource_row: id i64, kind i64

-- resources_of_user: the conversations somebody is in.
-- in team_id i64, user_id i64
-- many resource_row
select c.id, c.kind from channel_member m join channel c on c.id = m.channel_id
where m.user_id = $2 and c.team_id = $1 and c.archived = 0 order by c.id;

-- app_dialogs_remove: all dialogs of an app in a workspace.
-- in team_id i64, app_id i64
delete from dialog where team_id = $1 and app_id = $2;

-- app_permissions_remove: all that an app asks for in a workspace.
-- in team_id i64, app_id i64
delete from permission_request where team_id = $1 and app_id = $2;
