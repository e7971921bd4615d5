-- Incoming webhooks.

-- webhook_add: a token that posts into one channel.
-- in token_id i64, channel_id i64
insert into webhook (token_id, channel_id) values ($1, $2);

-- struct webhook_choice_row: id i64, name str, kind i64

-- webhook_choices: the channels that a person may let a webhook post into: those in use that it is in, and public ones.
-- in team_id i64, user_id i64, limit i64
-- many webhook_choice_row
select c.id, c.name, c.kind from channel c
left join channel_member m on m.channel_id = c.id and m.user_id = $2
where c.team_id = $1 and c.archived = 0 and c.name <> '' and (c.kind = 0 or (c.kind = 1 and m.user_id is not null))
order by c.name, c.id limit $3;

-- webhook_choice: one of them.
-- in team_id i64, user_id i64, channel_id i64
-- one webhook_choice_row
select c.id, c.name, c.kind from channel c
left join channel_member m on m.channel_id = c.id and m.user_id = $2
where c.id = $3 and c.team_id = $1 and c.archived = 0 and c.name <> '' and (c.kind = 0 or (c.kind = 1 and m.user_id is not null));

-- webhook_channel: where a webhook's token posts.
-- in token_id i64
-- value i64
select channel_id from webhook where token_id = $1;
