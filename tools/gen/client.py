"""client/: the C client library's part that follows from the catalogue.

taut/errors.h, objects.h, events.h and a header for each family of methods are what programs include; errors.c, shapes.c and calls.c
hold the tables that client/src walks.
"""
from catalogue import NOTE, c_text, snake, upper, write

# Words that are no names in C or C++.
RESERVED = {"private", "public", "default", "new", "delete", "class", "operator", "template", "namespace", "this", "short", "long"}
# What libtaut itself has to tell, beside the codes of the API.
OWN = (
    ("no_memory", "the allocator gave no memory"),
    ("bad_argument", "the call was made wrongly, and nothing was sent"),
    ("unreachable", "the server cannot be reached, or the connection broke"),
    ("timed_out", "the server did not answer in time"),
    ("bad_reply", "what came is no answer of a Slack Web API"),
    ("local_io", "a file of this machine cannot be read or written"),
    ("stopped", "a callback of the program said so"),
    ("other", "an error code that this version does not know; taut_last_failure has its text"),
)
FIRST_CODE = 100
GUARD = "#ifndef TAUT_%s_H\n#define TAUT_%s_H\n\n%s\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n%s#ifdef __cplusplus\n}\n#endif\n\n#endif\n"


def comment(text):
    return text.replace("*/", "* /")


def member(name):
    return name + "_" if name in RESERVED else name


def function(name):
    """taut_chat_post_message; the server's own taut.clock.set is taut_clock_set."""
    s = snake(name)
    return s if s.startswith("taut_") else "taut_" + s


def public(cat):
    """The methods that programs call: not what the server's own pages do."""
    return {n: m for n, m in cat.methods.items() if not n.startswith("taut.") or m.get("dev")}


def header(name, includes, body):
    inc = "".join('#include <%s>\n' % i for i in includes)
    return NOTE + GUARD % (name, name, inc, body)


# --- errors -------------------------------------------------------------------------------------------------------

def all_codes(cat):
    """{code: doc}; codes that cannot occur on this server may on others."""
    codes = {c: e["doc"] for c, e in cat.errors.items()}
    for m in cat.methods.values():
        for c in m.get("never", {}):
            codes.setdefault(c, "")
    return dict(sorted(codes.items()))


def make_errors(cat, out):
    codes = all_codes(cat)
    rows = ["    TAUT_%s, /* %s */\n" % (upper(c), doc) for c, doc in OWN]
    for i, (c, doc) in enumerate(codes.items()):
        rows.append("    TAUT_ERR_%s%s,%s\n" % (upper(c), " = %d" % FIRST_CODE if i == 0 else "", " /* %s */" % comment(doc) if doc else ""))
    body = ("/* How a call ended: libtaut's own troubles first, then the codes of the API. */\nenum taut_error {\n    TAUT_OK,\n%s};\n\n"
            "/* The code as it stands in replies: \"channel_not_found\"; \"ok\" for TAUT_OK. */\nconst char *taut_error_name(enum taut_error e);\n"
            "/* What it means, in a few words; empty where there is nothing to say. */\nconst char *taut_error_doc(enum taut_error e);\n"
            "/* By its text; TAUT_OTHER when this version does not know it. */\nenum taut_error taut_error_find(const char *name);\n"
            "/* The codes of the API one after the other, sorted; NULL behind the last. */\nconst char *taut_error_code(int i);\n\n" % "".join(rows))
    write(out, "taut/errors.h", header("ERRORS", (), body))
    own = [("ok", "it went well")] + list(OWN)
    c = [NOTE, '#include "errors.h"\n\nconst struct error_row error_own[] = {\n']
    c += ["    {%s, %s},\n" % (c_text(n), c_text(d)) for n, d in own]
    c.append("};\nconst int error_own_n = %d;\n\nconst struct error_row error_codes[] = {\n" % len(own))
    c += ["    {%s, %s},\n" % (c_text(n), c_text(d)) for n, d in codes.items()]
    c.append("};\nconst int error_codes_n = %d;\n" % len(codes))
    write(out, "errors.c", "".join(c))


# --- objects ------------------------------------------------------------------------------------------------------

