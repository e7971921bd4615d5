-- The custom fields that profiles of a workspace have.

create table profile_field (
    team_id bigint not null,
    id text not null, -- Xf…
    ordering bigint not null,
    label text not null,
    hint text not null,
    type text not null,       -- text, date, link, options_list, user
    choices text not null,    -- of options_list: a JSON array of texts; else ''
    is_hidden bigint not null,
    primary key (team_id, id)
)/*sqlite: without rowid*/;
