-- Analytics: closing days, and making files of them.

-- struct team_count_row: first_day i64, open_day i64, whole_day i64
-- struct team_day_row: day i64, closed_us i64, whole i64, members_crc i64, channels_crc i64, totals str
-- struct member_day_row: user_id i64, email str, fields str, guest i64, deleted i64, claimed_us i64, active i64, messages i64, channel_messages i64, desktop_messages i64, ios_messages i64, android_messages i64, app_messages i64, reactions i64, files i64, searches i64, active_day i64, active_bits i64
-- struct member_was_row: user_id i64, upto_day i64, email str, fields str, guest i64, deleted i64
-- struct channel_day_row: id i64, name str, topic str, purpose str, kind i64, archived i64, created_us i64, last_ts i64, messages i64, member_messages i64, posters i64, viewers i64, reactions i64
-- struct channel_was_row: channel_id i64, upto_day i64, kind i64, archived i64, last_ts i64
-- struct channel_person_row: channel_id i64, user_id i64
-- struct kind_total_row: kind i64, messages i64, member_messages i64

-- team_count_add: a workspace is counted from this day on; changes 0 rows when it is counted already.
-- in team_id i64, day i64
insert into team_count (team_id, first_day, open_day, whole_day) values ($1, $2, $2, $2) on conflict do nothing;

-- team_count_get: how far the counting of a workspace is.
-- in team_id i64
-- one team_count_row
select first_day, open_day, whole_day from team_count where team_id = $1;

-- team_count_newest: the newest day that is open in any workspace: those before it have been.
-- value i64
select open_day from team_count order by open_day desc limit 1;

-- team_count_whole: days are counted whole from this one on.
-- in team_id i64, day i64
update team_count set whole_day = $2 where team_id = $1;

-- team_count_close: the next day is open now; changes 0 rows when another node closed it.
-- in team_id i64, day i64
update team_count set open_day = $2 + 1 where team_id = $1 and open_day = $2;

-- team_day_add: a day is closed.
-- in team_id i64, day i64, closed_us i64, whole i64, members_crc i64, channels_crc i64, totals str
insert into team_day (team_id, day, closed_us, whole, members_crc, channels_crc, totals) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing;

-- team_day_get: a closed day.
-- in team_id i64, day i64
-- one team_day_row
select day, closed_us, whole, members_crc, channels_crc, totals from team_day where team_id = $1 and day = $2;

-- member_days: everybody who belongs to a workspace and what they did on a day, in order of id; people between two ids.
-- in team_id i64, day i64, before_us i64, with_fields i64, after_id i64, upto_id i64
-- each member_day_row
select m.user_id, u.email, case when $4 = 1 then u.fields else '' end, m.guest,
       case when u.deleted = 0 and m.deleted = 0 then 0 else 1 end, u.claimed_us, coalesce(d.active, 0), coalesce(d.messages, 0),
       coalesce(d.channel_messages, 0), coalesce(d.desktop_messages, 0), coalesce(d.ios_messages, 0),
       coalesce(d.android_messages, 0), coalesce(d.app_messages, 0), coalesce(d.reactions, 0), coalesce(d.files, 0),
       coalesce(d.searches, 0), coalesce(a.day, 0), coalesce(a.bits, 0)
from team_member m join users u on u.id = m.user_id and u.is_bot = 0
left join member_day d on d.team_id = m.team_id and d.day = $2 and d.user_id = m.user_id
left join member_active a on a.team_id = m.team_id and a.user_id = m.user_id
where m.team_id = $1 and m.joined_us < $3 and m.user_id > $5 and m.user_id <= $6
order by m.user_id;

-- member_was_page: what people were at the end of a day or later, in order of id and day.
-- in team_id i64, day i64, after_id i64, limit i64
-- many member_was_row
select user_id, upto_day, email, fields, guest, deleted from member_was
where team_id = $1 and user_id > $3 and upto_day >= $2 order by user_id, upto_day limit $4;

