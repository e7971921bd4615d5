"""objects.h/.c: reply objects and their writers; events.h/.c: events and their emitters."""
from catalogue import NOTE, Fault, c_text, write

WHENS = ("always", "set", "null", "maybe")


def parse(where, f):
    """(C member, its declaration, the writing statement) of one field."""
    name, t, when = f["name"], f["type"], f.get("when", "always")
    if when not in WHENS:
        raise Fault("%s: field %s: when '%s'" % (where, name, when))
    key = "S(%s)" % c_text(name)
    member = name if name not in ("private", "default") else name + "_"
    x = "v->" + member
    if t in ("string", "json"):
        put = "json_%s(o, %s, %s)" % ("str" if t == "string" else "text", key, x)
        return "    struct str %s;\n" % member, guard(when, x + ".n", put, key)
    if t == "int":
        cond = "%s != INT64_MIN" % x if when == "maybe" else x
        return "    int64_t %s;\n" % member, guard("set" if when == "maybe" else when, cond, "json_int(o, %s, %s)" % (key, x), key)
    if t == "bool":
        if when == "maybe":
            return "    enum maybe %s;\n" % member, "    if (%s)\n        json_bool(o, %s, %s == MAYBE_YES);\n" % (x, key, x)
        return "    bool %s;\n" % member, guard(when, x, "json_bool(o, %s, %s)" % (key, x), key)
    if t == "ts":
        if when == "always":
            return "    int64_t %s;\n" % member, "    put_ts(o, %s, %s);\n" % (key, x)
        if when == "maybe":
            return "    int64_t %s;\n" % member, guard("set", "%s != INT64_MIN" % x, "put_ts(o, %s, %s)" % (key, x), key)
        return "    int64_t %s;\n" % member, guard(when, x, "put_ts(o, %s, %s)" % (key, x), key)
    if t == "id":
        if when == "always":
            return "    int64_t %s;\n" % member, "    put_id_or_empty(o, %s, %s);\n" % (key, x)
        return "    int64_t %s;\n" % member, guard(when, x, "put_id_or_empty(o, %s, %s)" % (key, x), key)
    if t.startswith("object:"):
        sub = t[len("object:"):]
        return "    const struct obj_%s *%s;\n" % (sub, member), guard("set" if when == "always" else when, x, "put_%s(o, %s, %s)" % (sub, key, x), key)
    if t.startswith("array:"):
        return array(where, t[len("array:"):], when, member, key)
    raise Fault("%s: field %s: type '%s'" % (where, name, t))


def guard(when, cond, put, key):
    if when == "always":
        return "    %s;\n" % put
    if when == "set":
        return "    if (%s)\n        %s;\n" % (cond, put)
    return "    if (%s)\n        %s;\n    else\n        json_null(o, %s);\n" % (cond, put, key)


def array(where, t, when, member, key):
    n, x = "v->n_" + member, "v->" + member
    decl = {"id": "const int64_t *", "string": "const struct str *"}.get(t)
    if t == "id":
        item = "put_id_or_empty(o, S(\"\"), %s[i])" % x
    elif t == "string":
        item = "json_str(o, S(\"\"), %s[i])" % x
    elif t.startswith("object:"):
        decl = "const struct obj_%s *" % t[len("object:"):]
        item = "put_%s(o, S(\"\"), &%s[i])" % (t[len("object:"):], x)
    else:
        raise Fault("%s: field %s: array of '%s'" % (where, member, t))
    loop = ("        json_open(o, %s, '[');\n        for (int i = 0; i < %s; i++)\n            %s;\n"
            "        json_close(o, ']');\n" % (key, n, item))
    if when == "set":
        loop = "    if (%s) {\n%s    }\n" % (x, loop)
    else:
        loop = "    {\n%s    }\n" % loop
    return "    %s%s;\n    int n_%s;\n" % (decl, member, member), loop


HELPERS = """
/* A ts of 0 is written as clients know it. */
static void put_ts(struct json_out *o, struct str key, int64_t us)
{
    if (us)
        json_ts(o, key, us);
    else
        json_str(o, key, S("0000000000.000000"));
}

static void put_id_or_empty(struct json_out *o, struct str key, int64_t id)
{
    char text[ID_MAX];

    json_str(o, key, str_of(text, id_format(id, text)));
}

"""


def fields_of(where, fields):
    parsed = [parse(where, f) for f in fields]
    return "".join(d for d, _ in parsed), "".join(p for _, p in parsed)


