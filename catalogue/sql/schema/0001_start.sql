-- The first schema.  Ids are base-36 texts as integers, times are microseconds since 1970 (suffix _us) or message
-- timestamps (ts, the same unit).  0 and '' stand for "none", so that no comparison meets a null.

create table org (
    id bigint not null primary key,
    name text not null,
    domain text not null,
    created_us bigint not null
);

create table team (
    id bigint not null primary key,
    org_id bigint not null,
    name text not null,
    domain text not null unique,
    email_domain text not null,
    general_id bigint not null, -- the channel everybody is in
    created_us bigint not null,
    deleted bigint not null
);

-- People and the users that bots act as; one row per person of the organization.
create table users (
    id bigint not null primary key,
    org_id bigint not null,
    team_id bigint not null, -- home workspace
    name text not null,
    email text not null,
    email_fold text not null, -- case-folded, for look-ups
    real_name text not null,
    display_name text not null,
    first_name text not null,
    last_name text not null,
    title text not null,
    phone text not null,
    skype text not null,
    pronouns text not null,
    status_text text not null,
    status_emoji text not null,
    status_expiration_us bigint not null,
    fields text not null, -- custom profile fields, a JSON object
    avatar_hash text not null,
    color text not null,
    tz text not null,
    tz_label text not null,
    tz_offset_s bigint not null,
    locale text not null,
    is_bot bigint not null,
    bot_id bigint not null,
    app_id bigint not null,
    away bigint not null, -- set by hand (users.setPresence)
    deleted bigint not null,
    created_us bigint not null,
    updated_us bigint not null
);
create unique index users_email on users (org_id, email_fold) where email_fold <> '';
create index users_name on users (org_id, name);

-- Who belongs to which workspace, and as what.
create table team_member (
    team_id bigint not null,
    user_id bigint not null,
    role bigint not null,  -- enum role
    guest bigint not null, -- enum guest
    deleted bigint not null,
    joined_us bigint not null,
    primary key (team_id, user_id)
)/*sqlite: without rowid*/;
create index team_member_user on team_member (user_id, team_id);

create table app (
    id bigint not null primary key,
    org_id bigint not null,
    name text not null,
    client_id text not null unique,
    client_secret_hash text not null,
    signing_secret text not null,     -- sealed under the key file, base64
    verification_token text not null, -- the same
    created_us bigint not null,
    deleted bigint not null
);

-- An app's bot in one workspace.
create table bot (
    id bigint not null primary key,
    team_id bigint not null,
    app_id bigint not null,
    user_id bigint not null,
    name text not null,
    deleted bigint not null,
    updated_us bigint not null
);
create index bot_app on bot (app_id, team_id);

create table token (
    id bigint not null primary key,
    hash text not null unique, -- SHA-256 of the token, hex
    kind bigint not null,      -- enum token_kind
    org_id bigint not null,
    team_id bigint not null, -- 0: a token of the whole organization
    user_id bigint not null,
    app_id bigint not null,
    bot_id bigint not null,
    scopes text not null, -- comma list
    label text not null,
    created_us bigint not null,
    expires_us bigint not null, -- 0: never
    revoked_us bigint not null  -- 0: in force
);
create index token_user on token (user_id);
create index token_app on token (app_id, team_id);

create table channel (
    id bigint not null primary key,
    team_id bigint not null,
    kind bigint not null, -- enum channel_kind: public, private, im, mpim
    name text not null,   -- '' for im
    dm_key text not null, -- im, mpim: the members' ids, sorted, comma between; else ''
    creator bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    archived bigint not null,
    is_general bigint not null,
    topic text not null,
    topic_by bigint not null,
    topic_us bigint not null,
    purpose text not null,
    purpose_by bigint not null,
    purpose_us bigint not null,
    members_n bigint not null,
    pins_n bigint not null,
    last_ts bigint not null, -- newest ts ever given out here; the next one is greater
    version bigint not null  -- grows with every change of what a history page shows
);
create unique index channel_name on channel (team_id, name) where name <> '';
create unique index channel_dm on channel (team_id, dm_key) where dm_key <> '';
create index channel_team on channel (team_id, id);

create table channel_old_name (
    channel_id bigint not null,
    changed_us bigint not null,
    name text not null,
    primary key (channel_id, changed_us)
)/*sqlite: without rowid*/;

create table channel_member (
    channel_id bigint not null,
    user_id bigint not null,
    joined_us bigint not null,
    last_read bigint not null, -- ts of the last message seen
    is_open bigint not null,   -- im, mpim: shown in the list
    muted bigint not null,
    primary key (channel_id, user_id)
)/*sqlite: without rowid*/;
create index channel_member_user on channel_member (user_id, channel_id);

-- Clustered by conversation and time on SQLite: a page of history is one range scan.
create table message (
    channel_id bigint not null,
    ts bigint not null,
    user_id bigint not null,
    bot_id bigint not null,
    app_id bigint not null,
    subtype text not null,
    text text not null,
    thread_ts bigint not null,   -- 0: no thread; = ts: parent with replies; else a reply
    broadcast bigint not null,   -- a reply that stands in the conversation too
    reply_count bigint not null, -- of a parent
    latest_reply bigint not null,
    reply_users text not null, -- of a parent: ids of who replied, in order of first reply, comma list
    edited_by bigint not null,
    edited_us bigint not null,
    has_reactions bigint not null,
    pinned bigint not null,
    client_msg_id text not null,
    blocks text not null,      -- JSON array or ''
    attachments text not null, -- JSON array or ''
    metadata text not null,    -- JSON object or ''
    extra text not null,       -- JSON object or '': username, icons, topic, purpose, name, old_name, inviter …
    primary key (channel_id, ts)
)/*sqlite: without rowid*/;
create index message_thread on message (channel_id, thread_ts, ts) where thread_ts <> 0 and thread_ts <> ts;
create unique index message_client_id on message (user_id, client_msg_id) where client_msg_id <> '';

create table reaction (
    channel_id bigint not null,
    ts bigint not null,
    name text not null,
    user_id bigint not null,
    at_us bigint not null,
    primary key (channel_id, ts, name, user_id)
)/*sqlite: without rowid*/;
create index reaction_user on reaction (user_id, at_us);

create table pin (
    channel_id bigint not null,
    ts bigint not null,
    user_id bigint not null,
    at_us bigint not null,
    primary key (channel_id, ts)
)/*sqlite: without rowid*/;

create table custom_emoji (
    team_id bigint not null,
    name text not null,
    url text not null, -- an URL, or alias:NAME
    created_by bigint not null,
    created_us bigint not null,
    primary key (team_id, name)
)/*sqlite: without rowid*/;

create table user_pref (
    team_id bigint not null,
    user_id bigint not null,
    name text not null,
    value text not null,
    primary key (team_id, user_id, name)
)/*sqlite: without rowid*/;
