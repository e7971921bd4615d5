-- Posts are counted some time after they were stored: a document tells whom its message counts for, until count_mark has passed it.

alter table search_doc add column user_id bigint not null default 0; -- 0: it counts for the conversation alone
alter table search_doc add column how bigint not null default 0;     -- core/said.h; 0: there is nothing to count any more

create table count_mark (
    one bigint not null primary key,
    upto bigint not null -- documents up to this id are counted
);
insert into count_mark (one, upto) select 1, coalesce(max(id), 0) from search_doc;
