-- Per-message activity: who has seen a message, and what people did with it.

-- struct sight_row: user_id i64, from_ts i64, to_ts i64, client i64
-- struct touch_row: ts i64, what i64, user_id i64
-- struct stub_row: ts i64, user_id i64, subtype str, thread_ts i64, broadcast i64
-- struct reaction_count_row: ts i64, name str, n i64
-- struct viewer_row: id i64, team_id i64, is_bot i64, fields str

-- member_read_on: moves a member's read cursor and the end of its newest span; 0 rows when the cursor is not in that span, the client is another, or more than 50 messages and replies lie between.
-- in channel_id i64, user_id i64, last_read i64, client i64, seen_to i64, was_read i64
update channel_member set last_read = $3, seen_to = case when seen_to < $5 then $5 else seen_to end
where channel_id = $1 and user_id = $2 and last_read = $6 and seen_client = $4 and seen_from <= $6 and seen_to >= $6 and $6 < $5
  and not exists (select 1 from message m where m.channel_id = $1 and m.ts > $6 and m.ts <= $5 limit 1 offset 50);

-- messages_between: how many stand in a conversation after from_ts, up to to_ts; it stops at limit.
-- in channel_id i64, from_ts i64, to_ts i64, limit i64
-- value i64
select count(*) from (select 1 from message where channel_id = $1 and ts > $2 and ts <= $3
                      and (thread_ts = 0 or thread_ts = ts or broadcast = 1) limit $4) x;

-- message_stub: what counting needs to know of a message.
-- in channel_id i64, ts i64
-- one stub_row
select ts, user_id, subtype, thread_ts, broadcast from message where channel_id = $1 and ts = $2;

-- message_earlier: the message that stands before ts, when it is one of the 50 newest before it.
-- in channel_id i64, ts i64
-- value i64
select ts from (select ts, thread_ts, broadcast from message where channel_id = $1 and ts < $2 order by ts desc limit 50) x
where thread_ts = 0 or thread_ts = ts or broadcast = 1 order by ts desc limit 1;

-- reply_before: the reply before ts.
-- in channel_id i64, thread_ts i64, ts i64
-- value i64
select ts from message where channel_id = $1 and thread_ts = $2 and thread_ts <> 0 and thread_ts <> ts and ts < $3
order by ts desc limit 1;

-- member_seen: a member's newest span.
-- in channel_id i64, user_id i64
-- one sight_row
select user_id, seen_from, seen_to, seen_client from channel_member where channel_id = $1 and user_id = $2;

-- member_set_seen: a member's newest span is another.
-- in channel_id i64, user_id i64, from_ts i64, to_ts i64, client i64
update channel_member set seen_from = $3, seen_to = $4, seen_client = $5 where channel_id = $1 and user_id = $2;

-- member_hold: nobody else changes what this member has seen until the transaction ends; 0 rows when it is no member.
-- in channel_id i64, user_id i64
update channel_member set seen_to = seen_to where channel_id = $1 and user_id = $2;

-- sight_hold: the same for who is no member: a row that is no span (to_ts 0), and that all of one person write.
-- in channel_id i64, user_id i64
insert into sight (channel_id, thread_ts, user_id, to_ts, from_ts, client, level) values ($1, 0, $2, 0, 0, 0, 0)
on conflict (channel_id, thread_ts, user_id, to_ts) do update set level = excluded.level;

-- sight_touching: a person's spans that overlap or touch [from_ts, to_ts], in order.
-- in channel_id i64, thread_ts i64, user_id i64, from_ts i64, to_ts i64
-- many sight_row
select user_id, from_ts, to_ts, client from sight
where channel_id = $1 and thread_ts = $2 and user_id = $3 and to_ts >= $4 and from_ts <= $5
  and to_ts <= coalesce((select min(v.to_ts) from sight v where v.channel_id = $1 and v.thread_ts = $2 and v.user_id = $3
                         and v.to_ts > $5), $5)
order by to_ts;

