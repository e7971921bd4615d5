/* taut.act: what people do with apps.  Each kind of doing is a struct act_kind, in a file of its own.
 *
 * To add one: a `const struct act_kind act_NAME` in src/api/act_NAME.c, declared below and put into the table of act.c,
 * and its type into the enum of `type` in catalogue/methods/taut.act.json, with the arguments and errors it needs.
 * begin runs in the first transaction: it checks that the caller may do this to what is there, finds the app
 * (act_open_app), makes what the app gets (act_trigger, response_url_make, act_payload), and leaves the question
 * (act_ask).  The app is then asked, with nobody waiting.  end runs in the second transaction, only when the app
 * answered with a 2xx or acknowledged; what it says is in act_answer_json.  A kind of which the app hears by an event
 * leaves no question, and ends with begin.  What begin found lies in struct act. */
#ifndef TAUT_API_ACT_H
#define TAUT_API_ACT_H

#include "args_taut.h"
#include "core/response.h"

struct act;

struct act_kind {
    struct str type;
    enum err (*begin)(struct call *c, const struct taut_act_args *a, struct act *act);
    /* NULL: whatever the app says means nothing. */
    enum err (*end)(struct call *c, const struct taut_act_args *a, struct act *act, const struct app_answer *answer);
    bool tells; /* the app is only told: it makes no difference to the caller whether it heard */
};

extern const struct act_kind act_assistant_context;
extern const struct act_kind act_assistant_thread;
extern const struct act_kind act_command;
extern const struct act_kind act_function;
extern const struct act_kind act_shortcut, act_message_action;
extern const struct act_kind act_block_actions, act_interactive_message;
extern const struct act_kind act_view_submission, act_view_closed, act_app_home, act_block_suggestion;
extern const struct act_kind act_dialog_submission, act_dialog_cancellation, act_dialog_suggestion;
extern const struct act_kind act_permission;

/* One doing, from begin to end. */
struct act {
    const struct act_kind *kind;
    struct app_here here;          /* who is asked */
    struct response_url_row place; /* where answers go; begin fills what response_url_make does not */
    struct str response_url, trigger_id;
    void *own; /* the kind's */
    int64_t begun_us;
    int64_t stack; /* root of the stack it was done in; 0: in none */
    bool shown;    /* the reply tells already what the person sees now */
};

/* The app that put there what somebody presses; app_not_found when it is not in the workspace any more. */
enum err act_open_app(struct call *c, struct act *act, int64_t app);
/* The app of this id (empty: the newest one of the workspace) of whose manifest wanted is true; it needs the scope
 * commands. */
enum err act_find_app(struct call *c, struct act *act, struct str app,
                      bool (*wanted)(void *ctx, const struct manifest *m), void *ctx, bool *found);
/* act->trigger_id; view: that it was done in, or 0. */
enum err act_trigger(struct call *c, struct act *act, int64_t view);

/* The payload of an interaction, begun with what all have: type, team, user, api_app_id, token (when it is sent),
 * enterprise, is_enterprise_install and, when there is one, trigger_id. */
struct act_payload {
    struct buf b;
    struct json_out o;
};
enum err act_payload_open(struct call *c, struct act *act, struct act_payload *p);
/* "channel": {"id", "name"}. */
void act_put_channel(struct json_out *o, const struct channel_row *ch);
/* A conversation's name as apps get it: direct messages are "directmessage", private ones "privategroup". */
struct str act_channel_name(const struct channel_row *ch);

/* Closes the payload and leaves it in the call as the question.  app_missing_action_url when the app has neither Socket
 * Mode nor url. */
enum err act_ask_at(struct call *c, const struct act *act, struct act_payload *p, enum ask_form form, struct str url);
/* The same of an interaction, where the app takes those. */
enum err act_ask(struct call *c, const struct act *act, struct act_payload *p);

/* The JSON object that the app answered; NULL when it said nothing, or no such thing. */
const struct json *act_answer_json(struct call *c, const struct app_answer *answer);
/* What is wrong with an app's answer is the app's fault, not the caller's: they are told that it is so, and how
 * (dispatch_unknown_error).  Errors that are not the answer's stay as they are. */
enum err act_app_fault(struct call *c, enum err e);
enum err act_app_wrong(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What the person sees on top now: the stack's uppermost view, or what the app opened while it was asked (a view, a
 * dialog).  Nothing when they see none. */
enum err act_put_top(struct call *c, struct act *act);
/* The app's message is done (core/response.h) and shown in the reply. */
enum err act_respond(struct call *c, struct act *act, const struct response_in *in);

#endif
