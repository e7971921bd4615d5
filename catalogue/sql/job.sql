-- What is to happen at a time.

-- struct job_row: kind str, team_id i64, subject i64, due_us i64, tries i64

-- job_set: at this time, instead of when it was to be before.
-- in kind str, team_id i64, subject i64, due_us i64
insert into job (kind, team_id, subject, due_us, tries) values ($1, $2, $3, $4, 0)
on conflict (kind, team_id, subject) do update set due_us = excluded.due_us, tries = 0;

-- job_see_to: at this time, unless it is set already.
-- in kind str, team_id i64, subject i64, due_us i64
insert into job (kind, team_id, subject, due_us, tries) values ($1, $2, $3, $4, 0) on conflict do nothing;

-- job_drop: it is not to happen any more.
-- in kind str, team_id i64, subject i64
delete from job where kind = $1 and team_id = $2 and subject = $3;

-- job_put_off: it failed, and is tried again later; only if nobody set it anew meanwhile.
-- in kind str, team_id i64, subject i64, was_us i64, due_us i64
update job set due_us = $5, tries = tries + 1 where kind = $1 and team_id = $2 and subject = $3 and due_us = $4;

-- job_next_us: when the next one is due.
-- value i64
select due_us from job order by due_us limit 1;

-- job_claim: the one that has been due longest, and that no other node is running.
-- in now_us i64
-- one job_row
select kind, team_id, subject, due_us, tries from job where due_us <= $1 order by due_us, kind, team_id, subject limit 1
/*postgres: for update skip locked*/;
