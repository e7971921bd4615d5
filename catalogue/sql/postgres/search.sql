-- Search on PostgreSQL: tsvector and GIN.  Positions end at 16383; words past that stand at the last one.

-- search_words_add: what a document is found by.
-- in id i64, words str
insert into search_words (id, words)
select $1, coalesce(string_agg(word || ':' || least(place, 16383), ' '), '')::tsvector
from unnest(string_to_array($2, ' ')) with ordinality as t (word, place) where word <> '';

-- search_words_remove: takes it back; the row knows its words.
-- in id i64, words str
delete from search_words where id = $1 and cast($2 as text) is not null;

-- search_newest: matching messages, newest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_hit
select d.channel_id, d.ts from search_words w join search_doc d on d.id = w.id
where w.words @@ cast($1 as text)::tsquery and w.id >= $2 and w.id <= $3
order by w.id desc limit $4 offset $5;

-- search_oldest: matching messages, oldest first.
-- in match str, from_id i64, to_id i64, limit i64, skip i64
-- many search_hit
select d.channel_id, d.ts from search_words w join search_doc d on d.id = w.id
where w.words @@ cast($1 as text)::tsquery and w.id >= $2 and w.id <= $3
order by w.id limit $4 offset $5;

-- search_candidates: the newest matching messages with what they say, to be ranked.
-- in match str, from_id i64, to_id i64, limit i64
-- many search_candidate
select d.channel_id, d.ts, m.text
from search_words w join search_doc d on d.id = w.id join message m on m.channel_id = d.channel_id and m.ts = d.ts
where w.words @@ cast($1 as text)::tsquery and w.id >= $2 and w.id <= $3
order by w.id desc limit $4;

-- search_count: how many match, counted up to a limit.
-- in match str, from_id i64, to_id i64, limit i64
-- value i64
select count(*) from (
    select 1 from search_words where words @@ cast($1 as text)::tsquery and id >= $2 and id <= $3 limit $4
) as matching;
