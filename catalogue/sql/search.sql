-- Search: which words lead to which messages.  How words are matched differs by engine: sqlite/search.sql and
-- postgres/search.sql.

-- search_doc_add: takes an id for a message; changes 0 rows when another message has it.
-- in id i64, channel_id i64, ts i64
insert into search_doc (id, channel_id, ts) values ($1, $2, $3) on conflict do nothing;

-- search_doc_of: the id of a message.
-- in channel_id i64, ts i64, to_id i64
-- value i64
select id from search_doc where id >= $2 and id < $3 and channel_id = $1 and ts = $2 order by id limit 1;

-- search_doc_remove: forgets a message.
-- in id i64
delete from search_doc where id = $1;

-- search_words_add: what a document is found by.
-- in id i64, words str
insert into search_words (rowid, words) values ($1, $2);

-- search_words_remove: takes it back; words are those that were put in.
-- in id i64, words str
insert into search_words (search_words, rowid, words) values ('delete', $1, $2);

-- struct search_hit: channel_id i64, ts i64

-- search_newest: matching messages, newest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_hit
select d.channel_id, d.ts from search_words w join search_doc d on d.id = w.rowid
where w.search_words match $1 and w.rowid >= $2 and w.rowid <= $3
order by w.rowid desc limit $4 offset $5;

-- search_oldest: matching messages, oldest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_hit
select d.channel_id, d.ts from search_words w join search_doc d on d.id = w.rowid
where w.search_words match $1 and w.rowid >= $2 and w.rowid <= $3
order by w.rowid limit $4 offset $5;

-- struct search_candidate: channel_id i64, ts i64, text str

-- search_candidates: the newest matching messages with what they say, to be ranked.
-- in match str, from_id i64, to_id i64, limit i64
-- many search_candidate
select d.channel_id, d.ts, m.text
from search_words w join search_doc d on d.id = w.rowid join message m on m.channel_id = d.channel_id and m.ts = d.ts
where w.search_words match $1 and w.rowid >= $2 and w.rowid <= $3
order by w.rowid desc limit $4;

-- search_count: how many match, counted up to a limit.
-- in match str, from_id i64, to_id i64, limit i64
-- value i64
select count(*) from (
    select 1 from search_words where search_words match $1 and rowid >= $2 and rowid <= $3 order by rowid desc limit $4
) as matching;

-- search_channels: the conversations somebody is in, by kind (1 or 0 for each), those with the newest messages first.
-- in user_id i64, team_id i64, public i64, private i64, im i64, mpim i64, limit i64
-- many i64
select c.id from channel_member m join channel c on c.id = m.channel_id
where m.user_id = $1 and c.team_id = $2
  and ((c.kind = 0 and $3 = 1) or (c.kind = 1 and $4 = 1) or (c.kind = 2 and $5 = 1) or (c.kind = 3 and $6 = 1))
order by c.last_ts desc limit $7;

-- search_people: the ids of who a word may mean: a handle (case-folded), a display name or a real name as it is written.
-- in team_id i64, handle str, name str, limit i64
-- many i64
select u.id from users u join team_member m on m.user_id = u.id and m.team_id = $1
where u.org_id = (select org_id from team where id = $1)
  and (u.name = $2 or u.display_name = $3 or u.real_name = $3)
order by u.id limit $4;

-- message_before: what stands before a message in its conversation, nearest first.
-- in channel_id i64, ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and ts < $2 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts desc limit $3;

-- message_after: what stands after it, nearest first.
-- in channel_id i64, ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and ts > $2 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts limit $3;
