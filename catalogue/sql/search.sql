-- Search: documents, their words, and finding them.  postgres/search.sql has the texts of the other engine.

-- struct search_row: place i64, id i64, channel_id i64, ts i64, kind i64, team_id i64

-- search_doc_add: changes 0 rows when the id is taken; then the next one is tried.
-- in id i64, channel_id i64, ts i64, user_id i64, how i64
insert into search_doc (id, channel_id, ts, user_id, how) values ($1, $2, $3, $4, $5) on conflict do nothing;

-- search_doc_add_indexed: the same with its words; changes 0 rows when the id is taken.
-- only postgres
-- in id i64, channel_id i64, ts i64, user_id i64, how i64, words str, tags str
insert into search_doc (id, channel_id, ts, user_id, how, words) values ($1, $2, $3, $4, $5, $6::text::tsvector || $7::text::tsvector)
on conflict do nothing;

-- search_doc_find: the document of a message.
-- in channel_id i64, ts i64
-- value i64
select id from search_doc where id >= $2 and id < $2 + 4096 and channel_id = $1 and ts = $2;

-- search_doc_remove: forgets a document; its words go first.
-- in id i64
delete from search_doc where id = $1;

-- search_words_add: indexes a document.
-- in place i64, words str, tags str
insert into message_fts (rowid, words, tags) values ($1, $2, $3);

-- search_words_remove: takes a document out of the index; it has to be told what it held.
-- only sqlite
-- in place i64, words str, tags str
insert into message_fts (message_fts, rowid, words, tags) values ('delete', $1, $2, $3);

-- struct search_mark_row: upto i64, seen i64, docs i64, tidied i64

-- search_mark_get: how far the index has come.
-- only sqlite
-- one search_mark_row
select upto, seen, docs, tidied from search_mark where one = 1;

-- search_mark_set: moves the mark.
-- only sqlite
-- in upto i64, seen i64, docs i64, tidied i64
update search_mark set upto = $1, seen = $2, docs = $3, tidied = $4 where one = 1;

-- search_forget: empties the index.
-- only sqlite
-- in confirm i64
insert into message_fts (message_fts) select 'delete-all' where $1 = 1;

-- struct search_said_row: id i64, team_id i64, kind i64, channel_id i64, user_id i64, bot_id i64, subtype str, pinned i64, text str, blocks str, attachments str

-- search_merge: goes on with merging the index's lists, for so many pages; with fewer than none it begins to merge all.
-- only sqlite
-- in pages i64
insert into message_fts (message_fts, rank) values ('merge', $1);

-- search_written: rows that this connection has ever written; merging that writes fewer than two has come to its end.
-- only sqlite
-- value i64
select total_changes();

-- search_pending: documents that are not indexed yet, in order, with what is said in them.
-- in after_id i64, limit i64
-- many search_said_row
select d.id, c.team_id, c.kind, m.channel_id, m.user_id, m.bot_id, m.subtype, m.pinned, m.text, m.blocks, m.attachments
from search_doc d /*sqlite: cross*/ join message m on m.channel_id = d.channel_id and m.ts = d.ts
/*sqlite: cross*/ join channel c on c.id = d.channel_id
where /*postgres: d.words is null and*/ d.id > $1 order by d.id limit $2;

-- search_said: the same of one document.
-- in id i64
-- one search_said_row
select d.id, c.team_id, c.kind, m.channel_id, m.user_id, m.bot_id, m.subtype, m.pinned, m.text, m.blocks, m.attachments
from search_doc d /*sqlite: cross*/ join message m on m.channel_id = d.channel_id and m.ts = d.ts
/*sqlite: cross*/ join channel c on c.id = d.channel_id
where d.id = $1;

-- search_older: documents that are indexed without their stretches of time, newest first, with what is said in them.
-- only postgres
-- in upto i64, limit i64
-- many search_said_row
select d.id, c.team_id, c.kind, m.channel_id, m.user_id, m.bot_id, m.subtype, m.pinned, m.text, m.blocks, m.attachments
from search_doc d join message m on m.channel_id = d.channel_id and m.ts = d.ts join channel c on c.id = d.channel_id
where d.id <= $1 order by d.id desc limit $2;

-- search_older_get: up to which id documents are indexed so; 0: none is.
-- only postgres
-- value i64
select older from search_state where one = 1;

-- search_older_set: documents after this id are indexed with their stretches.
-- only postgres
-- in upto i64
update search_state set older = $1 where one = 1;

-- search_fill_begin: this transaction fills in a lot, so what is put off of it may be as much as PostgreSQL means it to be.
-- only postgres
-- value str
select set_config('gin_pending_list_limit', '4MB', true);

-- search_fill_end: does what was put off of it.
-- only postgres
-- value i64
select gin_clean_pending_list('search_doc_words');