def make_objects(cat, out):
    h = [NOTE, "#ifndef TAUT_GEN_OBJECTS_H\n#define TAUT_GEN_OBJECTS_H\n\n#include \"base/json.h\"\n#include \"core/types.h\"\n\n"]
    c = [NOTE, '#include "objects.h"\n\n#include "base/clock.h"\n#include "base/id.h"\n', HELPERS]
    h += ["struct obj_%s;\n" % n for n in sorted(cat.objects)]
    for name, o in sorted(cat.objects.items()):
        decl, put = fields_of("%s/objects/%s.json" % (cat.folder, name), o["fields"])
        h.append("\n/* %s */\nstruct obj_%s {\n%s};\nvoid put_%s(struct json_out *o, struct str key, const struct obj_%s *v);\n"
                 "/* Only its members, into an object that is open. */\nvoid put_%s_members(struct json_out *o, const struct obj_%s *v);\n"
                 % (o["doc"].replace("*/", ""), name, decl, name, name, name, name))
        c.append("void put_%s_members(struct json_out *o, const struct obj_%s *v)\n{\n%s}\n\n"
                 "void put_%s(struct json_out *o, struct str key, const struct obj_%s *v)\n{\n"
                 "    json_open(o, key, '{');\n    put_%s_members(o, v);\n    json_close(o, '}');\n}\n\n" % (name, name, put, name, name, name))
    h.append("\n#endif\n")
    write(out, "objects.h", "".join(h))
    write(out, "objects.c", "".join(c))


TARGETS = {"channel": "TO_CHANNEL", "user": "TO_USER", "team": "TO_TEAM", "app": "TO_APP", "any": "call_target(v->to)"}


# What an event says of its own time is the call's time, unless the emitter says otherwise.
EVENT_TIMES = {
    'put_ts(o, S("event_ts"), v->event_ts)': 'put_ts(o, S("event_ts"), v->event_ts ? v->event_ts : c->now_us)',
    'json_int(o, S("cache_ts"), v->cache_ts)': 'json_int(o, S("cache_ts"), v->cache_ts ? v->cache_ts : c->now_us / US_PER_S)',
}


def event_fields(where, fields):
    decl, put = fields_of(where, fields)
    for plain, timed in EVENT_TIMES.items():
        put = put.replace(plain, timed)
    return decl, put


def make_events(cat, out):
    h = [NOTE, "#ifndef TAUT_GEN_EVENTS_H\n#define TAUT_GEN_EVENTS_H\n\n#include \"core/call.h\"\n#include \"objects.h\"\n\n"
         "enum { EVENT_MAX_BYTES = 8 << 20 };\n"]
    c = [NOTE, '#include "events.h"\n\n#include "base/clock.h"\n#include "base/id.h"\n', HELPERS]
    for name, e in sorted(cat.events.items()):
        where = "%s/events/%s.json" % (cat.folder, name)
        if e["to"] not in TARGETS:
            raise Fault("%s: to '%s'" % (where, e["to"]))
        decl, put = event_fields(where, e["fields"])
        kind = e.get("type", name)
        sub = '    json_str(o, S("subtype"), S(%s));\n' % c_text(e["subtype"]) if e.get("subtype") else ""
        h.append("\n/* %s */\nstruct ev_%s {\n    int64_t to; /* the %s that hears it */\n%s};\n"
                 "void emit_%s(struct call *c, const struct ev_%s *v);\n" % (e["doc"].replace("*/", ""), name, e["to"], decl, name, name))
        c.append("void emit_%s(struct call *c, const struct ev_%s *v)\n{\n    struct buf b = buf_in(c->arena, EVENT_MAX_BYTES);\n"
                 "    struct json_out out = {.b = &b}, *o = &out;\n\n    if (c->unheard)\n        return;\n    json_open(o, S(\"\"), '{');\n"
                 "    json_str(o, S(\"type\"), S(%s));\n%s%s    json_close(o, '}');\n"
                 "    call_emit(c, %s, v->to, %s, buf_view(&b));\n}\n\n" % (name, name, c_text(kind), sub, put, TARGETS[e["to"]], c_text(kind)))
    silent = sorted(n for n, e in cat.events.items() if not e.get("rtm", True))
    h.append("\n/* Does it go over RTM? */\nbool event_on_rtm(const char *type);\n")
    c.append("bool event_on_rtm(const char *type)\n{\n%s    return true;\n}\n"
             % "".join('    if (strcmp(type, "%s") == 0)\n        return false;\n' % n for n in silent))
    h.append("\n#endif\n")
    write(out, "events.h", "".join(h))
    # Not every event holds a ts or an id; the helpers then stand unused.
    write(out, "events.c", "".join(c).replace("static void put_", "__attribute__((unused)) static void put_"))


def make(cat, out):
    make_objects(cat, out)
    make_events(cat, out)
