-- User groups.

-- struct usergroup_row: id i64, team_id i64, name str, name_fold str, handle str, description str, channels str, groups str, additional str, enable_section i64, created_by i64, updated_by i64, deleted_by i64, created_us i64, updated_us i64, deleted_us i64, users_n i64
-- struct usergroup_member_row: usergroup_id i64, user_id i64

-- usergroup_add: a new one, without members.
-- in id i64, team_id i64, name str, name_fold str, handle str, description str, channels str, groups str, additional str, enable_section i64, created_by i64, created_us i64
insert into usergroup (id, team_id, name, name_fold, handle, description, channels, groups, additional, enable_section, created_by,
                       updated_by, deleted_by, created_us, updated_us, deleted_us, users_n)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 0, $12, $12, 0, 0);

-- usergroup_set: all that may change about it but its members.
-- in id i64, name str, name_fold str, handle str, description str, channels str, groups str, additional str, enable_section i64, updated_by i64, updated_us i64, deleted_by i64, deleted_us i64, users_n i64
update usergroup set name = $2, name_fold = $3, handle = $4, description = $5, channels = $6, groups = $7, additional = $8,
       enable_section = $9, updated_by = $10, updated_us = $11, deleted_by = $12, deleted_us = $13, users_n = $14
where id = $1;

-- usergroup_get: one of a workspace.
-- in id i64, team_id i64
-- one usergroup_row
select id, team_id, name, name_fold, handle, description, channels, groups, additional, enable_section, created_by, updated_by,
       deleted_by, created_us, updated_us, deleted_us, users_n
from usergroup where id = $1 and team_id = $2;

-- usergroup_list: those of a workspace, oldest first; disabled 1: also those that are off.
-- in team_id i64, disabled i64
-- many usergroup_row
select id, team_id, name, name_fold, handle, description, channels, groups, additional, enable_section, created_by, updated_by,
       deleted_by, created_us, updated_us, deleted_us, users_n
from usergroup where team_id = $1 and (deleted_us = 0 or $2 = 1) order by created_us, id;

-- usergroup_named: the group that has this name.
-- in team_id i64, name_fold str
-- value i64
select id from usergroup where team_id = $1 and name_fold = $2;

-- usergroup_by_handle: the group that is mentioned so.
-- in team_id i64, handle str
-- value i64
select id from usergroup where team_id = $1 and handle = $2;

-- usergroup_members: who is in it.
-- in usergroup_id i64
-- many i64
select user_id from usergroup_member where usergroup_id = $1 order by user_id;

-- usergroup_members_of_team: who is in which group of a workspace.
-- in team_id i64
-- many usergroup_member_row
select m.usergroup_id, m.user_id from usergroup g join usergroup_member m on m.usergroup_id = g.id
where g.team_id = $1 order by m.usergroup_id, m.user_id;

-- usergroup_member_add: changes 0 rows when the user is in already.
-- in usergroup_id i64, user_id i64
insert into usergroup_member (usergroup_id, user_id) values ($1, $2) on conflict do nothing;

-- usergroup_member_remove: changes 0 rows when the user is not in.
-- in usergroup_id i64, user_id i64
delete from usergroup_member where usergroup_id = $1 and user_id = $2;
