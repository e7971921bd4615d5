/* What the methods of chat.* share. */
#ifndef TAUT_API_CHAT_H
#define TAUT_API_CHAT_H

#include "core/content.h"

/* What the argument structs of chat.* that carry content have in common, as the beginning of a struct content_in. */
#define CHAT_CONTENT(a)                                                                                                \
    .text = (a)->text, .markdown_text = (a)->markdown_text, .blocks = (a)->blocks, .attachments = (a)->attachments,    \
    .metadata = (a)->metadata, .has_blocks = (a)->has_blocks, .has_attachments = (a)->has_attachments,                 \
    .has_metadata = (a)->has_metadata, .parse = (a)->parse, .link_names = (a)->link_names

struct message_draft;

/* May the caller give one message a name or picture of its own: the scope chat:write.customize, or classic apps that do
 * not post as user. */
bool chat_can_customize(const struct call *c, bool as_user);
/* Who speaks: a bot under another name is a bot_message without user; everybody else speaks as themselves. */
void chat_author(const struct call *c, const struct content *content, struct message_draft *d);

/* as_user_not_supported for bots with granular scopes. */
enum err chat_check_as_user(const struct call *c, bool as_user);

#endif
