-- Runs of functions are not kept for ever (core/function.h says how long).

alter table function_execution add column forget_us bigint not null default 0; -- when it goes
update function_execution set forget_us = started_us + 2592000000000;
create index function_execution_forget on function_execution (team_id, forget_us);

insert into job (kind, team_id, subject, due_us, tries)
select distinct 'function', team_id, 0, 0, 0 from function_execution;
