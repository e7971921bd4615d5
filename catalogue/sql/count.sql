-- Counting, in the transaction of what is counted; what is said, some time after it (core/said.h).

-- struct said_row: team_id i64, channel_id i64, kind i64, user_id i64, how i64, day i64, messages i64, upto i64

-- count_member: more of what a person did on a day.
-- in team_id i64, day i64, user_id i64, active i64, messages i64, channel_messages i64, desktop_messages i64, ios_messages i64, android_messages i64, app_messages i64, reactions i64, files i64, searches i64
insert into member_day (team_id, day, user_id, active, messages, channel_messages, desktop_messages, ios_messages, android_messages,
                        app_messages, reactions, files, searches)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (team_id, day, user_id) do update set active = member_day.active | excluded.active,
messages = member_day.messages + excluded.messages, channel_messages = member_day.channel_messages + excluded.channel_messages,
desktop_messages = member_day.desktop_messages + excluded.desktop_messages,
ios_messages = member_day.ios_messages + excluded.ios_messages,
android_messages = member_day.android_messages + excluded.android_messages,
app_messages = member_day.app_messages + excluded.app_messages, reactions = member_day.reactions + excluded.reactions,
files = member_day.files + excluded.files, searches = member_day.searches + excluded.searches;

-- count_channel: more of what happened in a conversation on a day.
-- in team_id i64, day i64, channel_id i64, user_id i64, messages i64, reactions i64, viewed i64
insert into channel_day (team_id, day, channel_id, user_id, messages, reactions, viewed) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (team_id, day, channel_id, user_id) do update set messages = channel_day.messages + excluded.messages,
reactions = channel_day.reactions + excluded.reactions, viewed = channel_day.viewed | excluded.viewed;

-- count_active: somebody is active on a day; days may come late.
-- in team_id i64, user_id i64, day i64
insert into member_active (team_id, user_id, day, bits) values ($1, $2, $3, 1)
on conflict (team_id, user_id) do update set
bits = case
    when excluded.day > member_active.day + 61 then 1
    when excluded.day > member_active.day
    then ((member_active.bits << cast(excluded.day - member_active.day as integer)) & 4611686018427387903) | 1
    when excluded.day < member_active.day - 61 then member_active.bits
    else member_active.bits | (cast(1 as bigint) << cast(member_active.day - excluded.day as integer)) end,
day = case when excluded.day > member_active.day then excluded.day else member_active.day end;

-- count_claim: when a person first did anything; changes 0 rows when that is known.
-- in user_id i64, claimed_us i64
update users set claimed_us = $2 where id = $1 and claimed_us = 0;

-- said_waiting: what was said and is not counted, of the next documents; upto is the last document of each row.
-- in limit i64
-- many said_row
select c.team_id, c.id, c.kind, d.user_id, d.how, d.day, d.messages, d.upto
from (select channel_id, user_id, how, ts / 86400000000 as day, count(*) as messages, max(id) as upto
      from (select id, channel_id, ts, user_id, how from search_doc where id > (select upto from count_mark where one = 1)
            order by id limit $1) docs
      group by channel_id, user_id, how, ts / 86400000000) d
cross join channel c where c.id = d.channel_id;

-- said_waiting_one: of one message.
-- in channel_id i64, ts i64
-- one said_row
select c.team_id, c.id, c.kind, d.user_id, d.how, d.ts / 86400000000, 1, d.id
from search_doc d cross join channel c
where d.id >= $2 and d.id < $2 + 4096 and d.channel_id = $1 and d.ts = $2 and d.how <> 0 and c.id = d.channel_id
  and d.id > (select upto from count_mark where one = 1);

-- count_mark_get: documents up to this one are counted.
-- value i64
select upto from count_mark where one = 1;

-- count_mark_set: moves the mark.
-- in upto i64
update count_mark set upto = $1 where one = 1;

-- keep_member: what a person is in each of its workspaces, unless that of this day is kept; before a change.
-- keeps users.email, users.fields, users.deleted, team_member.guest, team_member.deleted
-- in user_id i64, upto_day i64
insert into member_was (team_id, user_id, upto_day, email, fields, guest, deleted)
select m.team_id, m.user_id, $2, u.email, u.fields, m.guest, case when u.deleted = 0 and m.deleted = 0 then 0 else 1 end
from team_member m join users u on u.id = m.user_id where m.user_id = $1
on conflict do nothing;

-- keep_channel: what a channel is, unless that of this day is kept; before a change.
-- in team_id i64, channel_id i64, upto_day i64, kind i64, archived i64, last_ts i64
insert into channel_was (team_id, channel_id, upto_day, kind, archived, last_ts) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- keep_leaver: who leaves a channel; before the row goes.
-- in channel_id i64, user_id i64, left_us i64
insert into channel_left (channel_id, user_id, joined_us, left_us)
select channel_id, user_id, joined_us, $3 from channel_member where channel_id = $1 and user_id = $2
on conflict do nothing;