SCALARS = {"string": "TEXT", "ts": "TEXT", "id": "TEXT", "int": "INT", "bool": "BOOL", "json": "JSON", "map": "JSON"}
DECL = {"TEXT": "const char *", "INT": "int64_t ", "BOOL": "bool ", "JSON": "const struct taut_json *"}
WHEN = {"set": "may be missing", "null": "may be null", "maybe": "may be missing"}


def declaration(name, f):
    t, n = f["type"], member(name)
    says = [s for s in (f.get("doc"), WHEN.get(f.get("when")) if not t.startswith(("string", "id", "ts")) else None) if s]
    note = " /* %s */" % comment("; ".join(says)) if says else ""
    if t.startswith("array:object:"):
        return "    const struct taut_%s *%s;%s\n    int n_%s;\n" % (t[len("array:object:"):], n, note, n)
    if t.startswith("array:"):
        return "    const char *const *%s;%s\n    int n_%s;\n" % (n, note, n)
    if t.startswith("object:"):
        return "    const struct taut_%s *%s;%s\n" % (t[len("object:"):], n, note)
    return "    %s%s;%s\n" % (DECL[SCALARS[t]], n, note)


def field_row(struct, name, f):
    t, n, count, shape = f["type"], member(name), "0", "NULL"
    if t.startswith("array:"):
        count = "offsetof(struct %s, n_%s)" % (struct, n)
    if t.startswith(("array:object:", "object:")):
        kind = "OBJECTS" if t.startswith("array:") else "OBJECT"
        shape = "&shape_" + t.split(":")[-1]
    else:
        kind = "TEXTS" if t.startswith("array:") else SCALARS[t]
    return "    {%s, %d, FIELD_%s, offsetof(struct %s, %s), %s, %s},\n" % (c_text(name), len(name), kind, struct, n, count, shape)


def shape(symbol, struct, fields, static=""):
    rows = "".join(field_row(struct, n, f) for n, f in fields)
    table = "NULL, 0"
    text = ""
    if rows:
        text = "static const struct field fields_%s[] = {\n%s};\n" % (symbol, rows)
        table = "fields_%s, %d" % (symbol, len(fields))
    return text + "%sconst struct shape shape_%s = {%s, sizeof(struct %s)};\n\n" % (static, symbol, table, struct)


def named(o):
    return [(f["name"], f) for f in o["fields"]]


def make_objects(cat, out):
    names = sorted(cat.objects)
    h = ["/* What replies are made of.  Texts are never NULL: one that is missing is empty.  A number, bool, object or list that is\n"
         " * missing is 0, false or NULL; `json` is the whole object as it came, where the difference can be seen, and fields that\n"
         " * stand here not.  Ids and timestamps are texts. */\n\nstruct taut_json;\n"]
    h += ["struct taut_%s;\n" % n for n in names]
    for n in names:
        h.append("\n/* %s */\nstruct taut_%s {\n    const struct taut_json *json;\n%s};\n"
                 % (comment(cat.objects[n]["doc"]), n, "".join(declaration(*f) for f in named(cat.objects[n]))))
    write(out, "taut/objects.h", header("OBJECTS", ("stdbool.h", "stdint.h"), "".join(h) + "\n"))
    c = [NOTE, '#include "shapes.h"\n\n#include <stddef.h>\n\n#include <taut/objects.h>\n\n']
    c += [shape(n, "taut_" + n, named(cat.objects[n])) for n in names]
    write(out, "shapes.c", "".join(c))
    write(out, "shapes.h", NOTE + '#include "fill.h"\n\n' + "".join("extern const struct shape shape_%s;\n" % n for n in names))


# --- events -------------------------------------------------------------------------------------------------------

def make_events(cat, out):
    h = ["/* Events as structs: each function gives NULL when the event is another one, or there is no memory.  What it gives is valid\n"
         " * as long as the event. */\n"]
    c = [NOTE, '#include "event.h"\n\n#include <stddef.h>\n\n#include "shapes.h"\n#include <taut/events.h>\n\n']
    for n, e in sorted(cat.events.items()):
        name = "taut_event_" + n
        h.append("\n/* %s */\nstruct %s {\n    const struct taut_json *json;\n%s};\nconst struct %s *%s(const struct taut_event *event);\n"
                 % (comment(e["doc"]), name, "".join(declaration(*f) for f in named(e)), name, name))
        c.append(shape("event_" + n, name, named(e), "static "))
        c.append("const struct %s *%s(const struct taut_event *event)\n{\n    return event_as(event, %s, %s, &shape_event_%s);\n}\n\n"
                 % (name, name, c_text(e.get("type", n)), c_text(e["subtype"]) if e.get("subtype") else "NULL", n))
    write(out, "taut/events.h", header("EVENTS", ("taut/live.h",), "".join(h) + "\n"))
    write(out, "events.c", "".join(c))


