-- Socket Mode: addresses that apps may open a connection at, each once, for a short time.

create table socket_ticket (
    hash text not null primary key, -- SHA-256 of what stands in the address, hex
    app_id bigint not null,
    expires_us bigint not null
);

-- Events that nobody took for hours are given up.
alter table outbox add column created_us bigint not null default 0;
