-- job_claim: the one that has been due longest, and that no other node is running.
-- in now_us i64
-- one job_row
select kind, team_id, subject, due_us, tries from job where due_us <= $1 order by due_us, kind, team_id, subject limit 1
for update skip locked;
