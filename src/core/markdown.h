/* Standard Markdown (CommonMark's common part) as message text: markdown_text of chat.postMessage. */
#ifndef TAUT_CORE_MARKDOWN_H
#define TAUT_CORE_MARKDOWN_H

#include "base/arena.h"

/* Bold, italic, strike, code, links, headings, lists and quotes in Slack's markup; what is none of these stays as it
 * is. */
struct str markdown_to_mrkdwn(struct arena *a, struct str markdown);

#endif
