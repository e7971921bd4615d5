-- Where an app that asks for an incoming webhook may post, as who consented chose.

alter table oauth_code add column channel_id bigint not null default 0; -- 0: no webhook
