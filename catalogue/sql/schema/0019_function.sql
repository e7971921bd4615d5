-- Runs of the functions that apps offer.

create table function_execution (
    id bigint not null primary key,
    team_id bigint not null,
    app_id bigint not null,
    callback_id text not null,
    user_id bigint not null,    -- who has it run
    inputs text not null,       -- JSON objects
    outputs text not null,
    error text not null,
    state text not null,        -- 'running', 'completed', 'failed'
    started_us bigint not null,
    ended_us bigint not null    -- 0: not yet
);
