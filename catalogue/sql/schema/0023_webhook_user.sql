-- Who asked for a webhook: they may take it away again.

alter table webhook add column user_id bigint not null default 0;
