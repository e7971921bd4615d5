-- On PostgreSQL a document is also found by the stretches of time that it lies in (core/search_stretch.h).  Those that were indexed
-- before are not yet; the server adds it, from the newest to the oldest.

alter table search_state add column older bigint not null default 0; -- documents up to this id are indexed without; 0: all are with
/*postgres: update search_state set older = coalesce((select max(id) from search_doc where words is not null), 0);*/
