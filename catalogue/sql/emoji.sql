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

-- custom_emoji_url: where a workspace's emoji is, or alias:NAME.
-- in team_id i64, name str
-- value str
select url from custom_emoji where team_id = $1 and name = $2;

-- struct custom_emoji_full_row: name str, url str, created_by i64, created_us i64

-- custom_emoji_page: the oldest first, from a time on; skip of them are left out.
-- in team_id i64, from_us i64, skip i64, limit i64
-- many custom_emoji_full_row
select name, url, created_by, created_us from custom_emoji where team_id = $1 and created_us >= $2
order by created_us, name limit $4 offset $3;

-- custom_emoji_aliases: the names that point to this one (its url is alias:NAME), by name.
-- in team_id i64, url str
-- many str
select name from custom_emoji where team_id = $1 and url = $2 order by name;

-- custom_emoji_rename: changes 0 rows when there is none of the old name.
-- in team_id i64, name str, new_name str
update custom_emoji set name = $3 where team_id = $1 and name = $2;

-- custom_emoji_point: whatever pointed to one place points to another.
-- in team_id i64, url str, new_url str
update custom_emoji set url = $3 where team_id = $1 and url = $2;

-- custom_emoji_remove: an emoji and (by the url alias:NAME) what points to it; changes 0 rows when there is none.
-- in team_id i64, name str, alias_url str
delete from custom_emoji where team_id = $1 and (name = $2 or url = $3);
