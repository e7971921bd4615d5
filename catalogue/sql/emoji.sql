-- Custom emoji of a workspace.

-- struct custom_emoji_row: name str, url str

-- custom_emoji_has: 1 when the workspace has this emoji.
-- in team_id i64, name str
-- value i64
select 1 from custom_emoji where team_id = $1 and name = $2;

-- custom_emoji_list: all of a workspace's emoji, by name.
-- in team_id i64
-- many custom_emoji_row
select name, url from custom_emoji where team_id = $1 order by name;

-- custom_emoji_add: changes 0 rows when the name is taken.
-- in team_id i64, name str, url str, created_by i64, created_us i64
insert into custom_emoji (team_id, name, url, created_by, created_us) values ($1, $2, $3, $4, $5) on conflict do nothing;
