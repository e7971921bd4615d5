-- Links of new messages whose pages are to be previewed.

create table unfurl (
    id bigint not null primary key,
    team_id bigint not null,
    channel_id bigint not null,
    ts bigint not null,
    links bigint not null,  -- 1: pages that are texts, too
    media bigint not null,  -- 1: films, sounds and pictures
    urls text not null,     -- one a line
    result text not null,   -- attachments, a JSON array; empty: the pages were not read yet
    tries bigint not null,
    due_us bigint not null
);
create index unfurl_due on unfurl (due_us);
