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
