-- Files that lie elsewhere: an app tells their address and calls them by an id of its own.

alter table file add column external_id text not null default '';
alter table file add column external_url text not null default '';
alter table file add column app_id bigint not null default 0;
create unique index file_external on file (team_id, app_id, external_id) where external_id <> '';
