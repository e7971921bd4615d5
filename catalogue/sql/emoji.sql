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
