-- What people did, counted with its cause, for analytics; and what people and channels were on days that are past.  A day is a UTC day, as
-- the number of days since 1970.  Bots and apps have no rows of their own.

create table member_day (
    team_id bigint not null,
    day bigint not null,
    user_id bigint not null,
    active bigint not null,   -- bits: core/count.h
    messages bigint not null, -- posted, anywhere
    channel_messages bigint not null, -- of those: in public and private channels
    desktop_messages bigint not null, -- of those: by kind of client
    ios_messages bigint not null,
    android_messages bigint not null,
    app_messages bigint not null, -- by an app, in the person's name
    reactions bigint not null,
    files bigint not null,
    searches bigint not null,
    primary key (team_id, day, user_id)
)/*sqlite: without rowid*/;

-- Of one person in one conversation; user_id 0: of all apps together.
create table channel_day (
    team_id bigint not null,
    day bigint not null,
    channel_id bigint not null,
    user_id bigint not null,
    messages bigint not null,
    reactions bigint not null,
    viewed bigint not null,
    primary key (team_id, day, channel_id, user_id)
)/*sqlite: without rowid*/;

-- On which days somebody was active: bit 0 is the day, bit n the day n days before; 62 bits.
create table member_active (
    team_id bigint not null,
    user_id bigint not null,
    day bigint not null,
    bits bigint not null,
    primary key (team_id, user_id)
)/*sqlite: without rowid*/;

-- When a person first did anything here; 0: not yet.
alter table users add column claimed_us bigint not null default 0;

-- What a person was in a workspace until the end of upto_day: kept at the first change on a later day.
create table member_was (
    team_id bigint not null,
    user_id bigint not null,
    upto_day bigint not null,
    email text not null,
    fields text not null, -- custom profile fields
    guest bigint not null,
    deleted bigint not null,
    primary key (team_id, user_id, upto_day)
)/*sqlite: without rowid*/;

-- The same of a channel.
create table channel_was (
    team_id bigint not null,
    channel_id bigint not null,
    upto_day bigint not null,
    kind bigint not null,
    archived bigint not null,
    last_ts bigint not null,
    primary key (team_id, channel_id, upto_day)
)/*sqlite: without rowid*/;

-- Who was in a channel and left.
create table channel_left (
    channel_id bigint not null,
    user_id bigint not null,
    joined_us bigint not null,
    left_us bigint not null,
    primary key (channel_id, user_id, left_us)
)/*sqlite: without rowid*/;

-- How far the counting of a workspace is.
create table team_count (
    team_id bigint not null primary key,
    first_day bigint not null, -- the first one that there can be figures of
    open_day bigint not null,  -- the first one that is not closed
    whole_day bigint not null  -- from here on days were counted from their beginning to their end
);

-- Days that are closed, and what their totals were.
create table team_day (
    team_id bigint not null,
    day bigint not null,
    closed_us bigint not null,
    whole bigint not null, -- 0: it was not counted from its beginning to its end, and has no files
    members_crc bigint not null, -- CRC-32 of the files' rows
    channels_crc bigint not null,
    totals text not null, -- a JSON object
    primary key (team_id, day)
)/*sqlite: without rowid*/;
