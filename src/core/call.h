/* One call of a method: who asks, what the gate opened, what will be answered.
 *
 * A call has one owner at a time: the worker that read it, then (write methods) the lane, then whoever sends the
 * reply.  Everything it points to lies in its arena.  Handlers never begin or end transactions, never free, never look
 * at HTTP. */
#ifndef TAUT_CORE_CALL_H
#define TAUT_CORE_CALL_H

#include "base/arena.h"
#include "base/json.h"
#include "err.h"   /* generated: enum err, enum warn */
#include "scope.h" /* generated: enum scope, SCOPE_WORDS */

struct db;
struct channel_row; /* generated from catalogue/sql/channel.sql */
struct method;
struct event;
struct input;
struct page;
struct page_cache;
struct page_key;
struct blobs;
struct job_runner;
struct access_log;
struct geo;
struct http_client;
struct marks;
struct analytics;
struct live;
struct app_ask;
struct move;

/* Leaves at the first failure.  Used only for enum err, at the start of a line. */
#define TRY(expr)                                                                                                      \
    do {                                                                                                               \
        enum err try_err = (expr);                                                                                     \
        if (try_err != OK)                                                                                             \
            return try_err;                                                                                            \
    } while (0)

enum token_kind { TOKEN_NONE, TOKEN_USER, TOKEN_BOT, TOKEN_APP, TOKEN_SESSION };
/* Rank in the workspace; guests are members with a guest kind. */
enum role { ROLE_MEMBER, ROLE_ADMIN, ROLE_OWNER, ROLE_PRIMARY_OWNER };
enum guest { GUEST_NONE, GUEST_MULTI, GUEST_SINGLE };

/* Who the token says is calling.  Rows, not texts. */
struct actor {
    enum token_kind kind;
    int64_t user; /* the person, or the bot's user; 0 for app tokens */
    int64_t team; /* 0: a token of the whole organization */
    int64_t home; /* the workspace the user belongs to first; the token's own unless it is of the organization */
    int64_t org;
    int64_t app, bot; /* 0 when none */
    int64_t token;    /* row of the token */
    enum role role;
    enum guest guest;
    bool is_bot;
    uint64_t scopes[SCOPE_WORDS];
    struct str scope_text;                     /* as granted, comma list */
    struct str user_name, team_name, app_name; /* team_name: of a token of the organization its name */
    struct str allowed_ips;                    /* from where its app's calls are taken; empty: from everywhere */
    int64_t expires_us;                        /* 0: never */
};

/* A file as the reply, instead of JSON; of methods whose catalogue entry has a `content`. */
struct reply_file {
    int fd; /* read from its beginning; closed by whoever sends it */
    int64_t bytes;
    struct str name; /* that it is saved under */
};

