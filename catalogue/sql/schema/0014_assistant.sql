-- Threads in the ims of people with apps that assist, and what apps show in threads while they work.

create table assistant_thread (
    channel_id bigint not null,
    thread_ts bigint not null,
    app_id bigint not null,
    user_id bigint not null, -- whose thread it is
    context text not null,   -- what the person looked at: {"channel_id", …}
    primary key (channel_id, thread_ts)
);

create table thread_status (
    id bigint not null primary key,
    channel_id bigint not null,
    thread_ts bigint not null,
    user_id bigint not null -- of the app's bot that shows it
);
create unique index thread_status_thread on thread_status (channel_id, thread_ts);
