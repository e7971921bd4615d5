-- Modals and Home tabs.

-- struct view_row: id i64, team_id i64, app_id i64, bot_id i64, user_id i64, is_home i64, root_id i64, previous_id i64, depth i64, channel_id i64, external_id str, hash str, body str, state str, created_us i64, updated_us i64

-- view_add: changes 0 rows when the external_id is taken.
-- in id i64, team_id i64, app_id i64, bot_id i64, user_id i64, is_home i64, root_id i64, previous_id i64, depth i64, channel_id i64, external_id str, hash str, body str, state str, created_us i64
insert into view (id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body,
                  state, created_us, updated_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
on conflict do nothing;

-- view_get: one view.
-- in id i64
-- one view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where id = $1;

-- view_by_external: one view by the name its app gave it.
-- in team_id i64, app_id i64, external_id str
-- one view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where team_id = $1 and app_id = $2 and external_id = $3 and external_id <> '';

-- view_home: what an app shows a person on its Home tab.
-- in team_id i64, app_id i64, user_id i64
-- one view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where team_id = $1 and app_id = $2 and user_id = $3 and is_home = 1;

-- view_top: the uppermost view of a stack.
-- in root_id i64
-- one view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where root_id = $1 order by depth desc limit 1;

-- view_stack: a stack, the uppermost view first.
-- in root_id i64
-- many view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where root_id = $1 order by depth desc;

-- view_newest: the uppermost view of the stack that an app opened last for a person.
-- in team_id i64, app_id i64, user_id i64
-- one view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where team_id = $1 and app_id = $2 and user_id = $3 and is_home = 0 order by root_id desc, depth desc limit 1;

-- views_of_user: all that a person is shown, by one app or (app 0) by any: Home tabs, then modals, the newest stack first.
-- in team_id i64, user_id i64, app_id i64
-- many view_row
select id, team_id, app_id, bot_id, user_id, is_home, root_id, previous_id, depth, channel_id, external_id, hash, body, state,
       created_us, updated_us
from view where user_id = $2 and team_id = $1 and ($3 = 0 or app_id = $3) order by is_home desc, root_id desc, depth desc;

-- view_change: another content.
-- in id i64, external_id str, hash str, body str, state str
update view set external_id = $2, hash = $3, body = $4, state = $5 where id = $1;

-- view_set_state: what is filled in.
-- in id i64, state str
update view set state = $2 where id = $1;

-- view_remove: one view is closed.
-- in id i64
delete from view where id = $1;

-- view_remove_stack: a whole stack is closed.
-- in root_id i64
delete from view where root_id = $1 and is_home = 0;

-- view_touch: a stack is in use.
-- in root_id i64, updated_us i64
update view set updated_us = $2 where root_id = $1;

-- view_sweep: modals that were left open; all of a stack are touched together.
-- in before_us i64
delete from view where is_home = 0 and updated_us < $1;

-- app_views_remove: all that an app shows in a workspace.
-- in team_id i64, app_id i64
delete from view where team_id = $1 and app_id = $2;