# --- methods ------------------------------------------------------------------------------------------------------

def arg_declaration(a):
    t = {"bool": "enum taut_bool ", "int": "int64_t "}.get(a["type"], "const char *")
    says = [a.get("doc", "")] + (["JSON"] if a["type"] == "json" else [])
    if "default" in a:
        says.append("default %s" % str(a["default"]).lower())
    if "enum" in a:
        says.append("one of: " + ", ".join(a["enum"]))
    if a.get("required"):
        says.insert(0, "Required.")
    return "    %s%s; /* %s */\n" % (t, member(a["name"]), comment(" ".join(s if s.endswith(".") else s + "." for s in says if s)))


def arg_row(struct, a):
    kind = {"bool": "BOOL", "int": "INT_REQUIRED" if a.get("required") else "INT"}.get(a["type"], "TEXT")
    return "    {%s, ARG_%s, offsetof(struct %s, %s)},\n" % (c_text(a["name"]), kind, struct, member(a["name"]))


def items_of(cat, m):
    """What the method lists: (type, path of keys) of its one list; None when it is not read page by page."""
    args = {a["name"] for a in m["args"]}
    if not args & {"cursor", "page"}:
        return None
    found = [(f["type"], (k,)) for k, f in m["reply"].items() if f["type"].startswith("array:")]
    for k, f in m["reply"].items():
        if not found and f["type"].startswith("object:"):
            sub = [(g["type"], (k, g["name"])) for g in cat.objects[f["type"].split(":")[1]]["fields"] if g["type"].startswith("array:")]
            if "matches" in [p[-1] for _, p in sub]:
                found = sub
    return found[0] if len(found) == 1 else None


def item_type(t):
    return "const struct taut_%s *" % t.split(":")[-1] if t.startswith("array:object:") else "const char *"


def method_errors(m, fn):
    codes = sorted(set(m["errors"]) | set(m.get("never", {})))
    if not codes:
        return ""
    return "enum %s_error {\n%s};\n" % (fn, "".join("    %s_%s = TAUT_ERR_%s,\n" % (fn.upper(), upper(c), upper(c)) for c in codes))


def method_header(cat, name, m):
    fn = function(name)
    args = "".join(arg_declaration(a) for a in m["args"])
    if m.get("files"):
        args += "    struct taut_source %s; /* The bytes of the part `%s`. */\n" % (m["files"], m["files"])
    h = ["/* --- %s %s */\n\n" % (name, "-" * max(3, 110 - len(name)))]
    h.append("struct %s_args {\n%s};\n" % (fn, args or "    char nothing;\n"))
    h.append(method_errors(m, fn))
    if m.get("content"):
        h.append("/* %s  <taut/analytics.h> reads the rows. */\nenum taut_error %s(struct taut *t, const struct %s_args *args, struct taut_rows **rows);\n\n"
                 % (comment(m["summary"]), fn, fn))
        return "".join(h)
    h.append("struct %s_reply {\n    struct taut_reply head;\n%s};\n" % (fn, "".join(declaration(k, f) for k, f in m["reply"].items())))
    notes = "".join("\n * %s" % comment(n) for n in m.get("notes", []))
    h.append("/* %s%s */\nenum taut_error %s(struct taut *t, const struct %s_args *args, struct %s_reply **reply);\n"
             % (comment(m["summary"]), notes, fn, fn, fn))
    items = items_of(cat, m)
    if items:
        h.append("/* All of it, page by page: taut_list_end frees.  Texts in args must last as long as the list. */\nstruct taut_list *%s_all(struct taut *t, const struct %s_args *args);\n"
                 "%s%s_next(struct taut_list *list);\n" % (fn, fn, item_type(items[0]), fn))
    return "".join(h) + "\n"