-- channel_days: the channels of a workspace and what happened in them on a day, in order of id; channels between two ids.
-- in team_id i64, day i64, before_us i64, after_id i64, upto_id i64
-- each channel_day_row
select c.id, c.name, c.topic, c.purpose, c.kind, c.archived, c.created_us, c.last_ts, coalesce(sum(d.messages), 0),
       coalesce(sum(case when d.user_id <> 0 then d.messages else 0 end), 0),
       coalesce(sum(case when d.user_id <> 0 and d.messages > 0 then 1 else 0 end), 0), coalesce(sum(d.viewed), 0),
       coalesce(sum(d.reactions), 0)
from channel c left join channel_day d on d.team_id = c.team_id and d.day = $2 and d.channel_id = c.id
where c.team_id = $1 and c.kind < 2 and c.created_us < $3 and c.id > $4 and c.id <= $5
group by c.id, c.name, c.topic, c.purpose, c.kind, c.archived, c.created_us, c.last_ts order by c.id;

-- channel_was_page: what channels were at the end of a day or later, in order of id and day.
-- in team_id i64, day i64, after_id i64, limit i64
-- many channel_was_row
select channel_id, upto_day, kind, archived, last_ts from channel_was
where team_id = $1 and channel_id > $3 and upto_day >= $2 order by channel_id, upto_day limit $4;

-- channel_people: who was in which channel of a workspace at a time.
-- in team_id i64, at_us i64
-- each channel_person_row
select m.channel_id, m.user_id from channel c join channel_member m on m.channel_id = c.id
where c.team_id = $1 and c.kind < 2 and m.joined_us < $2
union all
select l.channel_id, l.user_id from channel c join channel_left l on l.channel_id = c.id
where c.team_id = $1 and c.kind < 2 and l.joined_us < $2 and l.left_us >= $2;

-- kind_totals: how many messages a day brought, by kind of conversation.
-- in team_id i64, day i64
-- many kind_total_row
select c.kind, sum(d.messages), sum(case when d.user_id <> 0 then d.messages else 0 end)
from channel_day d join channel c on c.id = d.channel_id where d.team_id = $1 and d.day = $2
group by c.kind order by c.kind;

-- struct counted_row: messages i64, reactions i64, files i64, channels_messages i64, channels_reactions i64
-- struct recount_row: user_id i64, name str, messages i64, channel_messages i64, reactions i64, files i64, counted_messages i64, counted_channel_messages i64, counted_reactions i64, counted_files i64

-- recount_totals: what was counted on a day, of people and of channels.
-- in team_id i64, day i64
-- one counted_row
select coalesce(sum(messages), 0), coalesce(sum(reactions), 0), coalesce(sum(files), 0),
       (select coalesce(sum(messages), 0) from channel_day where team_id = $1 and day = $2 and user_id <> 0),
       (select coalesce(sum(reactions), 0) from channel_day where team_id = $1 and day = $2 and user_id <> 0)
from member_day where team_id = $1 and day = $2;

-- recount: what is there of what people did on a day, beside what was counted.
-- in team_id i64, day i64, from_us i64, to_us i64
-- each recount_row
select t.user_id, u.name, t.messages, t.channel_messages, t.reactions, t.files, coalesce(d.messages, 0),
       coalesce(d.channel_messages, 0), coalesce(d.reactions, 0), coalesce(d.files, 0)
from (select x.user_id as user_id, sum(x.messages) as messages, sum(x.channel_messages) as channel_messages,
             sum(x.reactions) as reactions, sum(x.files) as files
      from (select m.user_id as user_id, 1 as messages, case when c.kind < 2 then 1 else 0 end as channel_messages, 0 as reactions,
                   0 as files
            from channel c join message m on m.channel_id = c.id and m.ts >= $3 and m.ts < $4
            where c.team_id = $1 and m.bot_id = 0 and m.subtype in ('', 'me_message', 'thread_broadcast', 'file_share')
            union all
            select r.user_id, 0, 0, 1, 0 from channel c join reaction r on r.channel_id = c.id
            where c.team_id = $1 and r.at_us >= $3 and r.at_us < $4
            union all
            select f.user_id, 0, 0, 0, 1 from file f
            where f.team_id = $1 and f.created_us >= $3 and f.created_us < $4 and f.state = 2) x
      group by x.user_id) t
join users u on u.id = t.user_id and u.is_bot = 0
left join member_day d on d.team_id = $1 and d.day = $2 and d.user_id = t.user_id
order by t.user_id;
