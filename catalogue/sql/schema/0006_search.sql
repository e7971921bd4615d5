-- Search.  A document is a message; its id is its ts, or a little more where two conversations have the same one, so that documents
-- lie in order of time.  SQLite indexes them some time later, up to search_mark; PostgreSQL at once.

create table search_doc (
    id bigint not null primary key,
    channel_id bigint not null,
    ts bigint not null/*postgres: ,
    words tsvector*/
);

create table search_mark (
    one bigint not null primary key,
    upto bigint not null -- documents up to this id are indexed
);
insert into search_mark (one, upto) values (1, 0);

/*sqlite: create virtual table message_fts using fts5(words, tags, content = '', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 0');*/
/*postgres: create index search_doc_words on search_doc using gin (words);
create index search_doc_pending on search_doc (id) where words is null;*/

insert into search_doc (id, channel_id, ts)
select ts + row_number() over (partition by ts order by channel_id) - 1, channel_id, ts
from message where subtype in ('', 'bot_message', 'me_message', 'thread_broadcast', 'file_share')
on conflict do nothing;
