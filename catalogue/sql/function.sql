-- Runs of the functions that apps offer.

-- function_execution_add: somebody has it run.
-- in id i64, team_id i64, app_id i64, callback_id str, user_id i64, inputs str, started_us i64, forget_us i64
insert into function_execution (id, team_id, app_id, callback_id, user_id, inputs, outputs, error, state, started_us, ended_us,
                                forget_us)
values ($1, $2, $3, $4, $5, $6, '', '', 'running', $7, 0, $8);

-- struct function_execution_row: id i64, team_id i64, app_id i64, callback_id str, user_id i64, inputs str, outputs str, error str, state str, started_us i64, ended_us i64

-- function_execution_get: one of them.
-- in id i64
-- one function_execution_row
select id, team_id, app_id, callback_id, user_id, inputs, outputs, error, state, started_us, ended_us
from function_execution where id = $1;

-- function_execution_end: what came of it; changes 0 rows when that is known already.
-- in id i64, state str, outputs str, error str, ended_us i64, forget_us i64
update function_execution set state = $2, outputs = $3, error = $4, ended_us = $5, forget_us = $6 where id = $1 and state = 'running';

-- function_execution_expire: those of a workspace whose time has come, at most so many.
-- in team_id i64, now_us i64, limit i64
delete from function_execution where id in
(select id from function_execution where team_id = $1 and forget_us <= $2 order by forget_us limit $3);

-- function_execution_any: one that a workspace has.
-- in team_id i64
-- value i64
select id from function_execution where team_id = $1 limit 1;
