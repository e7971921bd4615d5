-- search_words_add: indexes a document.
-- in id i64, words str, tags str
update search_doc set words = $2::text::tsvector || $3::text::tsvector where id = $1;

-- search_words_remove: the words lie in the document's own row.
-- in id i64, words str, tags str
update search_doc set words = null where id = $1 and $2::text is not null and $3::text is not null;

-- search_pending: documents that are not indexed yet, in order.
-- in after_id i64, limit i64
-- many search_doc_row
select id, channel_id, ts from search_doc where words is null and id > $1 order by id limit $2;

-- search_newest: documents that match, newest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_row
select d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.words @@ $1::text::tsquery and d.id >= $2 and d.id <= $3 order by d.id desc limit $4 offset $5;

-- search_oldest: documents that match, oldest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_row
select d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.words @@ $1::text::tsquery and d.id >= $2 and d.id <= $3 order by d.id limit $4 offset $5;

-- search_count: how many documents match; not counted further than limit.
-- in match str, from_id i64, to_id i64, limit i64
-- value i64
select count(*) from (select 1 from search_doc where words @@ $1::text::tsquery and id >= $2 and id <= $3 limit $4) f;

-- search_tail: there is none: documents are indexed with their message.
-- in after_id i64, from_id i64, to_id i64, limit i64
-- many search_row
select d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.id > $1 and d.id >= $2 and d.id <= $3 and d.words is null order by d.id desc limit $4;
