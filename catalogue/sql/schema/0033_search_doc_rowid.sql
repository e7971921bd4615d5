-- SQLite keeps a table's rows by their rowid, and finds them by another key through an index; only "integer primary key" is the rowid
-- itself.  A document is written with each message, and looked up for each match of a search.

/*sqlite: create table search_doc_by_id (
    id integer primary key,
    channel_id bigint not null,
    ts bigint not null,
    user_id bigint not null default 0,
    how bigint not null default 0
);
insert into search_doc_by_id (id, channel_id, ts, user_id, how) select id, channel_id, ts, user_id, how from search_doc order by id;
drop table search_doc;
alter table search_doc_by_id rename to search_doc;*/
