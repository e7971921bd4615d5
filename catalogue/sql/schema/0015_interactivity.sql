-- What people do with apps: ids by which an app may open a view or dialog, each once, and addresses that it answers to.

create table trigger_id (
    hash text not null primary key, -- SHA-256 of the id, hex
    app_id bigint not null,
    team_id bigint not null,
    user_id bigint not null,    -- who did it
    kind text not null,         -- what: 'command', 'block_actions', 'shortcut' …
    view_id bigint not null,    -- the view it was done in; 0: in none
    channel_id bigint not null, -- the conversation it was done in; 0: in none
    made_us bigint not null,
    expires_us bigint not null,
    used_us bigint not null     -- 0: not yet
);
create index trigger_id_expires on trigger_id (expires_us);

create table response_url (
    hash text not null primary key, -- SHA-256 of what stands behind actions/ in the address, hex
    app_id bigint not null,
    bot_id bigint not null,     -- who answers
    team_id bigint not null,
    user_id bigint not null,    -- who did it, and for whom an answer is that not everybody is to see
    channel_id bigint not null, -- where answers go
    message_ts bigint not null, -- the message it was done to, which an answer may replace; 0: none
    ephemeral bigint not null,  -- that message is for this person alone
    replaces bigint not null,   -- an answer that says nothing of it takes that message's place
    thread_ts bigint not null,  -- the thread it was done in; 0: none
    uses bigint not null,       -- how many are left
    expires_us bigint not null
);
create index response_url_expires on response_url (expires_us);

-- What an app shows to one person alone, kept for as long as they may press what is in it, or the app may replace it.
create table ephemeral (
    channel_id bigint not null,
    ts bigint not null,
    reader_id bigint not null, -- who sees it
    user_id bigint not null,   -- from here on as in message
    bot_id bigint not null,
    app_id bigint not null,
    subtype text not null,
    text text not null,
    thread_ts bigint not null,
    blocks text not null,
    attachments text not null,
    extra text not null,
    expires_us bigint not null,
    primary key (channel_id, ts, reader_id)
)/*sqlite: without rowid*/;
create index ephemeral_expires on ephemeral (expires_us);
