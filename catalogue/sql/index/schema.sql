-- The file beside SQLite's database that holds the words of messages; queries know it as "search".  All in it can be made again
-- from the database, and is, whenever this text changes.

-- rowid: search_place(), by which the documents of one conversation lie together.
-- words: what search_words() has cut and folded; tags: who, where, what (search_tag()).
create virtual table message_fts using fts5(words, tags, content = '', columnsize = 0, tokenize = 'ascii');

create table search_mark (
    one bigint not null primary key,
    upto bigint not null, -- documents up to this id are indexed
    seen bigint not null  -- with all changes up to this seq
);
insert into search_mark (one, upto, seen) values (1, 0, 0);
