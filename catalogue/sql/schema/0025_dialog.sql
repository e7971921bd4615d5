-- Forms and questions that apps put before one person: dialogs, and requests for more scopes.

create table dialog (
    id bigint not null primary key,
    team_id bigint not null,
    app_id bigint not null,
    user_id bigint not null,    -- who sees it
    channel_id bigint not null, -- where the person was when it was opened; 0: nowhere
    body text not null,         -- JSON, as the app gave it
    created_us bigint not null
);
create index dialog_user on dialog (user_id, team_id, created_us);
create index dialog_old on dialog (created_us);

create table permission_request (
    id bigint not null primary key,
    team_id bigint not null,
    app_id bigint not null,
    user_id bigint not null,  -- who is asked
    token_id bigint not null, -- whose scopes are to grow
    scopes text not null,     -- comma list
    trigger_id text not null, -- by which it was asked: the app's events name it
    created_us bigint not null
);
create index permission_request_user on permission_request (user_id, team_id, created_us);
create index permission_request_old on permission_request (created_us);
