-- The file beside SQLite's database that holds the words of messages; queries know it as "search".  All in it can be made again
-- from the database, and is, whenever this text changes.

-- rowid: search_place(), by which the documents of one conversation lie together.
-- words: what search_words() has cut and folded; tags: who, where, what, and whether it is pinned (search_tag()).
create virtual table message_fts using fts5(words, tags, content = '', columnsize = 0, tokenize = 'ascii');

-- Its words in order, from any on.
create virtual table search_word using fts5vocab(message_fts, instance);

-- What is merged when there is time for it: every two lists of one size.
insert into message_fts (message_fts, rank) values ('usermerge', 2);

create table search_mark (
    one bigint not null primary key,
    upto bigint not null, -- documents up to this id are indexed
    seen bigint not null, -- with all changes up to this seq
    docs bigint not null, -- so many were ever added,
    tidied bigint not null -- and so many when all lists were merged last
);
insert into search_mark (one, upto, seen, docs, tidied) values (1, 0, 0, 0, 0);
