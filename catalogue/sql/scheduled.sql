-- Messages that wait for their time.

-- struct scheduled_row: id i64, team_id i64, channel_id i64, user_id i64, bot_id i64, app_id i64, outsider i64, created_us i64, post_us i64, thread_ts i64, broadcast i64, text str, blocks str, attachments str, metadata str

-- scheduled_add: a new one.
-- in id i64, team_id i64, channel_id i64, user_id i64, bot_id i64, app_id i64, outsider i64, created_us i64, post_us i64, thread_ts i64, broadcast i64, text str, blocks str, attachments str, metadata str
insert into scheduled_message (id, team_id, channel_id, user_id, bot_id, app_id, outsider, created_us, post_us, thread_ts,
                               broadcast, text, blocks, attachments, metadata)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- scheduled_get: one of a workspace.
-- in id i64, team_id i64
-- one scheduled_row
select id, team_id, channel_id, user_id, bot_id, app_id, outsider, created_us, post_us, thread_ts, broadcast, text, blocks,
       attachments, metadata
from scheduled_message where id = $1 and team_id = $2;

-- scheduled_list: what an author has waiting, of one conversation or (0) of all, the next first.
-- in team_id i64, user_id i64, app_id i64, channel_id i64, after_us i64, before_us i64, last_us i64, last_id i64, limit i64
-- many scheduled_row
select id, team_id, channel_id, user_id, bot_id, app_id, outsider, created_us, post_us, thread_ts, broadcast, text, blocks,
       attachments, metadata
from scheduled_message
where user_id = $2 and team_id = $1 and app_id = $3 and ($4 = 0 or channel_id = $4) and post_us > $5 and post_us < $6
  and (post_us > $7 or (post_us = $7 and id > $8))
order by post_us, id limit $9;

-- scheduled_count: how many wait for a conversation in a stretch of time, its end not included.
-- in channel_id i64, from_us i64, to_us i64
-- value i64
select count(*) from scheduled_message where channel_id = $1 and post_us >= $2 and post_us < $3;

-- scheduled_remove: changes 0 rows when it is gone already.
-- in id i64
delete from scheduled_message where id = $1;

-- app_token_of_user: 1 while an app may still speak as this user.
-- in app_id i64, user_id i64
-- value i64
select 1 from token where app_id = $1 and user_id = $2 and revoked_us = 0 limit 1;