def list_row(cat, fn, m, items):
    """The initializer of a struct list_row: where the items stand in the reply, and where page and cursor in the arguments."""
    t, path = items
    struct = fn + "_reply"
    inner, outer = "NULL", member(path[0])
    if len(path) == 2:
        inner = "taut_" + m["reply"][path[0]]["type"].split(":")[1]
    args = {a["name"] for a in m["args"]}
    at = lambda n: "offsetof(struct %s_args, %s)" % (fn, n) if n in args else "-1"
    first = "offsetof(struct %s, %s)" % (struct, outer)
    if len(path) == 2:
        place = "%s, offsetof(struct %s, %s), offsetof(struct %s, n_%s)" % (first, inner, member(path[1]), inner, member(path[1]))
    else:
        place = "-1, %s, offsetof(struct %s, n_%s)" % (first, struct, outer)
    size = "sizeof(struct taut_%s)" % t.split(":")[-1] if t.startswith("array:object:") else "sizeof(const char *)"
    return "{%s, %s, %s, %s, sizeof(struct %s_args)}" % (place, size, at("cursor"), at("page"), fn)


def method_source(cat, name, m):
    fn = function(name)
    rows = "".join(arg_row(fn + "_args", a) for a in m["args"])
    if m.get("files"):
        rows += "    {%s, ARG_SOURCE, offsetof(struct %s_args, %s)},\n" % (c_text(m["files"]), fn, member(m["files"]))
    c = []
    table = "NULL, 0"
    if rows:
        c.append("static const struct arg args_%s[] = {\n%s};\n" % (fn, rows))
        table = "args_%s, %d" % (fn, rows.count("\n"))
    if m.get("content"):
        c.append("static const struct method method_%s = {%s, %s, NULL};\n\n" % (fn, c_text(name), table))
        c.append("enum taut_error %s(struct taut *t, const struct %s_args *args, struct taut_rows **rows)\n{\n"
                 "    return rows_typed(t, &method_%s, args, rows);\n}\n\n" % (fn, fn, fn))
        return "".join(c)
    c.append(shape("reply_" + fn, fn + "_reply", list(m["reply"].items()), "static "))
    c.append("static const struct method method_%s = {%s, %s, &shape_reply_%s};\n\n" % (fn, c_text(name), table, fn))
    c.append("enum taut_error %s(struct taut *t, const struct %s_args *args, struct %s_reply **reply)\n{\n"
             "    return call_typed(t, &method_%s, args, (void **)reply);\n}\n\n" % (fn, fn, fn, fn))
    items = items_of(cat, m)
    if items:
        deref = "" if items[0].startswith("array:object:") else "*(const char *const *)"
        get = "list_next(list)" if not deref else "list_next_text(list)"
        c.append("static const struct list_row list_%s = %s;\n\n" % (fn, list_row(cat, fn, m, items)))
        c.append("struct taut_list *%s_all(struct taut *t, const struct %s_args *args)\n{\n"
                 "    return list_new(t, &method_%s, &list_%s, args);\n}\n\n" % (fn, fn, fn, fn))
        c.append("%s%s_next(struct taut_list *list)\n{\n    return %s;\n}\n\n" % (item_type(items[0]), fn, get))
    return "".join(c)


def make_methods(cat, out):
    methods = public(cat)
    families = sorted({n.split(".")[0] for n in methods})
    for family in families:
        body = "".join(method_header(cat, n, m) for n, m in sorted(methods.items()) if n.split(".")[0] == family)
        write(out, "taut/%s.h" % file_of(family), header(upper(file_of(family)), ("taut/client.h",), body))
    write(out, "taut/methods.h", header("METHODS", ["taut/%s.h" % file_of(f) for f in families], "/* Every method, family by family. */\n\n"))
    c = [NOTE, '#include "calls.h"\n\n#include <stddef.h>\n\n#include "shapes.h"\n#include <taut/methods.h>\n\n']
    c += [method_source(cat, n, m) for n, m in sorted(methods.items())]
    write(out, "calls.c", "".join(c))


def file_of(family):
    return "dev" if family == "taut" else family


def make(cat, out):
    out = out + "/client"
    make_errors(cat, out)
    make_objects(cat, out)
    make_events(cat, out)
    make_methods(cat, out)
