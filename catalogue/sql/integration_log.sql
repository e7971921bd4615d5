-- What happened to the apps of a workspace.

-- struct integration_row: app_id i64, app_name str, user_id i64, user_name str, channel_id i64, at_us i64, change str, scopes str, reason str

-- integration_add: a new line.
-- in id i64, team_id i64, app_id i64, user_id i64, channel_id i64, at_us i64, change str, scopes str, reason str
insert into integration_log (id, team_id, app_id, user_id, channel_id, at_us, change, scopes, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- integration_page: the newest first; 0 and '' leave a filter out.
-- in team_id i64, app_id i64, user_id i64, change str, limit i64, skip i64
-- many integration_row
select l.app_id, coalesce(a.name, ''), l.user_id, coalesce(u.name, ''), l.channel_id, l.at_us, l.change, l.scopes, l.reason
from integration_log l left join app a on a.id = l.app_id left join users u on u.id = l.user_id
where l.team_id = $1 and ($2 = 0 or l.app_id = $2) and ($3 = 0 or l.user_id = $3) and ($4 = '' or l.change = $4)
order by l.id desc limit $5 offset $6;

-- integration_count: how many integration_page has in all.
-- in team_id i64, app_id i64, user_id i64, change str
-- value i64
select count(*) from integration_log
where team_id = $1 and ($2 = 0 or app_id = $2) and ($3 = 0 or user_id = $3) and ($4 = '' or change = $4);

-- app_scopes_in: what the tokens in force of an app in a workspace may do, one comma list a token.
-- in app_id i64, team_id i64
-- many str
select scopes from token where app_id = $1 and team_id = $2 and revoked_us = 0 order by id;
