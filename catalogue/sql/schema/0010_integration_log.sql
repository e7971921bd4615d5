-- What happened to the apps of a workspace.

create table integration_log (
    id bigint not null primary key, -- in order of time
    team_id bigint not null,
    app_id bigint not null,
    user_id bigint not null,    -- who did it
    channel_id bigint not null, -- of webhooks: where they post
    at_us bigint not null,
    change text not null, -- added, expanded, updated, disabled, removed
    scopes text not null, -- comma list, or ''
    reason text not null
);
create index integration_log_team on integration_log (team_id, id);