struct call {
    struct arena *arena;
    struct db *db;               /* the connection this call may use right now */
    const struct method *method; /* generated row: name, scopes, errors … */
    const void *settings;        /* struct settings * of config */
    const unsigned char *key;    /* of the key file: apps' secrets and contexts of events are sealed under it */
    struct actor who;
    struct str token; /* as it came; empty for jobs */
    uint64_t origin;  /* the real-time connection whose message this is; 0: none */
    int64_t
        team; /* the workspace acted in: the token's; for tokens of the organization team_id's, else its user's home */
    int64_t now_us;      /* one time for the whole call */
    struct str base_url; /* this server's own origin with a trailing slash: "http://127.0.0.1:8065/" */
    struct str remote_addr, user_agent;
    const struct input *input;     /* the arguments as they came, for api.test and methods that take files */
    struct channel_row *channel;   /* opened by the gate; NULL when the method's gate opens none */
    struct page_cache *pages;      /* NULL: none */
    struct blobs *blobs;           /* bodies of files */
    struct job_runner *jobs;       /* for who moves the clock; NULL: none */
    struct access_log *accesses;   /* who used which workspace */
    struct geo *geo;               /* where addresses are; NULL: not known */
    struct http_client *http;      /* what goes out to other servers; NULL: nothing does */
    struct marks *marks;           /* who was active; NULL: not gathered */
    struct analytics *analytics;   /* what makes its files; NULL: none */
    const struct live *live;       /* who is connected; NULL: nobody can be */
    struct page *ready;            /* a whole reply from the cache, held for the caller; `out` is then unused */
    struct reply_file *file;       /* the reply is this file; `out` is then unused */
    struct page_key *keep_as;      /* the finished reply is put into the cache under this key; NULL: it is not */
    struct channel_row **channels; /* those that a gate of several opened, each once */
    int n_channels;
    void *prepared;         /* what NAME_prepare left for the handler */
    struct json_out out;    /* the reply's fields; dispatch writes the braces, "ok", warnings and the cursor */
    struct str next_cursor; /* set by page_next; empty: last page */
    bool paged;             /* response_metadata.next_cursor is written even when empty */
    bool unheard;           /* nobody hears events: none are made */
    struct event *events, **events_tail; /* in order; given to the bus after the commit */
    struct move *moves, **moves_tail;    /* the same; made even when nobody hears events */
    uint64_t turn;                       /* at the bus; 0: none */
    uint64_t warnings;                   /* bit per enum warn */
    struct str messages[4];              /* lines for response_metadata.messages */
    int n_messages;
    struct str needed;        /* with ERR_MISSING_SCOPE */
    struct str error_text;    /* api.test: the caller's own code, answered instead of a catalogue one */
    struct str error_args;    /* and its arguments, a JSON object */
    struct str error_detail;  /* a sentence beside the code, where the method documents one */
    struct app_ask *ask;      /* what an app is asked once this is committed (core/ask.h) */
    struct str error_list;    /* and `errors`, a JSON array, where it documents them */
    struct call_after *after; /* the newest first; done when the call has ended */
    /* What the transaction changed that caches keep; looked at after the commit. */
    bool touched_auth; /* tokens, users, apps or workspaces: the actor cache is emptied */
};

/* Something to be done when the call has ended, on the thread that ended it: kept tells whether what it wrote is
 * stored.  It must be short. */
struct call_after {
    struct call_after *next;
    void (*done)(struct call *c, struct call_after *after, bool kept);
};
void call_after(struct call *c, struct call_after *after);

bool scope_has(const struct actor *a, enum scope s);
/* Does the token stand for the person as a whole: a session, or one with all that people's own tokens can have? */
bool actor_is_whole(const struct actor *a);
void call_warn(struct call *c, enum warn w);
/* A line "[WARN] …" for response_metadata.messages; lines past the fourth are dropped. */
void call_message(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A line that has its level already: "[ERROR] must be …". */
void call_line(struct call *c, struct str line);
/* The fault of one argument: adds a line "[ERROR] …" and returns ERR_INVALID_ARGUMENTS. */
enum err call_invalid(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Writes one event's JSON; made by emit_NAME (generated).  to: the conversation, person or workspace that hears it, or
 * the app, in c->team. */
enum event_target { TO_CHANNEL, TO_USER, TO_TEAM, TO_APP };
struct event {
    struct event *next;
    enum event_target target;
    int64_t to;
    const char *type;
    struct str json;
};
/* The target that an id names: a person, a workspace, an app, or else a conversation. */
enum event_target call_target(int64_t to);
void call_emit(struct call *c, enum event_target target, int64_t to, const char *type, struct str json);

/* Somebody came into a conversation or left it, whether or not there are events of it: who delivers events keeps in
 * mind who is where. */
struct move {
    struct move *next;
    int64_t channel, user;
    bool in;
};
void call_move(struct call *c, int64_t channel, int64_t user, bool in);

/* Paging by key (DESIGN.md 2): a cursor is base64, ends in "=", and holds kind (a listing's own word) and keys.  It is
 * good for the workspace and conversation it was made in, for two hours; else invalid_cursor. */
enum err page_cursor(struct call *c, struct str cursor, const char *kind, int64_t *key, int64_t *key2);
void page_next(struct call *c, const char *kind, int64_t key, int64_t key2);
/* The hour that cursors made now are dated with: replies kept for others must not outlive it. */
int64_t page_hour(const struct call *c);

#endif
