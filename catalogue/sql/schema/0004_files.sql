-- Files.  Bodies lie outside (store/blob.h); file_body tells which of them are in use, and by what.

create table file (
    id bigint not null primary key,
    team_id bigint not null,
    user_id bigint not null,
    bot_id bigint not null,
    created_us bigint not null,
    updated_us bigint not null,
    state bigint not null, -- enum file_state
    mode text not null,    -- hosted, snippet
    name text not null,
    title text not null,
    filetype text not null, -- a key of filetypes.json
    kind text not null,     -- what files.list calls its type: images, snippets … or ''
    size_bytes bigint not null,
    body text not null, -- hash
    alt_txt text not null,
    preview text not null,
    lines bigint not null,
    lines_more bigint not null,
    original_w bigint not null,
    original_h bigint not null,
    rotation bigint not null, -- as EXIF says; 0: no image
    thumbs text not null,     -- PIXELS,W,H,TYPE,HASH; …
    secret text not null,     -- what its public address ends in
    shared_publicly bigint not null,
    comments_n bigint not null,
    upload_hash text not null -- SHA-256 of the upload address's ticket, hex; '' once it is used
);
create index file_team on file (team_id, created_us, id);
create index file_user on file (user_id, created_us);
create unique index file_upload on file (upload_hash) where upload_hash <> '';

create table file_body (
    hash text not null,
    owner_id bigint not null, -- a file, or whoever's picture it is
    part text not null,       -- 'body', or a picture's size
    primary key (hash, owner_id, part)
)/*sqlite: without rowid*/;
create index file_body_owner on file_body (owner_id);

-- The messages that files stand in.
create table file_share (
    channel_id bigint not null,
    ts bigint not null,
    place bigint not null, -- of several files in one message
    file_id bigint not null,
    user_id bigint not null,
    primary key (channel_id, ts, place)
)/*sqlite: without rowid*/;
create index file_share_file on file_share (file_id, channel_id);

create table file_comment (
    id bigint not null primary key,
    file_id bigint not null,
    user_id bigint not null,
    created_us bigint not null,
    comment text not null
);
create index file_comment_file on file_comment (file_id, created_us);
