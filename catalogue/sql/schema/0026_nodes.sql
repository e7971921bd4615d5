-- What nodes that share a database tell each other.

-- Which node delivers an app's events; one at a time does.
create table line_lease (
    app_id bigint not null primary key,
    node bigint not null,     -- drawn when a node starts
    until_us bigint not null
);

-- Grows whenever tokens, people or apps change: nodes then look again at those who are connected.
create table auth_epoch (
    one bigint not null primary key, -- 1
    n bigint not null
);
