-- Who has seen which messages, and what people did with them.

-- A member's newest span of a conversation lies beside its read cursor: reading on moves its end and writes nothing else.
alter table channel_member add column seen_from bigint not null default 0;
alter table channel_member add column seen_to bigint not null default 0; -- 0: no span yet
alter table channel_member add column seen_client bigint not null default 0; -- enum sight_client

-- Every other span: after from_ts, up to and with to_ts.  Those of one person in one place do not overlap.
create table sight (
    channel_id bigint not null,
    thread_ts bigint not null, -- 0: the conversation itself; else the replies of this thread
    user_id bigint not null,
    to_ts bigint not null,
    from_ts bigint not null,
    client bigint not null, -- enum sight_client
    level bigint not null,  -- class of length (core/span.h)
    primary key (channel_id, thread_ts, user_id, to_ts)
)/*sqlite: without rowid*/;
create index sight_at on sight (channel_id, thread_ts, level, to_ts, from_ts, user_id, client);

-- What people did with a message, each once.
create table message_touch (
    channel_id bigint not null,
    ts bigint not null,
    what bigint not null, -- enum touch
    user_id bigint not null, -- 0: of the message itself
    primary key (channel_id, ts, what, user_id)
)/*sqlite: without rowid*/;
