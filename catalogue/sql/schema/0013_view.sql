-- What apps show to one person: modals, which lie on each other in stacks, and Home tabs.

create table view (
    id bigint not null primary key,
    team_id bigint not null,
    app_id bigint not null,
    bot_id bigint not null, -- 0: the app has none here
    user_id bigint not null, -- who sees it
    is_home bigint not null,
    root_id bigint not null,     -- of its stack: the lowest view, its own id for that and for Home tabs
    previous_id bigint not null, -- the one below; 0: none
    depth bigint not null,       -- 1 for the lowest
    channel_id bigint not null,  -- where the person was when it was opened; 0: nowhere
    external_id text not null,
    hash text not null,
    body text not null,  -- JSON: the fields that the app gave
    state text not null, -- JSON: {block_id: {action_id: {…}}}, what is filled in
    created_us bigint not null,
    updated_us bigint not null
);
create unique index view_external on view (team_id, app_id, external_id) where external_id <> '';
create unique index view_home on view (team_id, app_id, user_id) where is_home = 1;
create index view_root on view (root_id, depth);
create index view_user on view (user_id, team_id, updated_us);
create index view_old on view (updated_us) where is_home = 0;
