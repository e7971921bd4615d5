-- Events on their way to apps: written with what caused them, gone once delivered or given up.

create table outbox (
    id bigint not null primary key, -- in order of time; the event's own id
    app_id bigint not null,
    team_id bigint not null,
    body text not null,     -- the envelope, without the app's verification token
    attempts bigint not null, -- how many failed
    due_us bigint not null, -- not before
    reason text not null    -- of the last failure, as X-Slack-Retry-Reason says it
);
create index outbox_app on outbox (app_id, id);

-- Where apps hear events, once they answered the challenge there.
create table app_url (
    app_id bigint not null primary key,
    url text not null,
    verified_us bigint not null,
    disabled_us bigint not null -- 0: it hears events; else since when it does not, for failing too often
);