-- search_waiting: how many documents are not indexed yet; not counted further than limit.
-- in after_id i64, limit i64
-- value i64
select count(*) from (select 1 from search_doc where /*postgres: words is null and*/ id > $1 limit $2) w;

-- struct search_state_row: pruned i64, newest_gone i64, newest_doc i64, last_change i64

-- search_state_get: what an index of this database cannot be behind, and cannot be ahead of.
-- only sqlite
-- one search_state_row
select pruned, max(newest, coalesce((select max(place & 4503599627370495) from search_change), 0)), coalesce((select max(id) from search_doc), 0),
       (select max(seq) from (select coalesce(max(seq), 0) as seq from search_change union all select pruned) last)
from search_state where one = 1;

-- search_change_add: tells the index of a document that changed or went, or came late.
-- only sqlite
-- in place i64, words str, tags str
insert into search_change (seq, place, words, tags)
select max(seq) + 1, $1, $2, $3
from (select coalesce(max(seq), 0) as seq from search_change union all select pruned from search_state) last;

-- struct search_change_row: seq i64, place i64, words str, tags str

-- search_changes: what happened to documents after a change, each with what the index held of it before.
-- only sqlite
-- in after_seq i64
-- many search_change_row
select min(seq), place, words, tags from search_change where seq > $1 group by place;

-- search_changed: the documents with changes that the index has not seen, newest first; team_id 0: it is gone.
-- only sqlite
-- in after_seq i64, upto i64
-- many search_row
select x.place, x.id, coalesce(d.channel_id, 0), coalesce(d.ts, 0), coalesce(c.kind, 0), coalesce(c.team_id, 0)
from (select distinct place, place & 4503599627370495 as id from search_change where seq > $1 and place & 4503599627370495 <= $2) x
left join search_doc d on d.id = x.id left join channel c on c.id = d.channel_id order by x.id desc;

-- search_changes_note: changes up to a seq are about to be taken off.
-- only sqlite
-- in upto_seq i64
update search_state
set pruned = $1, newest = max(newest, coalesce((select max(place & 4503599627370495) from search_change where seq <= $1), 0)) where one = 1;

-- search_changes_prune: takes changes off that the index has seen.
-- only sqlite
-- in upto_seq i64
delete from search_change where seq <= $1;

-- search_doc_oldest: the first document.
-- value i64
select id from search_doc order by id limit 1;

-- search_newest: documents of one part that match and whose phrases fit ('': none to look at), newest first; team_id 0: it is gone.
-- in match str, from_place i64, to_place i64, limit i64, phrases str
-- many search_row
select f.place, f.id, coalesce(d.channel_id, 0), coalesce(d.ts, 0), coalesce(c.kind, 0), coalesce(c.team_id, 0)
from (select rowid as place, rowid & 4503599627370495 as id from message_fts
      where message_fts match $1 and rowid >= $2 and rowid <= $3 and ($5 = '' or phrases_fit(message_fts, $5))
      order by rowid desc limit $4) f
left join search_doc d on d.id = f.id left join channel c on c.id = d.channel_id
order by f.place desc;

-- search_oldest: documents of one part that match and whose phrases fit ('': none to look at), oldest first; team_id 0: it is gone.
-- in match str, from_place i64, to_place i64, limit i64, phrases str
-- many search_row
select f.place, f.id, coalesce(d.channel_id, 0), coalesce(d.ts, 0), coalesce(c.kind, 0), coalesce(c.team_id, 0)
from (select rowid as place, rowid & 4503599627370495 as id from message_fts
      where message_fts match $1 and rowid >= $2 and rowid <= $3 and ($5 = '' or phrases_fit(message_fts, $5))
      order by rowid limit $4) f
left join search_doc d on d.id = f.id left join channel c on c.id = d.channel_id
order by f.place;

-- search_word_from: the first word that is not before a text.
-- only sqlite
-- in text str
-- value str
select term from search_word where term >= $1 order by term limit 1;

-- search_pages: how many pages of the index are full of the words from one on that begin with a prefix (FTS5, 9), and perhaps of the one before.
-- only sqlite
-- in word str, prefix str
-- value i64
with recursive segment (id) as (
  select min(segid) from message_fts_idx
  union all select (select min(segid) from message_fts_idx where segid > s.id) from segment s where s.id is not null)
select coalesce(sum(max(0,
  coalesce((select pgno / 2 from message_fts_idx where segid = s.id and term > cast('0' || $2 || x'ff' as blob) order by term limit 1),
           (select pgno / 2 from message_fts_idx where segid = s.id order by term desc limit 1)) - 1
  - coalesce((select pgno / 2 from message_fts_idx where segid = s.id and term <= cast('0' || $1 as blob) order by term desc limit 1), 1))), 0)
from segment s where s.id is not null;

