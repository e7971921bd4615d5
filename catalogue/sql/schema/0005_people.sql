-- What happens at a time, and what people keep for themselves and in groups.

-- Rows are claimed when they are due; whoever runs one takes it out in the same transaction.
create table job (
    kind text not null,      -- names a row of the table in src/jobs/kinds.c
    team_id bigint not null,
    subject bigint not null, -- what it is about: a user, a reminder …
    due_us bigint not null,
    tries bigint not null,   -- how often it failed
    primary key (kind, team_id, subject)
)/*sqlite: without rowid*/;
create index job_due on job (due_us, kind, team_id, subject);
