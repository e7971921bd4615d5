-- Messages that wait for their time (the job `scheduled` posts them).

create table scheduled_message (
    id bigint not null primary key,
    team_id bigint not null,
    channel_id bigint not null,
    user_id bigint not null,  -- who asked: lists and takes back
    bot_id bigint not null,
    app_id bigint not null,
    outsider bigint not null, -- 1: may post into public channels that it is not in
    created_us bigint not null,
    post_us bigint not null,
    thread_ts bigint not null, -- as of a message
    broadcast bigint not null,
    text text not null,
    blocks text not null,
    attachments text not null,
    metadata text not null
);
create index scheduled_message_author on scheduled_message (user_id, team_id, post_us, id);
create index scheduled_message_channel on scheduled_message (channel_id, post_us);
