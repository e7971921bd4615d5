-- Incoming webhooks: the token that stands in a webhook's address, and the one channel it posts into.

create table webhook (
    token_id bigint not null primary key,
    channel_id bigint not null
);