-- sight_newest: a person's span that ends last.
-- in channel_id i64, thread_ts i64, user_id i64
-- one sight_row
select user_id, from_ts, to_ts, client from sight where channel_id = $1 and thread_ts = $2 and user_id = $3 and to_ts > 0
order by to_ts desc limit 1;

-- sight_add: a span; none of its person ends there.
-- in channel_id i64, thread_ts i64, user_id i64, to_ts i64, from_ts i64, client i64, level i64
insert into sight (channel_id, thread_ts, user_id, to_ts, from_ts, client, level) values ($1, $2, $3, $4, $5, $6, $7);

-- sight_remove: a span, by its end.
-- in channel_id i64, thread_ts i64, user_id i64, to_ts i64
delete from sight where channel_id = $1 and thread_ts = $2 and user_id = $3 and to_ts = $4;

-- sights_open: the newest spans of the members of a conversation that reach into [first_ts, last_ts].
-- in channel_id i64, first_ts i64, last_ts i64
-- each sight_row
select user_id, seen_from, seen_to, seen_client from channel_member
where channel_id = $1 and seen_to >= $2 and seen_from < $3;

-- sights_at: the other spans of one class of length that reach into [first_ts, last_ts]; end_ts: last_ts and the most that they are long.
-- in channel_id i64, level i64, first_ts i64, last_ts i64, end_ts i64
-- each sight_row
select user_id, from_ts, to_ts, client from sight
where channel_id = $1 and thread_ts = 0 and level = $2 and to_ts >= $3 and to_ts < $5 and from_ts < $4;

-- sights_of_thread: spans of a thread that reach into [first_ts, last_ts].
-- in channel_id i64, thread_ts i64, first_ts i64, last_ts i64
-- each sight_row
select user_id, from_ts, to_ts, client from sight
where channel_id = $1 and thread_ts = $2 and to_ts >= $3 and from_ts < $4;

-- touch_add: changes 0 rows when it is known already.
-- in channel_id i64, ts i64, what i64, user_id i64
insert into message_touch (channel_id, ts, what, user_id) values ($1, $2, $3, $4) on conflict do nothing;

-- touch_has: is it known?
-- in channel_id i64, ts i64, what i64, user_id i64
-- value i64
select 1 from message_touch where channel_id = $1 and ts = $2 and what = $3 and user_id = $4;

-- touches: what people did with the messages of a page, reactions that stand there included (what 1).
-- in channel_id i64, first_ts i64, last_ts i64
-- each touch_row
select ts, what, user_id from message_touch where channel_id = $1 and ts >= $2 and ts <= $3
union
select ts, 1, user_id from reaction where channel_id = $1 and ts >= $2 and ts <= $3;

-- touch_clear: the message is gone.
-- in channel_id i64, ts i64
delete from message_touch where channel_id = $1 and ts = $2;

-- stubs: messages from to_ts down to from_ts, newest first, replies too.
-- in channel_id i64, from_ts i64, to_ts i64, limit i64
-- many stub_row
select ts, user_id, subtype, thread_ts, broadcast from message
where channel_id = $1 and ts >= $2 and ts <= $3 and subtype <> 'tombstone' order by ts desc limit $4;

-- message_all: messages from to_ts down to from_ts, newest first, replies too.
-- in channel_id i64, from_ts i64, to_ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and ts >= $2 and ts <= $3 and subtype <> 'tombstone' order by ts desc limit $4;

-- reaction_counts: how often each emoji stands on the messages of a page, in the order in which they came.
-- in channel_id i64, from_ts i64, to_ts i64
-- many reaction_count_row
select ts, name, count(*) from reaction where channel_id = $1 and ts >= $2 and ts <= $3 group by ts, name
order by ts, min(at_us), name;

-- viewers: people by their ids, a comma list; the fields of their profiles when with_fields is 1.
-- in ids str, with_fields i64
-- each viewer_row
select u.id, u.team_id, u.is_bot, case when $2 = 1 then u.fields else '' end
from /*sqlite: json_each('[' || $1 || ']') j join users u on u.id = j.value*/
     /*postgres: users u where u.id = any(string_to_array($1, ',')::bigint[])*/;
