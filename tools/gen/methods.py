"""methods.h/.c: the dispatch table; args_FAMILY.h: argument structs and handlers' prototypes."""
from catalogue import KINDS, NOTE, c_str, c_text, snake, upper, write

C_TYPES = {"string": "struct str ", "channel": "struct str ", "user": "struct str ", "team": "struct str ",
           "bot": "struct str ", "file": "struct str ", "bool": "bool ", "int": "int64_t ", "ts": "int64_t ",
           "users": "struct str_list ", "strings": "struct str_list ", "json": "const struct json *"}

HEADER = """#ifndef TAUT_GEN_METHODS_H
#define TAUT_GEN_METHODS_H

#include "core/ask.h"
#include "core/types.h"

enum arg_type { ARG_STRING, ARG_ID, ARG_BOOL, ARG_INT, ARG_LIMIT, ARG_TS, ARG_LIST, ARG_JSON };

struct arg_spec {
    struct str name;
    enum arg_type type;
    bool required;
    size_t offset, has_offset; /* in the argument struct */
    int64_t min, max;          /* INT64_MIN, INT64_MAX: none; characters, value, or items by type */
    const char *preset;        /* the default as text, or NULL */
    bool fixed;                /* the value is always the preset; no caller names it */
    const struct str *values;  /* the only ones, or NULL */
    int n_values;
    enum err bad, missing;
};

enum rate_by { RATE_BY_METHOD, RATE_BY_CHANNEL, RATE_BY_TOKEN };

struct rate {
    const char *name;
    int per_minute, burst;
    enum rate_by by;
    const struct rate *within; /* what holds as well for all of them together, or NULL */
};

enum gate_member { GATE_MEMBER_NONE, GATE_MEMBER_REQUIRED, GATE_MEMBER_PUBLIC, GATE_MEMBER_POST };

/* What it takes to do something to a conversation (catalogue/gates.json). */
struct gate_verb {
    const char *name;
    unsigned kinds; /* bit for each enum channel_kind it exists for */
    bool guests_denied;
    enum gate_member member;
    enum err archived, general; /* OK: allowed */
};

enum gate_object { GATE_NONE, GATE_WORKSPACE, GATE_CHANNEL, GATE_CHANNELS };

struct gate {
    enum gate_object object;
    const struct gate_verb *verb;
    size_t arg_offset; /* of the struct str that names the conversation, or of the struct str_list that names some */
    size_t also_offset; /* GATE_CHANNELS: of a struct str that names another; 0: none */
    bool names, people, optional;
    unsigned kinds; /* those of the verb that the method is for */
};

enum method_lane { LANE_READ, LANE_WRITE, LANE_LONG };

struct method {
    const char *name;
    enum method_lane lane;
    unsigned tokens; /* bit for each enum token_kind */
    uint64_t user_scopes[SCOPE_WORDS], bot_scopes[SCOPE_WORDS]; /* any one suffices; all zero: none needed */
    struct str user_scope_text, bot_scope_text;                 /* as the headers and `needed` tell them */
    bool scope_by_kind;
    bool dev; /* exists in `taut dev` only */
    bool takes_files;
    struct str content; /* media type of a file that is the reply; empty: the reply is JSON */
    const char *retired; /* what takes its place today; NULL: it is no retired one */
    struct str subject;  /* the reply's key for what a handler of several methods is about; empty: it is not shown */
    const struct rate *rate;
    const struct arg_spec *args;
    int n_args;
    size_t args_bytes;
    bool paged;
    int64_t limit_default, limit_max;
    struct gate gate;
    const enum err *errors;
    int n_errors;
    enum err (*prepare)(struct call *c, const void *args); /* NULL: none */
    enum err (*run)(struct call *c, const void *args);
    /* With what an app answered to the call's ask; NULL: it asks none. */
    enum err (*answer)(struct call *c, const void *args, const struct app_answer *answer);
};

extern const struct method methods[];
extern const int methods_n;

/* NULL when there is none of this name. */
const struct method *method_find(struct str name);
/* Does its catalogue entry list this error? (Shared ones are not listed: err_shared.) */
bool method_declares(const struct method *m, enum err e);

#endif
"""

FUNCTIONS = """
const struct method *method_find(struct str name)
{
    int low = 0, high = methods_n;

    while (low < high) {
        int mid = (low + high) / 2, c = str_cmp(str_c(methods[mid].name), name);
        if (c == 0)
            return &methods[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

bool method_declares(const struct method *m, enum err e)
{
    for (int i = 0; i < m->n_errors; i++)
        if (m->errors[i] == e)
            return true;
    return false;
}
"""


def families(cat):
    out = {}
    for name in cat.methods:
        out.setdefault(name.split(".")[0], []).append(name)
    return out


