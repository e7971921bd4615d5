-- A plan for any word would walk through all documents by time, and look at a million of them for a word that one holds.

-- search_words_add: indexes a document.
-- in place i64, words str, tags str
update search_doc set words = $2::text::tsvector || $3::text::tsvector where id = $1;

-- search_newest: documents that match, newest first; a tsquery knows its phrases.
-- planned for its values
-- in match str, from_place i64, to_place i64, limit i64, phrases str
-- many search_row
select d.id, d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.words @@ $1::text::tsquery and d.id >= $2 and d.id <= $3 and $5::text is not null order by d.id desc limit $4;

-- search_oldest: documents that match, oldest first.
-- planned for its values
-- in match str, from_place i64, to_place i64, limit i64, phrases str
-- many search_row
select d.id, d.id, d.channel_id, d.ts, c.kind, c.team_id
from search_doc d join channel c on c.id = d.channel_id
where d.words @@ $1::text::tsquery and d.id >= $2 and d.id <= $3 and $5::text is not null order by d.id limit $4;

-- search_count: how many documents match; not counted further than limit.
-- planned for its values
-- in match str, from_place i64, to_place i64, limit i64, phrases str
-- value i64
select count(*)
from (select 1 from search_doc where words @@ $1::text::tsquery and id >= $2 and id <= $3 and $5::text is not null limit $4) f;
