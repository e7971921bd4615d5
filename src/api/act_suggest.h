/* What the kinds of doing share that ask an app for options. */
#ifndef TAUT_API_ACT_SUGGEST_H
#define TAUT_API_ACT_SUGGEST_H

#include "api/act.h"

/* Is too little typed for the app to be asked (`min_query_length` of the element, or 3)? */
bool act_query_is_short(const struct json *element, struct str query);
/* The reply says that nothing fits. */
void act_put_no_options(struct call *c);
/* Closes the payload and asks where the app has its options. */
enum err act_ask_options(struct call *c, struct act *act, struct act_payload *p);

#endif
