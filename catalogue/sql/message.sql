-- Messages.

-- struct message_row: channel_id i64, ts i64, user_id i64, bot_id i64, app_id i64, subtype str, text str, thread_ts i64, broadcast i64, reply_count i64, latest_reply i64, reply_users str, edited_by i64, edited_us i64, has_reactions i64, pinned i64, client_msg_id str, blocks str, attachments str, metadata str, extra str

-- message_add: stores a new message.
-- in channel_id i64, ts i64, user_id i64, bot_id i64, app_id i64, subtype str, text str, thread_ts i64, broadcast i64, client_msg_id str, blocks str, attachments str, metadata str, extra str
insert into message (channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply,
                     reply_users, edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '', 0, 0, 0, 0, $10, $11, $12, $13, $14);

-- message_get: one message.
-- in channel_id i64, ts i64
-- one message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and ts = $2;

-- message_by_client_id: an earlier post with this client_msg_id of this user.
-- in user_id i64, client_msg_id str
-- one message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where user_id = $1 and client_msg_id = $2 and client_msg_id <> '';

-- message_history: newest first, ts from $3 down to $2 (both included); replies only when they were broadcast.
-- in channel_id i64, from_ts i64, to_ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message
where channel_id = $1 and ts >= $2 and ts <= $3 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts desc limit $4;

-- message_history_up: oldest first, for windows that name only their beginning.
-- in channel_id i64, from_ts i64, to_ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message
where channel_id = $1 and ts >= $2 and ts <= $3 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts limit $4;

-- message_replies: a thread's replies, oldest first; the parent is not among them.
-- in channel_id i64, thread_ts i64, from_ts i64, to_ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message
where channel_id = $1 and thread_ts = $2 and thread_ts <> 0 and thread_ts <> ts and ts >= $3 and ts <= $4
order by ts limit $5;

-- struct thread_row: reply_count i64, latest_reply i64

-- message_thread: how many replies a thread has, and its newest.
-- in channel_id i64, thread_ts i64
-- one thread_row
select count(*), coalesce(max(ts), 0) from message
where channel_id = $1 and thread_ts = $2 and thread_ts <> 0 and thread_ts <> ts;

-- message_thread_users: who replied, in order of first reply; bots that speak under another name as bots.
-- in channel_id i64, thread_ts i64
-- many i64
select case when user_id = 0 then bot_id else user_id end from message
where channel_id = $1 and thread_ts = $2 and thread_ts <> 0 and thread_ts <> ts
group by case when user_id = 0 then bot_id else user_id end order by min(ts);

-- message_parent_set: what a parent knows of its replies; thread_ts 0 when none are left.
-- in channel_id i64, ts i64, thread_ts i64, reply_count i64, latest_reply i64, reply_users str
update message set thread_ts = $3, reply_count = $4, latest_reply = $5, reply_users = $6 where channel_id = $1 and ts = $2;

-- message_edit: a new text and what belongs to it.
-- in channel_id i64, ts i64, text str, blocks str, attachments str, metadata str, edited_by i64, edited_us i64
update message set text = $3, blocks = $4, attachments = $5, metadata = $6, edited_by = $7, edited_us = $8
where channel_id = $1 and ts = $2;

-- message_stream_set: what a streamed message says by now.
-- in channel_id i64, ts i64, text str, blocks str, metadata str, extra str
update message set text = $3, blocks = $4, metadata = $5, extra = $6 where channel_id = $1 and ts = $2;

-- message_set_subtype: it holds files now, or none any more.
-- in channel_id i64, ts i64, subtype str
update message set subtype = $3 where channel_id = $1 and ts = $2;

-- message_set_extra: what only some messages carry.
-- in channel_id i64, ts i64, extra str
update message set extra = $3 where channel_id = $1 and ts = $2;

-- message_set_broadcast: a reply now stands in the conversation as well.
-- in channel_id i64, ts i64, subtype str
update message set broadcast = 1, subtype = $3 where channel_id = $1 and ts = $2;

-- message_tombstone: a deleted parent whose replies stay.
-- in channel_id i64, ts i64, text str, user_id i64
update message set subtype = 'tombstone', text = $3, blocks = '', attachments = '', metadata = '', extra = '', edited_by = 0,
       edited_us = 0, has_reactions = 0, pinned = 0, client_msg_id = '', user_id = $4, bot_id = 0, app_id = 0
where channel_id = $1 and ts = $2;

-- message_delete: removes one message.
-- in channel_id i64, ts i64
delete from message where channel_id = $1 and ts = $2;

-- message_set_pinned: whether it is pinned in its conversation.
-- in channel_id i64, ts i64, pinned i64
update message set pinned = $3 where channel_id = $1 and ts = $2;

-- message_set_reacted: whether it has reactions.
-- in channel_id i64, ts i64, has_reactions i64
update message set has_reactions = $3 where channel_id = $1 and ts = $2;

-- message_unread_count: messages of others after the last one seen.
-- in channel_id i64, last_read i64, user_id i64
-- value i64
select count(*) from message
where channel_id = $1 and ts > $2 and user_id <> $3 and (thread_ts = 0 or thread_ts = ts or broadcast = 1);

-- message_latest: the newest message of a conversation.
-- in channel_id i64
-- one message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts desc limit 1;