def make_args(cat, out):
    for family, names in families(cat).items():
        guard = "TAUT_GEN_ARGS_%s_H" % family.upper()
        h = [NOTE, "#ifndef %s\n#define %s\n\n#include \"core/ask.h\"\n#include \"core/types.h\"\n\n" % (guard, guard)]
        for name in sorted(names):
            m = cat.methods[name]
            ident = snake(name)
            if "handler" in m:
                continue
            h.append("/* %s: %s */\nstruct %s_args {\n" % (name, m["summary"].replace("*/", ""), ident))
            for a in m.get("args", []):
                h.append("    %s%s; /* %s */\n" % (C_TYPES[a["type"]], a["name"], a.get("doc", "").replace("*/", "")))
            for a in m.get("args", []):
                h.append("    bool has_%s;\n" % a["name"])
            for f in m.get("fields", []):
                h.append("    %s%s; /* of methods that share the handler */\n    bool has_%s;\n" % (C_TYPES[f["type"]], f["name"], f["name"]))
            if not m.get("args"):
                h.append("    char none; /* it takes no arguments */\n")
            h.append("};\n")
            if m.get("prepare"):
                h.append("enum err %s_prepare(struct call *c, const struct %s_args *a);\n" % (ident, ident))
            if m.get("asks"):
                h.append("enum err %s_answer(struct call *c, const struct %s_args *a, const struct app_answer *answer);\n" % (ident, ident))
            h.append("enum err %s(struct call *c, const struct %s_args *a);\n\n" % (ident, ident))
        h.append("#endif\n")
        write(out, "args_%s.h" % family, "".join(h))


