-- Slash commands, buttons, shortcuts: the apps they go to, and what these may do about them.

-- struct trigger_row: app_id i64, team_id i64, user_id i64, kind str, view_id i64, channel_id i64, made_us i64, expires_us i64, used_us i64

-- trigger_add: an id that an app may use once.
-- in hash str, app_id i64, team_id i64, user_id i64, kind str, view_id i64, channel_id i64, made_us i64, expires_us i64
insert into trigger_id (hash, app_id, team_id, user_id, kind, view_id, channel_id, made_us, expires_us, used_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0);

-- trigger_use: changes 0 rows when it is too old, was used, or is another app's.
-- in hash str, app_id i64, now_us i64
update trigger_id set used_us = $3 where hash = $1 and app_id = $2 and used_us = 0 and expires_us > $3;

-- trigger_get: what an id stands for.
-- in hash str
-- one trigger_row
select app_id, team_id, user_id, kind, view_id, channel_id, made_us, expires_us, used_us from trigger_id where hash = $1;

-- trigger_sweep: those of which nobody will ask any more.
-- in before_us i64
delete from trigger_id where expires_us < $1;

-- struct response_url_row: app_id i64, bot_id i64, team_id i64, user_id i64, channel_id i64, message_ts i64, ephemeral i64, replaces i64, thread_ts i64, uses i64, expires_us i64

-- response_url_add: an address that an app answers to.
-- in hash str, app_id i64, bot_id i64, team_id i64, user_id i64, channel_id i64, message_ts i64, ephemeral i64, replaces i64, thread_ts i64, uses i64, expires_us i64
insert into response_url (hash, app_id, bot_id, team_id, user_id, channel_id, message_ts, ephemeral, replaces, thread_ts, uses, expires_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- response_url_use: changes 0 rows when it was used up, or is too old.
-- in hash str, now_us i64
update response_url set uses = uses - 1 where hash = $1 and uses > 0 and expires_us > $2;

-- response_url_get: what an address stands for.
-- in hash str
-- one response_url_row
select app_id, bot_id, team_id, user_id, channel_id, message_ts, ephemeral, replaces, thread_ts, uses, expires_us
from response_url where hash = $1;

-- response_url_sweep: those of which nobody will ask any more.
-- in before_us i64
delete from response_url where expires_us < $1;

-- struct app_in_team_row: app_id i64, manifest str

-- apps_in_team: apps with a manifest that somebody in a workspace let in, the newest first.
-- in team_id i64
-- many app_in_team_row
select a.id, a.manifest from app a join token t on t.app_id = a.id
where t.team_id = $1 and t.kind in (1, 2) and t.revoked_us = 0 and a.deleted = 0 and a.manifest <> ''
group by a.id, a.manifest order by min(t.created_us) desc, a.id desc;

-- app_scopes_in_team: the scopes that an app was given in a workspace, as comma lists.
-- in app_id i64, team_id i64
-- many str
select distinct scopes from token where app_id = $1 and team_id = $2 and kind in (1, 2) and revoked_us = 0;

-- ephemeral_add: what an app shows to one person.
-- in channel_id i64, ts i64, reader_id i64, user_id i64, bot_id i64, app_id i64, subtype str, text str, thread_ts i64, blocks str, attachments str, extra str, expires_us i64
insert into ephemeral (channel_id, ts, reader_id, user_id, bot_id, app_id, subtype, text, thread_ts, blocks, attachments, extra, expires_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing;

-- ephemeral_get: a message that one person sees, for as long as it is kept.
-- in channel_id i64, ts i64, reader_id i64, now_us i64
-- one message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, 0, 0, 0, '', 0, 0, 0, 0, '', blocks, attachments, '', extra
from ephemeral where channel_id = $1 and ts = $2 and reader_id = $3 and expires_us > $4;

-- ephemeral_edit: an app shows something else in its place.
-- in channel_id i64, ts i64, reader_id i64, text str, blocks str, attachments str
update ephemeral set text = $4, blocks = $5, attachments = $6 where channel_id = $1 and ts = $2 and reader_id = $3;

-- ephemeral_remove: it is gone.
-- in channel_id i64, ts i64, reader_id i64
delete from ephemeral where channel_id = $1 and ts = $2 and reader_id = $3;

-- ephemeral_sweep: those that are kept no longer.
-- in now_us i64
delete from ephemeral where expires_us <= $1;
