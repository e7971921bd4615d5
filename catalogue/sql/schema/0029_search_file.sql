-- SQLite's index of words lies in a file of its own (sql/index), which its own thread fills from here.  New messages it finds by
-- their ids; search_change tells it what else happened to a document.  PostgreSQL has its words in search_doc and uses none of this.

create table search_change (
    seq bigint not null primary key, -- counts up, and never again what was taken off
    place bigint not null,           -- of the document in the index: its id, and above it which part holds its conversation
    words text not null,             -- what the index holds of it
    tags text not null               -- empty: nothing, for it is new, and the index may have passed its id
);

create table search_state (
    one bigint not null primary key,
    pruned bigint not null, -- changes up to this seq were taken off: an index that has not seen them is of no use
    newest bigint not null  -- and so is one that knows newer documents than there ever were
);
insert into search_state (one, pruned, newest) values (1, 0, 0);

/*sqlite: drop table message_fts;*/
drop table search_mark;
