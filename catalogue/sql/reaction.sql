-- Reactions.

-- struct reaction_row: ts i64, name str, user_id i64, at_us i64

-- reaction_add: changes 0 rows when this user already reacted so.
-- in channel_id i64, ts i64, name str, user_id i64, at_us i64
insert into reaction (channel_id, ts, name, user_id, at_us) values ($1, $2, $3, $4, $5) on conflict do nothing;

-- reaction_remove: changes 0 rows when there was none.
-- in channel_id i64, ts i64, name str, user_id i64
delete from reaction where channel_id = $1 and ts = $2 and name = $3 and user_id = $4;

-- reaction_range: the reactions on the messages of a page, in order of message and time.
-- in channel_id i64, from_ts i64, to_ts i64
-- many reaction_row
select ts, name, user_id, at_us from reaction where channel_id = $1 and ts >= $2 and ts <= $3 order by ts, at_us, user_id;

-- reaction_clear: removes all reactions on a message.
-- in channel_id i64, ts i64
delete from reaction where channel_id = $1 and ts = $2;

-- reacted_messages: messages a user reacted to that the looker may see, newest message first.
-- in user_id i64, team_id i64, looker_id i64, guest i64, before_ts i64, before_channel i64, limit i64, skip i64
-- many message_row
select m.channel_id, m.ts, m.user_id, m.bot_id, m.app_id, m.subtype, m.text, m.thread_ts, m.broadcast, m.reply_count,
       m.latest_reply, m.reply_users, m.edited_by, m.edited_us, m.has_reactions, m.pinned, m.client_msg_id, m.blocks,
       m.attachments, m.metadata, m.extra
from (select distinct channel_id, ts from reaction where user_id = $1) r
join channel c on c.id = r.channel_id and c.team_id = $2
join message m on m.channel_id = r.channel_id and m.ts = r.ts
left join channel_member s on s.channel_id = c.id and s.user_id = $3
where (s.user_id is not null or (c.kind = 0 and $4 = 0))
  and (r.ts < $5 or (r.ts = $5 and r.channel_id < $6))
order by r.ts desc, r.channel_id desc limit $7 offset $8;

-- reacted_count: how many messages reacted_messages has in all.
-- in user_id i64, team_id i64, looker_id i64, guest i64
-- value i64
select count(*) from (select distinct channel_id, ts from reaction where user_id = $1) r
join channel c on c.id = r.channel_id and c.team_id = $2
left join channel_member s on s.channel_id = c.id and s.user_id = $3
where s.user_id is not null or (c.kind = 0 and $4 = 0);
