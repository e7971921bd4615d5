-- Conversations and their members.

-- struct channel_row: id i64, team_id i64, kind i64, name str, dm_key str, creator i64, created_us i64, updated_us i64, archived i64, is_general i64, topic str, topic_by i64, topic_us i64, purpose str, purpose_by i64, purpose_us i64, members_n i64, pins_n i64, last_ts i64, version i64, is_member i64, joined_us i64, last_read i64, is_open i64, muted i64

-- channel_for: a conversation with the asking user's membership; nothing is hidden here (the gate decides).
-- in channel_id i64, user_id i64
-- one channel_row
select c.id, c.team_id, c.kind, c.name, c.dm_key, c.creator, c.created_us, c.updated_us, c.archived, c.is_general,
       c.topic, c.topic_by, c.topic_us, c.purpose, c.purpose_by, c.purpose_us, c.members_n, c.pins_n, c.last_ts, c.version,
       case when m.user_id is null then 0 else 1 end, coalesce(m.joined_us, 0), coalesce(m.last_read, 0),
       coalesce(m.is_open, 0), coalesce(m.muted, 0)
from channel c left join channel_member m on m.channel_id = c.id and m.user_id = $2
where c.id = $1;

-- channel_named: the id of a channel by its name.
-- in team_id i64, name str
-- value i64
select id from channel where team_id = $1 and name = $2;

-- channel_by_dm_key: the id of the im or mpim of exactly these people.
-- in team_id i64, dm_key str
-- value i64
select id from channel where team_id = $1 and dm_key = $2;

-- channel_add: changes 0 rows when the name or the set of people is taken.
-- in id i64, team_id i64, kind i64, name str, dm_key str, creator i64, created_us i64, is_general i64
insert into channel (id, team_id, kind, name, dm_key, creator, created_us, updated_us, archived, is_general, topic, topic_by,
                     topic_us, purpose, purpose_by, purpose_us, members_n, pins_n, last_ts, version)
values ($1, $2, $3, $4, $5, $6, $7, $7, 0, $8, '', 0, 0, '', 0, 0, 0, 0, 0, 1)
on conflict do nothing;

-- channel_ts_take: claims ts for a new message, when it is still the newest; changes 0 rows when another was faster.
-- in channel_id i64, ts i64
update channel set last_ts = $2, version = version + 1 where id = $1 and last_ts < $2;

-- channel_changed: what a history page of it shows has changed.
-- in channel_id i64
update channel set version = version + 1 where id = $1;

-- member_add: changes 0 rows when the user is in already.
-- in channel_id i64, user_id i64, joined_us i64, last_read i64, is_open i64
insert into channel_member (channel_id, user_id, joined_us, last_read, is_open, muted) values ($1, $2, $3, $4, $5, 0)
on conflict do nothing;

-- member_remove: changes 0 rows when the user is not in.
-- in channel_id i64, user_id i64
delete from channel_member where channel_id = $1 and user_id = $2;

-- channel_members_add: keeps the count of members.
-- in channel_id i64, by i64
update channel set members_n = members_n + $2 where id = $1;

-- member_has: 1 when the user is in.
-- in channel_id i64, user_id i64
-- value i64
select 1 from channel_member where channel_id = $1 and user_id = $2;
