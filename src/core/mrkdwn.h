/* Message text: how it is stored, what it points to, how it reads without markup.
 *
 * Stored text holds &, < and > only as the entities &amp; &lt; &gt;, and bare < > only around sequences:
 * <@U…> <#C…|name>
 * <!here> <!subteam^S…> <!date^…> <https://…|label>.  Formatting (*bold*) is left for clients to draw.  Texts
 * are valid UTF-8.  No database: names are looked up through callbacks. */
#ifndef TAUT_CORE_MRKDWN_H
#define TAUT_CORE_MRKDWN_H

#include "base/arena.h"

/* none and client link URLs with a scheme; full also links domains and e-mail addresses. */
enum mrkdwn_parse { MRKDWN_NONE, MRKDWN_CLIENT, MRKDWN_FULL };

/* "none", "full" or "client"; false on anything else. */
bool mrkdwn_parse_mode(struct str s, enum mrkdwn_parse *mode);

/* At most max_chars code points of text; sets *cut when there were more.  Cuts before an entity or a
 * sequence, never inside one. */
struct str mrkdwn_cut(struct str text, size_t max_chars, bool *cut);

/* text as it is stored: stray & < > escaped, URLs put in <>.  plain (mrkdwn=false) links nothing.  Text that
 * stays as it is comes back as the same slice. */
struct str mrkdwn_store(struct arena *a, struct str text, enum mrkdwn_parse mode, bool plain);

/* Looking up names; each gives 0 when there is nobody and nothing of that name, or none the caller may see.
 * Names come case-folded, without their sign. */
struct mrkdwn_names {
    void *ctx;
    int64_t (*user)(void *ctx, struct str name);
    int64_t (*channel)(void *ctx, struct str name);
};

/* Stored text may hold an @name or #name outside its sequences: mrkdwn_link is worth a call. */
bool mrkdwn_has_names(struct str text);

/* Stored text with @name as <@U…>, #name as <#C…|name>, and @here, @channel, @everyone, @group as <!here> ….
 * The same slice when there was nothing to do. */
struct str mrkdwn_link(struct arena *a, struct str text, const struct mrkdwn_names *names);

enum mrkdwn_ref_kind {
    MRKDWN_USER,      /* <@U…>: id */
    MRKDWN_CHANNEL,   /* <#C…|name>: id */
    MRKDWN_USERGROUP, /* <!subteam^S…>: id */
    MRKDWN_HERE,      /* <!here> */
    MRKDWN_MEMBERS,   /* <!channel>, <!group> */
    MRKDWN_EVERYONE,  /* <!everyone> */
    MRKDWN_DATE,      /* <!date^…|fallback> */
    MRKDWN_URL,       /* <https://…|label>: target is the URL, its & escaped */
};

struct mrkdwn_ref {
    enum mrkdwn_ref_kind kind;
    int64_t id;        /* 0 unless the kind says so */
    struct str target; /* between < and |, a leading sign included */
    struct str label;  /* empty when there is none */
};

/* The sequence that s begins with (s begins with '<'): its length, 0 when it is none. */
size_t mrkdwn_sequence(struct str s, struct mrkdwn_ref *ref);

/* Takes text up to the next sequence off *rest and describes it; false when none is left. */
bool mrkdwn_next_ref(struct str *rest, struct mrkdwn_ref *ref);

/* Stored text for places without markup: entities decoded, sequences by their label. */
struct str mrkdwn_plain(struct arena *a, struct str text);

/* text with every & < > escaped, whatever it holds. */
struct str mrkdwn_escape(struct arena *a, struct str text);

/* The text of a plain_text object as it is stored: every < > and stray & escaped; entities stay. */
struct str mrkdwn_store_plain(struct arena *a, struct str text);

/* A link somebody may click: any scheme://, a few schemes without slashes, and nothing that runs as script. */
bool mrkdwn_is_url(struct str s);

#endif
