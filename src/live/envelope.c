#include "live/envelope.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "core/event_context.h"
#include "core/put.h"
#include "objects.h"

enum { ENVELOPE_MAX_BYTES = 9 << 20, WRAPPING_MAX_BYTES = 1 << 10 };

static void put_authorizations(struct json_out *o, const struct app_install *in, const struct ear *ear)
{
    json_open(o, S("authorizations"), '[');
    put_event_authorization(o, S(""),
                            &(struct obj_event_authorization){.enterprise_id = ear->whole_org ? in->app->org : 0,
                                                              .team_id = in->team,
                                                              .user_id = ear->user,
                                                              .is_bot = ear->is_bot,
                                                              .is_enterprise_install = ear->whole_org});
    json_close(o, ']');
}

/* Ids of events are Ev and the row's, without its kind. */
static struct str event_id(struct arena *a, int64_t id)
{
    char text[ID_MAX];
    size_t n = id_format(id, text);

    return ARENA_JOIN(a, S("Ev"), str_of(text + 1, n - 1));
}

struct str envelope_make(struct call *c, int64_t id, const struct app_install *in, const struct ear *ear,
                         const struct event *e, struct str json)
{
    struct buf b = buf_in(c->arena, ENVELOPE_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct event_context context = {.team = in->team, .app = in->app->id, .to = e->to};

    json_open(&o, S(""), '{');
    put_id(&o, S("team_id"), in->team);
    put_id(&o, S("context_team_id"), in->team);
    if (ear->whole_org)
        put_id(&o, S("context_enterprise_id"), in->app->org);
    else
        json_null(&o, S("context_enterprise_id"));
    put_id(&o, S("api_app_id"), in->app->id);
    json_text(&o, S("event"), json);
    json_str(&o, S("type"), S("event_callback"));
    json_str(&o, S("event_id"), event_id(c->arena, id));
    json_int(&o, S("event_time"), c->now_us / US_PER_S);
    put_authorizations(&o, in, ear);
    json_bool(&o, S("is_ext_shared_channel"), false);
    json_str(&o, S("event_context"), event_context_write(c->arena, c->key, &context));
    json_close(&o, '}');
    return b.over ? S("") : buf_view(&b);
}

struct str envelope_with_token(struct arena *a, struct str envelope, struct str token)
{
    struct buf b = buf_in(a, envelope.n + token.n * 6 + 32);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("token"), token);
    buf_char(&b, ',');
    buf_str(&b, str_skip(envelope, 1));
    return buf_view(&b);
}

/* --- Socket Mode ---------------------------------------------------------------------------------------------- */

void socket_envelope_name(char id[ENVELOPE_ID_CHARS])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16];

    rand_bytes(bytes, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0, to = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            id[to++] = '-';
        id[to++] = digits[bytes[i] >> 4];
        id[to++] = digits[bytes[i] & 15];
    }
}

struct str socket_envelope_make(struct arena *a, const struct socket_envelope *e)
{
    struct buf b = buf_in(a, e->payload.n + WRAPPING_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    json_str(&o, S("envelope_id"), e->id);
    json_text(&o, S("payload"), e->payload);
    json_str(&o, S("type"), e->type);
    json_bool(&o, S("accepts_response_payload"), e->takes_answer);
    if (e->retries) {
        json_int(&o, S("retry_attempt"), e->attempt);
        json_str(&o, S("retry_reason"), e->reason);
    }
    json_close(&o, '}');
    return buf_view(&b);
}
