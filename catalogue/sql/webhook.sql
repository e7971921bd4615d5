-- Incoming webhooks.

-- webhook_add: a token that posts into one channel.
-- in token_id i64, channel_id i64
insert into webhook (token_id, channel_id) values ($1, $2);

-- webhook_channel: where a webhook's token posts.
-- in token_id i64
-- value i64
select channel_id from webhook where token_id = $1;
