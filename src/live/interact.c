#include "live/interact.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rand.h"
#include "core/app.h"
#include "live/envelope.h"
#include "live/signature.h"
#include "live/socket_hub.h"
#include "net/form.h"
#include "net/http_client.h"

enum { ARENA_BYTES = 1 << 12, ANSWER_MAX_BYTES = 1 << 20, FORM_MAX_BYTES = 4 << 20, TIMEOUT_MS = 3000 };

/* Something on its way.  It outlives what asked when the server stops meanwhile. */
struct asked {
    struct asked *next;
    struct interact *in;
    struct arena *arena;
    int64_t app;
    struct app_ask *ask;             /* NULL: who asked has its answer */
    struct http_out_request request; /* unused (done NULL) with Socket Mode */
    char envelope[ENVELOPE_ID_CHARS];
    struct str text; /* in Socket Mode */
};

struct interact {
    struct http_client *client;
    struct socket_hub *hub;
    struct socket_sender sender;
    unsigned char key[SECRET_KEY_BYTES];
    pthread_mutex_t lock; /* of what follows */
    struct asked *asked;
    bool stopping;
};

/* --- what is under way ---------------------------------------------------------------------------------------- */

static struct asked *asked_new(struct interact *in, struct app_ask *ask)
{
    struct asked *asked = calloc(1, sizeof(*asked));

    if (!asked)
        abort();
    asked->in = in;
    asked->ask = ask;
    asked->app = ask->app;
    asked->arena = arena_new(ARENA_BYTES);
    return asked;
}

static void asked_free(struct asked *asked)
{
    arena_free(asked->arena);
    free(asked);
}

/* Under the lock. */
static void add(struct interact *in, struct asked *asked)
{
    asked->next = in->asked;
    in->asked = asked;
}

/* Under the lock. */
static void take_out(struct interact *in, const struct asked *asked)
{
    struct asked **link = &in->asked;

    while (*link && *link != asked)
        link = &(*link)->next;
    if (*link)
        *link = asked->next;
}

/* Of one that is in the list no more. */
static void end(struct asked *asked, const struct app_answer *answer)
{
    if (asked->ask)
        asked->ask->done(asked->ask, answer);
    asked_free(asked);
}

/* --- over HTTP ------------------------------------------------------------------------------------------------ */

static struct str trouble_of(struct arena *a, const struct http_result *result)
{
    switch (result->outcome) {
    case HTTP_OUT_ANSWERED:
        return arena_printf(a, "the app answered with HTTP status %d", result->status);
    case HTTP_OUT_TIMEOUT:
        return S("the app did not answer in time");
    case HTTP_OUT_REDIRECTS:
        return S("the app's address leads elsewhere");
    case HTTP_OUT_TLS:
        return S("the app's address has no valid certificate");
    case HTTP_OUT_FORBIDDEN:
        return S("this server may not ask the app's address");
    case HTTP_OUT_TOO_LARGE:
        return S("the app's answer is too large");
    case HTTP_OUT_FAILED:
        break;
    }
    return S("the app cannot be reached");
}

/* The operator's to change; the person sees it as well. */
static void warn_forbidden(const struct asked *asked)
{
    char app[ID_MAX];

    log_warn("app_url_forbidden", "app=%.*s hint=\"the setting outgoing_allow lets apps be there\"",
             (int)id_format(asked->app, app), app);
}

static void answered(struct http_out_request *request, const struct http_result *result)
{
    struct asked *asked = request->user;
    struct app_answer answer = {
        .outcome = result->outcome == HTTP_OUT_ANSWERED  ? APP_ANSWERED
                   : result->outcome == HTTP_OUT_TIMEOUT ? APP_LATE
                                                         : APP_AWAY,
        .status = result->status,
        .body = result->body,
        .trouble = trouble_of(asked->arena, result),
    };

    if (result->outcome == HTTP_OUT_FORBIDDEN)
        warn_forbidden(asked);
    pthread_mutex_lock(&asked->in->lock);
    take_out(asked->in, asked);
    pthread_mutex_unlock(&asked->in->lock);
    end(asked, &answer);
}

/* Each member of the payload as a field. */
static void put_fields(struct arena *a, struct buf *b, const struct json *payload)
{
    const struct json *key = json_child(payload);

    for (uint32_t i = 0; i < payload->count; i++) {
        const struct json *value = json_next(key);
        if (i)
            buf_char(b, '&');
        buf_str(b, percent_encode(a, key->text));
        buf_char(b, '=');
        buf_str(b, percent_encode(a, value->text));
        key = json_next(value);
    }
}

static struct str form_of(struct arena *a, enum ask_form form, struct str payload)
{
    struct buf b = buf_in(a, FORM_MAX_BYTES);
    const struct json *json = form == ASK_COMMAND ? json_parse(a, payload, NULL) : NULL;

    if (form == ASK_INTERACTION)
        return ARENA_JOIN(a, S("payload="), percent_encode(a, payload));
    if (json)
        put_fields(a, &b, json);
    return b.over ? S("") : buf_view(&b);
}

/* Under the lock, so that nothing is sent once interact_stop was called. */
static bool send_request(struct interact *in, struct asked *asked)
{
    add(in, asked);
    http_client_send(in->client, &asked->request);
    return true;
}

