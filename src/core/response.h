/* What an app answers to something that somebody did: a message for that person or for the conversation, a new one or
 * in the place of the one it was done to.  As the body of its answer, or later, at a response_url.
 *
 * struct response_url_row (generated) is where such answers go. */
#ifndef TAUT_CORE_RESPONSE_H
#define TAUT_CORE_RESPONSE_H

#include "core/app_here.h"
#include "core/content.h"
#include "core/message.h"

/* What an answer does that does not say whether it replaces (response_url_row.replaces). */
enum response_way {
    RESPONSE_BESIDE,            /* it is a message of its own, for the person alone */
    RESPONSE_IN_PLACE_OR_TYPED, /* blocks: it takes the message's place, unless it has a response_type */
    RESPONSE_IN_PLACE,          /* attachments of old: it takes the message's place; one of its own is for everybody */
};

/* An address for answers: good five times within half an hour.  Fills place's app and who did it (the caller); *url is
 * shown to the app alone. */
enum err response_url_make(struct call *c, const struct app_here *here, struct response_url_row *place,
                           struct str *url);

/* As the app said it. */
struct response_in {
    struct content_in content;
    struct str type; /* response_type: "in_channel", "ephemeral" or empty */
    bool replace, has_replace, remove;
    int64_t thread_ts; /* 0: none */
};

/* Reads the JSON of an answer; flags may be texts. */
void response_of_json(const struct json *body, struct response_in *out);

/* Does what the app said, as its bot, in ch, which place names.  *out: the message that was shown or changed; NULL:
 * none (it went, or there was nothing to show).  Errors: those of content_read, message_not_found (what it would
 * replace is gone, or no message of the app's), cannot_reply_to_message, is_archived. */
enum err response_do(struct call *c, struct channel_row *ch, const struct app_here *here,
                     const struct response_url_row *place, const struct response_in *in, struct message_row **out);

#endif
