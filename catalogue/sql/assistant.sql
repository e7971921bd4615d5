-- Threads with apps that assist.

-- struct agent_row: app_id i64, bot_id i64, user_id i64, manifest str

-- agent_of_user: the app whose bot a user is; nothing for people.
-- in user_id i64, team_id i64
-- one agent_row
select a.id, b.id, b.user_id, a.manifest from bot b join app a on a.id = b.app_id
where b.user_id = $1 and b.team_id = $2 and b.deleted = 0 and a.deleted = 0;

-- struct assistant_row: app_id i64, user_id i64, context str

-- assistant_add: changes 0 rows when there is such a thread.
-- in channel_id i64, thread_ts i64, app_id i64, user_id i64, context str
insert into assistant_thread (channel_id, thread_ts, app_id, user_id, context) values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- assistant_get: one thread.
-- in channel_id i64, thread_ts i64
-- one assistant_row
select app_id, user_id, context from assistant_thread where channel_id = $1 and thread_ts = $2;

-- assistant_set_context: the person looks at something else.
-- in channel_id i64, thread_ts i64, context str
update assistant_thread set context = $3 where channel_id = $1 and thread_ts = $2;

-- struct thread_status_row: id i64, channel_id i64, thread_ts i64, user_id i64

-- thread_status_set: an app shows in a thread what it is doing.
-- in id i64, channel_id i64, thread_ts i64, user_id i64
insert into thread_status (id, channel_id, thread_ts, user_id) values ($1, $2, $3, $4)
on conflict (channel_id, thread_ts) do update set id = excluded.id, user_id = excluded.user_id;

-- thread_status_find: what a thread shows.
-- in channel_id i64, thread_ts i64
-- one thread_status_row
select id, channel_id, thread_ts, user_id from thread_status where channel_id = $1 and thread_ts = $2;

-- thread_status_get: the same, by its id.
-- in id i64
-- one thread_status_row
select id, channel_id, thread_ts, user_id from thread_status where id = $1;

-- thread_status_remove: nothing any more.
-- in id i64
delete from thread_status where id = $1;