static bool prepare_request(struct asked *asked, struct str secret, struct str payload)
{
    struct str body = form_of(asked->arena, asked->ask->form, payload);

    if (!body.n)
        return false;
    asked->request = (struct http_out_request){
        .url = arena_dup(asked->arena, asked->ask->url),
        .post = true,
        .headers = signature_headers(asked->arena, secret, S("application/x-www-form-urlencoded"), body),
        .body = body,
        .timeout_ms = TIMEOUT_MS,
        .max_reply_bytes = ANSWER_MAX_BYTES,
        .done = answered,
        .user = asked,
    };
    return true;
}

/* --- over Socket Mode ----------------------------------------------------------------------------------------- */

/* Takes it out of the list; NULL when it is there no more. */
static struct asked *take_envelope(struct interact *in, struct str envelope_id)
{
    struct asked *asked;

    pthread_mutex_lock(&in->lock);
    for (asked = in->asked; asked; asked = asked->next)
        if (!asked->request.done && str_eq(envelope_id, str_of(asked->envelope, sizeof(asked->envelope))))
            break;
    if (asked)
        take_out(in, asked);
    pthread_mutex_unlock(&in->lock);
    return asked;
}

static void socket_acknowledged(void *ctx, int64_t app, struct str envelope_id, struct str payload)
{
    struct asked *asked = take_envelope(ctx, envelope_id);

    (void)app;
    if (asked)
        end(asked, &(struct app_answer){.outcome = APP_ANSWERED, .status = 200, .body = payload});
}

static void socket_lost(void *ctx, int64_t app, struct str envelope_id, enum socket_loss how)
{
    struct asked *asked = take_envelope(ctx, envelope_id);
    struct app_answer late = {.outcome = APP_LATE, .trouble = S("the app did not answer in time")};
    struct app_answer away = {.outcome = APP_AWAY, .trouble = S("the app is not connected")};

    (void)app;
    if (asked)
        end(asked, how == SOCKET_LATE ? &late : &away);
}

static bool prepare_envelope(struct interact *in, struct asked *asked, struct str payload)
{
    if (!socket_hub_has(in->hub, asked->ask->app))
        return false;
    socket_envelope_name(asked->envelope);
    asked->text = socket_envelope_make(
        asked->arena, &(struct socket_envelope){
                          .id = str_of(asked->envelope, sizeof(asked->envelope)),
                          .type = asked->ask->form == ASK_COMMAND ? S("slash_commands") : S("interactive"),
                          .payload = payload,
                          .takes_answer = true,
                      });
    return true;
}

/* Under the lock: the list has it before anybody can acknowledge it. */
static bool send_envelope(struct interact *in, struct asked *asked)
{
    if (!socket_hub_send(in->hub, &in->sender, asked->ask->app, str_of(asked->envelope, sizeof(asked->envelope)),
                         asked->text))
        return false;
    add(in, asked);
    return true;
}

/* --- asking --------------------------------------------------------------------------------------------------- */

/* After this who asked may have its answer already. */
static bool send_off(struct interact *in, struct asked *asked)
{
    bool sent;

    pthread_mutex_lock(&in->lock);
    sent = !in->stopping && (asked->request.done ? send_request(in, asked) : send_envelope(in, asked));
    pthread_mutex_unlock(&in->lock);
    return sent;
}

static bool ask(void *ctx, struct app_ask *ask)
{
    struct interact *in = ctx;
    struct asked *asked = asked_new(in, ask);
    struct str secret = app_unseal(asked->arena, in->key, ask->signing_secret);
    struct str token = app_unseal(asked->arena, in->key, ask->verification_token);
    struct str payload = envelope_with_token(asked->arena, ask->payload, token);

    if ((ask->socket ? prepare_envelope(in, asked, payload)
                     : ask->url.n && secret.p && prepare_request(asked, secret, payload)) &&
        send_off(in, asked))
        return true;
    asked_free(asked);
    return false;
}

struct asker interact_asker(struct interact *in)
{
    return (struct asker){.ctx = in, .ask = ask};
}

/* --- opening and closing -------------------------------------------------------------------------------------- */

struct interact *interact_new(struct http_client *client, struct socket_hub *hub, const unsigned char *key)
{
    struct interact *in = calloc(1, sizeof(*in));

    if (!in)
        abort();
    in->client = client;
    in->hub = hub;
    in->sender = (struct socket_sender){.ctx = in, .acknowledged = socket_acknowledged, .lost = socket_lost};
    memcpy(in->key, key, sizeof(in->key));
    pthread_mutex_init(&in->lock, NULL);
    return in;
}

/* Whoever waits is answered; requests on their way end with the client, and free themselves. */
void interact_stop(struct interact *in)
{
    struct app_answer away = {.outcome = APP_AWAY, .trouble = S("the server stops")};

    if (!in)
        return;
    pthread_mutex_lock(&in->lock);
    in->stopping = true;
    while (in->asked) {
        struct asked *asked = in->asked;
        struct app_ask *ask = asked->ask;
        bool by_request = asked->request.done != NULL;
        in->asked = asked->next;
        asked->ask = NULL;
        pthread_mutex_unlock(&in->lock);
        ask->done(ask, &away);
        if (!by_request)
            asked_free(asked);
        pthread_mutex_lock(&in->lock);
    }
    pthread_mutex_unlock(&in->lock);
}

void interact_free(struct interact *in)
{
    if (!in)
        return;
    pthread_mutex_destroy(&in->lock);
    free(in);
}
