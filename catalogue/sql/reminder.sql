-- Reminders.

-- struct reminder_row: id i64, creator i64, user_id i64, text str, time_us i64, every i64, weekdays i64, complete_us i64

-- reminder_add: a new one.
-- in id i64, team_id i64, creator i64, user_id i64, text str, time_us i64, every i64, weekdays i64
insert into reminder (id, team_id, creator, user_id, text, time_us, every, weekdays, complete_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0);

-- reminder_get: one of a workspace.
-- in id i64, team_id i64
-- one reminder_row
select id, creator, user_id, text, time_us, every, weekdays, complete_us from reminder where id = $1 and team_id = $2;

-- reminder_list: what a person made, or is to be told.
-- in team_id i64, user_id i64
-- many reminder_row
select id, creator, user_id, text, time_us, every, weekdays, complete_us from reminder
where team_id = $1 and (user_id = $2 or creator = $2) order by id;

-- reminder_complete: done; it stays so.
-- in id i64, complete_us i64
update reminder set complete_us = $2 where id = $1 and complete_us = 0;

-- reminder_delete: gone.
-- in id i64
delete from reminder where id = $1;
