-- Search: documents, their words, and finding them.  postgres/search.sql has the texts of the other engine.

-- struct search_doc_row: id i64, channel_id i64, ts i64
-- struct search_row: id i64, channel_id i64, ts i64, kind i64, team_id i64

-- search_doc_add: changes 0 rows when the id is taken; then the next one is tried.
-- in id i64, channel_id i64, ts i64
insert into search_doc (id, channel_id, ts) values ($1, $2, $3) on conflict do nothing;

-- search_doc_find: the document of a message.
-- in channel_id i64, ts i64
-- value i64
select id from search_doc where id >= $2 and id < $2 + 4096 and channel_id = $1 and ts = $2;

-- search_doc_remove: forgets a document; its words go first.
-- in id i64
delete from search_doc where id = $1;

-- search_words_add: indexes a document.
-- in id i64, words str, tags str
insert into message_fts (rowid, words, tags) values ($1, $2, $3);

-- search_words_remove: takes a document out of the index; it has to be told what it held.
-- in id i64, words str, tags str
insert into message_fts (message_fts, rowid, words, tags) values ('delete', $1, $2, $3);

-- search_mark_get: documents up to this one are indexed.
-- value i64
select upto from search_mark where one = 1;

-- search_mark_set: moves the mark.
-- in upto i64
update search_mark set upto = $1 where one = 1;

-- search_pending: documents that are not indexed yet, in order.
-- in after_id i64, limit i64
-- many search_doc_row
select id, channel_id, ts from search_doc where id > $1 order by id limit $2;

-- search_doc_oldest: the first document.
-- value i64
select id from search_doc order by id limit 1;

-- search_newest: documents that match, newest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_row
select d.id, d.channel_id, d.ts, c.kind, c.team_id
from (select rowid as id from message_fts where message_fts match $1 and rowid >= $2 and rowid <= $3
      order by rowid desc limit $4 offset $5) f
cross join search_doc d on d.id = f.id cross join channel c on c.id = d.channel_id
order by d.id desc;

-- search_oldest: documents that match, oldest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_row
select d.id, d.channel_id, d.ts, c.kind, c.team_id
from (select rowid as id from message_fts where message_fts match $1 and rowid >= $2 and rowid <= $3
      order by rowid limit $4 offset $5) f
cross join search_doc d on d.id = f.id cross join channel c on c.id = d.channel_id
order by d.id;

-- search_count: how many documents match; not counted further than limit.
-- in match str, from_id i64, to_id i64, limit i64
-- value i64
select count(*) from (select 1 from message_fts where message_fts match $1 and rowid >= $2 and rowid <= $3 limit $4) f;

-- search_tail: documents that are not indexed yet, newest first.
-- in after_id i64, from_id i64, to_id i64, limit i64
-- many search_row
select d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.id > $1 and d.id >= $2 and d.id <= $3 order by d.id desc limit $4;

-- member_hidden_channels: the conversations that somebody sees by being in them: all but public channels; for guests, all.
-- in user_id i64, team_id i64, guest i64
-- many i64
select m.channel_id from channel_member m join channel c on c.id = m.channel_id
where m.user_id = $1 and c.team_id = $2 and (c.kind <> 0 or $3 = 1) order by m.channel_id;

-- message_before: the messages that stand before one in its conversation, newest first.
-- in channel_id i64, ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and ts < $2 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts desc limit $3;

-- message_after: the messages that stand after one in its conversation, oldest first.
-- in channel_id i64, ts i64, limit i64
-- many message_row
select channel_id, ts, user_id, bot_id, app_id, subtype, text, thread_ts, broadcast, reply_count, latest_reply, reply_users,
       edited_by, edited_us, has_reactions, pinned, client_msg_id, blocks, attachments, metadata, extra
from message where channel_id = $1 and ts > $2 and (thread_ts = 0 or thread_ts = ts or broadcast = 1)
order by ts limit $3;