-- search_gather_newest: as search_newest, in all parts: for prefixes, all of whose matches FTS5 collects however few are asked for.
-- only sqlite
-- in match str, from_id i64, to_id i64, limit i64
-- many search_row
select f.place, f.id, coalesce(d.channel_id, 0), coalesce(d.ts, 0), coalesce(c.kind, 0), coalesce(c.team_id, 0)
from (select rowid as place, rowid & 4503599627370495 as id from message_fts
      where message_fts match $1 and rowid & 4503599627370495 >= $2 and rowid & 4503599627370495 <= $3
      order by 2 desc limit $4) f
left join search_doc d on d.id = f.id left join channel c on c.id = d.channel_id
order by f.id desc;

-- search_gather_oldest: as search_oldest, in all parts: for prefixes, all of whose matches FTS5 collects however few are asked for.
-- only sqlite
-- in match str, from_id i64, to_id i64, limit i64
-- many search_row
select f.place, f.id, coalesce(d.channel_id, 0), coalesce(d.ts, 0), coalesce(c.kind, 0), coalesce(c.team_id, 0)
from (select rowid as place, rowid & 4503599627370495 as id from message_fts
      where message_fts match $1 and rowid & 4503599627370495 >= $2 and rowid & 4503599627370495 <= $3
      order by 2 limit $4) f
left join search_doc d on d.id = f.id left join channel c on c.id = d.channel_id
order by f.id;

-- search_count: how many documents of one part match, and their phrases fit; not counted further than limit.
-- in match str, from_place i64, to_place i64, limit i64, phrases str
-- value i64
select count(*)
from (select 1 from message_fts where message_fts match $1 and rowid >= $2 and rowid <= $3
        and ($5 = '' or phrases_fit(message_fts, $5)) limit $4) f;

-- search_docs_newest: all documents, newest first.
-- only sqlite
-- in from_id i64, to_id i64, limit i64
-- many search_row
select d.id, d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.id >= $1 and d.id <= $2 order by d.id desc limit $3;

-- search_docs_oldest: all documents, oldest first.
-- only sqlite
-- in from_id i64, to_id i64, limit i64
-- many search_row
select d.id, d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.id >= $1 and d.id <= $2 order by d.id limit $3;

-- struct search_extent_row: older i64, oldest i64, newest i64, recent i64

-- search_extent: where documents are, up to an id; recent: the newest but for so many; older as of search_older_get.
-- only postgres
-- in upto i64, skip i64
-- one search_extent_row
select s.older, coalesce((select min(id) from search_doc), 0), coalesce((select max(id) from search_doc where id <= $1), 0),
       coalesce((select id from search_doc where id <= $1 order by id desc limit 1 offset $2), 0)
from search_state s where s.one = 1;

-- struct search_match_row: matches i64, id i64, channel_id i64, ts i64, kind i64, team_id i64

-- search_stretch_newest: as search_newest, where the match names stretches of time; matches: how many it were without the limit.  Sums keep the key's index out of the plan.
-- only postgres
-- in match str, from_id i64, to_id i64, limit i64
-- many search_match_row
select d.matches, d.id, d.channel_id, d.ts, c.kind, c.team_id
from (select id, channel_id, ts, count(*) over () as matches from search_doc
      where words @@ $1::text::tsquery and id + 0 >= $2 and id + 0 <= $3 order by id + 0 desc limit $4) d
join channel c on c.id = d.channel_id order by d.id desc;

-- search_stretch_count: how many documents match; not counted further than limit.  Selecting nothing spares a look at the rows.
-- only postgres
-- in match str, limit i64
-- value i64
select count(*) from (select from search_doc where words @@ $1::text::tsquery limit $2) f;

-- search_messages: the messages of documents by their ids, a comma list; newest first.
-- only postgres
-- in ids str
-- many message_row
select m.channel_id, m.ts, m.user_id, m.bot_id, m.app_id, m.subtype, m.text, m.thread_ts, m.broadcast, m.reply_count, m.latest_reply,
       m.reply_users, m.edited_by, m.edited_us, m.has_reactions, m.pinned, m.client_msg_id, m.blocks, m.attachments, m.metadata, m.extra
from search_doc d join message m on m.channel_id = d.channel_id and m.ts = d.ts
where d.id = any(string_to_array($1, ',')::bigint[]) order by d.id desc;

-- search_tail: documents that are not indexed yet, newest first; on PostgreSQL there is none, they are indexed with their message.
-- in after_id i64, from_id i64, to_id i64, limit i64
-- many search_row
select d.id, d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.id > $1 and d.id >= $2 and d.id <= $3 /*postgres: and d.words is null*/ order by d.id desc limit $4;

-- member_conversations: those that somebody is in, from one kind on (enum channel_kind).
-- in user_id i64, team_id i64, kind i64
-- many i64
select m.channel_id from channel_member m join channel c on c.id = m.channel_id
where m.user_id = $1 and c.team_id = $2 and c.kind >= $3 order by m.channel_id;

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
