-- Conversations and their members.

-- struct channel_row: id i64, team_id i64, kind i64, name str, dm_key str, creator i64, created_us i64, updated_us i64, archived i64, is_general i64, topic str, topic_by i64, topic_us i64, purpose str, purpose_by i64, purpose_us i64, members_n i64, pins_n i64, last_ts i64, version i64, is_member i64, joined_us i64, last_read i64, is_open i64, muted i64, parent_id i64

-- channel_for: a conversation with the asking user's membership; nothing is hidden here (the gate decides).
-- in channel_id i64, user_id i64
-- one channel_row
select c.id, c.team_id, c.kind, c.name, c.dm_key, c.creator, c.created_us, c.updated_us, c.archived, c.is_general,
       c.topic, c.topic_by, c.topic_us, c.purpose, c.purpose_by, c.purpose_us, c.members_n, c.pins_n, c.last_ts, c.version,
       case when m.user_id is null then 0 else 1 end, coalesce(m.joined_us, 0), coalesce(m.last_read, 0),
       coalesce(m.is_open, 0), coalesce(m.muted, 0), c.parent_id
from channel c left join channel_member m on m.channel_id = c.id and m.user_id = $2
where c.id = $1;

-- channel_set_parent: what it was made from.
-- in channel_id i64, parent_id i64
update channel set parent_id = $2 where id = $1;

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

-- channel_last_ts: the newest ts given out in it.
-- in channel_id i64
-- value i64
select last_ts from channel where id = $1;

-- channel_version: grows with every change of what a history page shows.
-- in channel_id i64
-- value i64
select version from channel where id = $1;

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

-- members_page: who is in, in order of id.
-- in channel_id i64, after_id i64, limit i64
-- many i64
select user_id from channel_member where channel_id = $1 and user_id > $2 order by user_id limit $3;

-- user_channel_ids: every conversation of a workspace that a user is in.
-- in user_id i64, team_id i64
-- many i64
select m.channel_id from channel_member m join channel c on c.id = m.channel_id where m.user_id = $1 and c.team_id = $2;

-- channels_page: what a user may see of a workspace, in order of id, by kind (1 or 0 for each).
-- in team_id i64, user_id i64, after_id i64, limit i64, public i64, private i64, im i64, mpim i64, exclude_archived i64, guest i64
-- many channel_row
select c.id, c.team_id, c.kind, c.name, c.dm_key, c.creator, c.created_us, c.updated_us, c.archived, c.is_general,
       c.topic, c.topic_by, c.topic_us, c.purpose, c.purpose_by, c.purpose_us, c.members_n, c.pins_n, c.last_ts, c.version,
       case when m.user_id is null then 0 else 1 end, coalesce(m.joined_us, 0), coalesce(m.last_read, 0),
       coalesce(m.is_open, 0), coalesce(m.muted, 0), c.parent_id
from channel c left join channel_member m on m.channel_id = c.id and m.user_id = $2
where c.team_id = $1 and c.id > $3 and (c.archived = 0 or $9 = 0)
  and ((c.kind = 0 and $5 = 1 and ($10 = 0 or m.user_id is not null)) or (c.kind = 1 and $6 = 1 and m.user_id is not null)
       or (c.kind = 2 and $7 = 1 and m.user_id is not null) or (c.kind = 3 and $8 = 1 and m.user_id is not null))
order by c.id limit $4;

-- channels_of_user: what one user is in and another may see, in order of id; membership columns are the looker's.
-- in team_id i64, user_id i64, looker_id i64, after_id i64, limit i64, public i64, private i64, im i64, mpim i64, exclude_archived i64, guest i64, exclude_muted i64
-- many channel_row
select c.id, c.team_id, c.kind, c.name, c.dm_key, c.creator, c.created_us, c.updated_us, c.archived, c.is_general,
       c.topic, c.topic_by, c.topic_us, c.purpose, c.purpose_by, c.purpose_us, c.members_n, c.pins_n, c.last_ts, c.version,
       case when m.user_id is null then 0 else 1 end, coalesce(m.joined_us, 0), coalesce(m.last_read, 0),
       coalesce(m.is_open, 0), coalesce(m.muted, 0), c.parent_id
from channel_member u join channel c on c.id = u.channel_id
left join channel_member m on m.channel_id = c.id and m.user_id = $3
where u.user_id = $2 and u.channel_id > $4 and c.team_id = $1 and (c.archived = 0 or $10 = 0) and (u.muted = 0 or $12 = 0)
  and ((c.kind = 0 and $6 = 1 and ($11 = 0 or m.user_id is not null)) or (c.kind = 1 and $7 = 1 and m.user_id is not null)
       or (c.kind = 2 and $8 = 1 and m.user_id is not null) or (c.kind = 3 and $9 = 1 and m.user_id is not null))
order by u.channel_id limit $5;

-- member_set_open: shows an im or mpim in a member's list, or takes it out.
-- in channel_id i64, user_id i64, is_open i64
update channel_member set is_open = $3 where channel_id = $1 and user_id = $2;

-- member_mark: moves a member's read cursor.
-- in channel_id i64, user_id i64, last_read i64
update channel_member set last_read = $3 where channel_id = $1 and user_id = $2;

-- channel_read_by_all: its members have seen all up to last_read.
-- in channel_id i64, last_read i64
update channel_member set last_read = $2 where channel_id = $1;

-- user_channel_count: in how many channels of a workspace a user is (ims and mpims not counted).
-- in user_id i64, team_id i64
-- value i64
select count(*) from channel_member m join channel c on c.id = m.channel_id
where m.user_id = $1 and c.team_id = $2 and c.kind < 2;

-- channel_set_archived: changes 0 rows when it is in that state already.
-- in channel_id i64, archived i64, updated_us i64
update channel set archived = $2, updated_us = $3, version = version + 1 where id = $1 and archived <> $2;

-- channel_set_name: fails over the unique index when the name is taken; ask channel_named first.
-- in channel_id i64, name str, updated_us i64
update channel set name = $2, updated_us = $3 where id = $1;

-- channel_old_name_add: remembers a name a channel had.
-- in channel_id i64, changed_us i64, name str
insert into channel_old_name (channel_id, changed_us, name) values ($1, $2, $3) on conflict do nothing;

-- channel_old_names: the names a channel had, newest first.
-- in channel_id i64
-- many str
select name from channel_old_name where channel_id = $1 order by changed_us desc;

-- channel_set_topic: a new topic.
-- in channel_id i64, topic str, topic_by i64, topic_us i64
update channel set topic = $2, topic_by = $3, topic_us = $4, updated_us = $4 where id = $1;

-- channel_set_purpose: a new purpose.
-- in channel_id i64, purpose str, purpose_by i64, purpose_us i64
update channel set purpose = $2, purpose_by = $3, purpose_us = $4, updated_us = $4 where id = $1;
