"""replies.h/.c: what each method's reply holds, for the test runner that checks every reply it sees."""
from catalogue import NOTE, Fault, c_text, write

HEADER = """#ifndef TAUT_GEN_REPLIES_H
#define TAUT_GEN_REPLIES_H

#include <stdbool.h>

enum reply_type { REPLY_STRING, REPLY_INT, REPLY_BOOL, REPLY_TS, REPLY_ID, REPLY_JSON, REPLY_OBJECT, REPLY_MAP };

/* One key of a reply or of an object in it. */
struct reply_field {
    const char *name;
    enum reply_type type;
    bool array;              /* a list of these */
    bool required, nullable;
    const struct reply_field *fields; /* of an object; ends with a NULL name */
};

struct reply {
    const char *method;
    const struct reply_field *fields; /* ends with a NULL name */
};
extern const struct reply replies[];
extern const int replies_n;

#endif
"""

TYPES = {"string": "STRING", "int": "INT", "bool": "BOOL", "ts": "TS", "id": "ID", "json": "JSON", "map": "MAP"}


def row(where, cat, name, f):
    t, array, sub = f["type"], "false", "NULL"
    if t.startswith("array:"):
        t, array = t[len("array:"):], "true"
    if t.startswith("object:"):
        obj = t[len("object:"):]
        if obj not in cat.objects:
            raise Fault("%s: %s: no objects/%s.json" % (where, name, obj))
        kind, sub = "OBJECT", "object_" + obj
    else:
        if t not in TYPES:
            raise Fault("%s: %s: type '%s'" % (where, name, t))
        kind = TYPES[t]
    when = f.get("when", "always")
    return "    {%s, REPLY_%s, %s, %s, %s, %s},\n" % (
        c_text(name), kind, array, "true" if when in ("always", "null") else "false", "true" if when == "null" else "false", sub)


END = "    {NULL, REPLY_JSON, false, false, false, NULL},\n};\n\n"


def make(cat, out):
    write(out, "replies.h", NOTE + HEADER)
    c = [NOTE, '#include "replies.h"\n\n#include <stddef.h>\n\n']
    c += ["extern const struct reply_field object_%s[];\n" % n for n in sorted(cat.objects)]
    for name, o in sorted(cat.objects.items()):
        c.append("\nconst struct reply_field object_%s[] = {\n" % name)
        c += [row("%s/objects/%s.json" % (cat.folder, name), cat, f["name"], f) for f in o["fields"]]
        c.append(END)
    for name, m in sorted(cat.methods.items()):
        c.append("static const struct reply_field reply_%s[] = {\n" % name.replace(".", "_"))
        c += [row("%s/methods/%s.json" % (cat.folder, name), cat, k, f) for k, f in m["reply"].items()]
        c.append(END)
    c.append("const struct reply replies[] = {\n")
    c += ["    {%s, reply_%s},\n" % (c_text(n), n.replace(".", "_")) for n in sorted(cat.methods)]
    c.append("};\nconst int replies_n = sizeof(replies) / sizeof(*replies);\n")
    write(out, "replies.c", "".join(c))