def bits(cat, names):
    order = sorted(cat.scopes)
    words = [0] * ((len(order) + 63) // 64)
    for n in names:
        i = order.index(n)
        words[i // 64] |= 1 << (i % 64)
    return "{%s}" % ", ".join("UINT64_C(0x%x)" % w for w in words)


def struct_of(name, m):
    """Whose argument struct and handler it is."""
    return snake(m.get("handler", name))


def field_of(a):
    """Where the argument lies in the struct."""
    return a.get("field", a["name"])


def arg_type(a, m):
    if field_of(a) == "limit" and ("limit_max" in m):
        return "ARG_LIMIT"
    return {"string": "ARG_STRING", "bool": "ARG_BOOL", "int": "ARG_INT", "ts": "ARG_TS", "users": "ARG_LIST",
            "strings": "ARG_LIST", "json": "ARG_JSON"}.get(a["type"], "ARG_ID")


def preset_text(a):
    if "default" not in a or a["default"] is None:
        return "NULL"
    v = a["default"]
    return c_text({True: "true", False: "false"}.get(v, str(v)) if isinstance(v, bool) else str(v))


def fixed_args(cat, m):
    """What `set` says, as arguments of the handler's method."""
    base = cat.methods.get(m.get("handler"), {"args": []})
    types = {f["name"]: f["type"] for f in base["args"] + base.get("fields", [])}
    return [{"name": n, "type": types[n], "default": v, "fixed": True} for n, v in m.get("set", {}).items()]


def arg_row(ident, struct, m, a):
    enum = "values_%s_%s, %d" % (ident, a["name"], len(a["enum"])) if a.get("enum") else "NULL, 0"
    flag = lambda key: "true" if a.get(key) else "false"
    kind = "ARG_INT" if a.get("fixed") and a["type"] == "int" else arg_type(a, m)
    return "    {%s, %s, %s, offsetof(struct %s_args, %s), offsetof(struct %s_args, has_%s), %s, %s, %s, %s, %s, ERR_%s, ERR_%s},\n" % (
        c_str(a["name"]), kind, flag("required"), struct, field_of(a), struct, field_of(a),
        a.get("min", "INT64_MIN"), a.get("max", "INT64_MAX"), preset_text(a), flag("fixed"), enum,
        upper(a.get("error", "invalid_arguments")), upper(a.get("missing", "invalid_arguments")))


def all_args(cat, m):
    return m.get("args", []) + fixed_args(cat, m)


def arg_rows(cat, name, m):
    ident, struct = snake(name), struct_of(name, m)
    text = ""
    for a in m.get("args", []):
        if a.get("enum"):
            text += "static const struct str values_%s_%s[] = {%s};\n" % (ident, a["name"], ", ".join(c_str(v) for v in a["enum"]))
    text += "static const struct arg_spec args_%s[] = {\n" % ident
    text += "".join(arg_row(ident, struct, m, a) for a in all_args(cat, m))
    return text + "};\n"


def kind_mask(v):
    return sum(1 << KINDS.index(k) for k in v.get("kinds", KINDS))


def gate_text(cat, name, m):
    g = m["gate"]
    if g["object"] == "none":
        return "{.object = GATE_NONE}"
    verb = "&verbs[%d]" % sorted(cat.gates).index(g["verb"])
    if g["object"] == "workspace":
        return "{.object = GATE_WORKSPACE, .verb = %s}" % verb
    flags = "".join(", .%s = true" % k for k in ("names", "people", "optional") if g.get(k))
    field = next(field_of(a) for a in m["args"] if a["name"] == g["arg"])
    also = ", .also_offset = offsetof(struct %s_args, %s)" % (struct_of(name, m), g["also"]) if "also" in g else ""
    return "{.object = GATE_%s, .verb = %s, .arg_offset = offsetof(struct %s_args, %s)%s, .kinds = 0x%x%s}" % (
        g["object"].upper(), verb, struct_of(name, m), field, flags, kind_mask(g), also)


def method_row(cat, name, m):
    ident = snake(name)
    classic = m["scopes"].get("classic", [])
    user, bot = m["scopes"].get("user", []), m["scopes"].get("bot", [])
    kinds = m["tokens"] + (["session"] if "user" in m["tokens"] and "session" not in m["tokens"] else [])
    tokens = " | ".join("1u << TOKEN_%s" % t.upper() for t in kinds)
    n_args = len(all_args(cat, m))
    shared = cat.methods.get(m.get("handler"), m)
    return ("    {\n        .name = %s,\n        .lane = LANE_%s,\n        .tokens = %s,\n        .user_scopes = %s,\n"
            "        .bot_scopes = %s,\n        .user_scope_text = %s,\n        .bot_scope_text = %s,\n"
            "        .scope_by_kind = %s,\n        .dev = %s,\n        .takes_files = %s,\n        .content = %s,\n"
            "        .retired = %s,\n        .subject = %s,\n        .rate = %s,\n        .args = %s,\n        .n_args = %d,\n"
            "        .args_bytes = sizeof(struct %s_args),\n        .paged = %s,\n        .limit_default = %d,\n"
            "        .limit_max = %d,\n        .gate = %s,\n        .errors = errors_%s,\n        .n_errors = %d,\n"
            "        .prepare = %s,\n        .run = run_%s,\n        .answer = %s,\n    },\n") % (
        c_text(name), m["lane"].upper(), tokens, bits(cat, user + classic), bits(cat, bot + classic),
        c_str(",".join(user or classic)), c_str(",".join(bot or classic)),
        "true" if m.get("scope_by") == "kind" else "false", "true" if m.get("dev") else "false",
        "true" if m.get("files") else "false", c_str(m.get("content", "")),
        c_text(m["retired"]) if "retired" in m else "NULL", c_str(m.get("subject", "channel")), rate_ref(cat, m.get("rate")),
        "args_" + ident if n_args else "NULL", n_args, struct_of(name, m), "true" if m.get("page") == "cursor" else "false",
        m.get("limit_default", 100), m.get("limit_max", 1000), gate_text(cat, name, m), ident, len(m["errors"]),
        "prepare_" + ident if shared.get("prepare") else "NULL", ident,
        "answer_" + ident if shared.get("asks") else "NULL")


def verb_row(name, v):
    code = lambda key: "OK" if v.get(key, "allow") == "allow" else "ERR_" + upper(v[key])
    return "    {%s, 0x%x, %s, GATE_MEMBER_%s, %s, %s},\n" % (
        c_text(name), kind_mask(v), "true" if v.get("guests") == "deny" else "false", v.get("member", "none").upper(),
        code("archived"), code("general"))


def rate_ref(cat, name):
    return "&rates[%d]" % sorted(cat.rates).index(name) if name else "NULL"


def make(cat, out):
    make_args(cat, out)
    write(out, "methods.h", NOTE + HEADER)
    c = [NOTE, '#include "methods.h"\n\n']
    c += ['#include "args_%s.h"\n' % f for f in sorted(families(cat))]
    c.append("\nstatic const struct rate rates[] = {\n")
    for name in sorted(cat.rates):
        r = cat.rates[name]
        c.append("    {%s, %d, %d, RATE_BY_%s, %s},\n" % (
            c_text(name), r["per_minute"], r["burst"], upper(r.get("by", "method")), rate_ref(cat, r.get("within"))))
    c.append("};\n\nstatic const struct gate_verb verbs[] = {\n")
    c += [verb_row(n, cat.gates[n]) for n in sorted(cat.gates)]
    c.append("};\n")
    for name in sorted(cat.methods):
        m, ident = cat.methods[name], snake(name)
        c.append("\n/* %s */\n" % name)
        if all_args(cat, m):
            c.append(arg_rows(cat, name, m))
        c.append("static const enum err errors_%s[] = {%s};\n" % (ident, ", ".join("ERR_" + upper(e) for e in m["errors"]) or "OK"))
        shared = cat.methods.get(m.get("handler"), m)
        for kind in (["prepare"] if shared.get("prepare") else []) + ["run"]:
            target = struct_of(name, m) + ("_prepare" if kind == "prepare" else "")
            c.append("static enum err %s_%s(struct call *c, const void *a)\n{\n    return %s(c, a);\n}\n" % (kind, ident, target))
        if shared.get("asks"):
            c.append("static enum err answer_%s(struct call *c, const void *a, const struct app_answer *answer)\n{\n"
                     "    return %s_answer(c, a, answer);\n}\n" % (ident, struct_of(name, m)))
    c.append("\nconst struct method methods[] = {\n")
    c += [method_row(cat, n, cat.methods[n]) for n in sorted(cat.methods)]
    c.append("};\nconst int methods_n = sizeof(methods) / sizeof(*methods);\n")
    c.append(FUNCTIONS)
    write(out, "methods.c", "".join(c))
