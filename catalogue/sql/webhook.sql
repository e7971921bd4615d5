-- Incoming webhooks.

-- webhook_add: a token that posts into one channel.
-- in token_id i64, channel_id i64, user_id i64
insert into webhook (token_id, channel_id, user_id) values ($1, $2, $3);

-- struct webhook_row: token_id i64, bot_id i64, app_id i64, channel_id i64, channel_name str, user_id i64, user_name str, created_us i64

-- webhooks_of_bot: those in force of a bot in a workspace, oldest first; of private channels that viewer is not in without the name.
-- in bot_id i64, team_id i64, viewer_id i64
-- many webhook_row
select w.token_id, t.bot_id, t.app_id, w.channel_id, case when c.kind = 0 or m.user_id is not null then c.name else '' end,
       w.user_id, coalesce(u.name, ''), t.created_us
from token t join webhook w on w.token_id = t.id join channel c on c.id = w.channel_id
left join channel_member m on m.channel_id = c.id and m.user_id = $3
left join users u on u.id = w.user_id
where t.bot_id = $1 and t.team_id = $2 and t.revoked_us = 0 order by t.created_us, t.id;

-- webhook_get: one that is in force, in a workspace.
-- in token_id i64, team_id i64
-- one webhook_row
select w.token_id, t.bot_id, t.app_id, w.channel_id, '', w.user_id, '', t.created_us
from token t join webhook w on w.token_id = t.id
where t.id = $1 and t.team_id = $2 and t.revoked_us = 0;

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
