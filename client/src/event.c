#include "event.h"

#include "shapes.h"

static const char *text(const struct json *obj, struct str key)
{
    const char *p = json_get_str(obj, key).p;

    return p ? p : "";
}

/* Some events name the channel by its object. */
static const char *id_or_object(const struct json *obj, struct str key)
{
    const struct json *v = json_get(obj, key);

    return v && v->kind == JSON_OBJECT ? text(v, S("id")) : text(obj, key);
}

/* What the event itself is: of an envelope the event in its payload, or the payload. */
static const struct json *event_in(const struct json *whole)
{
    const struct json *payload = json_get(whole, S("payload")), *event = json_get(payload, S("event"));

    if (!payload || !json_get(whole, S("envelope_id")))
        return whole;
    return event ? event : payload;
}

bool event_read(struct live_event *e, struct str frame)
{
    const struct json *whole, *json;
    bool inner;

    arena_reset(e->arena);
    /* The connection may end while the program looks at the event. */
    whole = json_parse_lenient(e->arena, arena_dup(e->arena, frame), NULL);
    if (!whole || whole->kind != JSON_OBJECT)
        return false;
    json = event_in(whole);
    inner = json_get(json_get(whole, S("payload")), S("event")) == json;
    e->envelope_id = json_get_str(whole, S("envelope_id"));
    e->event = (struct taut_event){
        .type = text(inner ? json : whole, S("type")),
        .subtype = text(json, S("subtype")),
        .channel = id_or_object(json, S("channel")),
        .user = id_or_object(json, S("user")),
        .text = text(json, S("text")),
        .ts = text(json, S("ts")),
        .reply_to = fill_int(json_get(json, S("reply_to"))),
        .wants_answer = taut_json_bool(json_public(json_get(whole, S("accepts_response_payload")))),
        .json = json_public(json),
        .whole = json_public(whole),
    };
    return true;
}

const void *event_as(const struct taut_event *event, const char *type, const char *subtype, const struct shape *s)
{
    const struct live_event *e = (const struct live_event *)(const void *)event;

    if (!event || strcmp(event->type, type) != 0 || (subtype && strcmp(event->subtype, subtype) != 0))
        return NULL;
    return fill_object(e->arena, s, json_own(event->json));
}

const struct taut_message *taut_event_message(const struct taut_event *event)
{
    return event_as(event, "message", NULL, &shape_message);
}
