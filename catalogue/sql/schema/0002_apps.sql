-- What apps are (their manifests), how they get into a workspace (OAuth), and how people sign in.

alter table app add column manifest text not null default ''; -- JSON, as given; '' for apps made without one

create table user_password (
    user_id bigint not null primary key,
    hash text not null, -- argon2id, as libsodium writes it
    changed_us bigint not null
);

-- Codes of the authorize page, by SHA-256.  One is exchanged at most once.
create table oauth_code (
    hash text not null primary key,
    app_id bigint not null,
    team_id bigint not null,
    user_id bigint not null,     -- who consented
    version bigint not null,     -- 1 or 2: which page gave it out
    bot_scopes text not null,    -- comma lists
    user_scopes text not null,
    redirect_uri text not null,  -- as the authorize step was given it; '' when it was not
    challenge text not null,     -- PKCE, S256; '' when none
    expires_us bigint not null,
    used_us bigint not null      -- 0: not yet
);
create index oauth_code_expires on oauth_code (expires_us);

-- Refresh tokens of apps that rotate theirs, by SHA-256.  Each is used once.
create table refresh_token (
    hash text not null primary key,
    token_id bigint not null, -- the access token it came with
    used_us bigint not null
);
