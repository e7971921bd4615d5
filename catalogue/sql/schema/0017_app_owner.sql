-- Who made an app, and in which workspace: they and its admins manage it.

alter table app add column owner_id bigint not null default 0; -- 0: the server's operator
alter table app add column team_id bigint not null default 0;
update app set team_id = coalesce((select id from team where org_id = app.org_id order by created_us, id limit 1), 0);
