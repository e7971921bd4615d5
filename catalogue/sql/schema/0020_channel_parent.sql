-- The private channel that another one was made from (groups.createChild); 0: none.

alter table channel add column parent_id bigint not null default 0;
