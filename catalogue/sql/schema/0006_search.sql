-- What search finds messages by (docs/internals/search.md).  An id is the message's ts, or the next number that was
-- free when messages of several conversations share one: so an order by id is an order by time.
create table search_doc (
    id bigint not null primary key,
    channel_id bigint not null,
    ts bigint not null
)/*sqlite: without rowid*/;

-- The words and marks of a document (src/core/search_words.h).  The text itself stays in message.
/*sqlite: create virtual table search_words using fts5 (words, content = '', columnsize = 0, tokenize = 'ascii', prefix = '2 3');*/
/*postgres: create table search_words (id bigint not null primary key, words tsvector not null);*/
/*postgres: create index search_words_gin on search_words using gin (words);*/
