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

-- What a person starred: a message, a conversation (ts 0) or a file (no conversation).
create table star (
    user_id bigint not null,
    team_id bigint not null,
    channel_id bigint not null,
    ts bigint not null,
    file_id bigint not null,
    at_us bigint not null, -- the person's own order: no two of one person are the same
    primary key (user_id, team_id, channel_id, ts, file_id)
)/*sqlite: without rowid*/;
create unique index star_order on star (user_id, team_id, at_us);

create table usergroup (
    id bigint not null primary key,
    team_id bigint not null,
    name text not null,
    name_fold text not null, -- case-folded: names are unique so
    handle text not null,
    description text not null,
    channels text not null,   -- ids of default channels, comma lists
    groups text not null,     -- … of private ones
    additional text not null, -- … of channels that are shown with it only
    enable_section bigint not null,
    created_by bigint not null,
    updated_by bigint not null,
    deleted_by bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    deleted_us bigint not null, -- 0: in use
    users_n bigint not null
);
create unique index usergroup_name on usergroup (team_id, name_fold);
create unique index usergroup_handle on usergroup (team_id, handle);

create table usergroup_member (
    usergroup_id bigint not null,
    user_id bigint not null,
    primary key (usergroup_id, user_id)
)/*sqlite: without rowid*/;

-- What a person changed about not being disturbed, beside the schedule of its preferences.
create table dnd (
    user_id bigint not null primary key,
    snooze_from_us bigint not null,
    snooze_until_us bigint not null, -- 0: no snooze
    ended_us bigint not null         -- scheduled times that end by then are over
);

create table reminder (
    id bigint not null primary key,
    team_id bigint not null,
    creator bigint not null,
    user_id bigint not null, -- who is told
    text text not null,
    time_us bigint not null, -- the first time
    every bigint not null,   -- enum when_every
    weekdays bigint not null,
    complete_us bigint not null
);
create index reminder_user on reminder (user_id, team_id);
create index reminder_creator on reminder (creator, team_id);
