-- Who used a workspace, from where and with what.

create table access_log (
    team_id bigint not null,
    user_id bigint not null,
    ip text not null,
    agent text not null,
    id bigint not null, -- tells rows of the same moment apart in a listing
    calls bigint not null,
    first_us bigint not null,
    last_us bigint not null,
    primary key (team_id, user_id, ip, agent)
);
create index access_log_last on access_log (team_id, last_us, id);
