"""filetypes.h/.c: kinds of files (catalogue/filetypes.json), sorted by key."""
import json
import os
import re

from catalogue import NOTE, Fault, c_str, write

KEYS = {"pretty": str, "mime": str, "ext": list, "kind": str, "magic": list, "text": bool, "inline": bool, "base": str}
KINDS = ("images", "zips", "pdfs")

HEADER = """#ifndef TAUT_GEN_FILETYPES_H
#define TAUT_GEN_FILETYPES_H

#include "base/str.h"

struct filetype_magic {
    size_t at;
    struct str bytes;
};

struct filetype {
    struct str name, pretty, mime;
    struct str kind;       /* what files.list calls it; empty: nothing */
    struct str base;       /* the type whose first bytes it has; empty: its own */
    const struct str *ext; /* ended by an empty one */
    const struct filetype_magic *magic; /* ended by one without bytes; NULL: nothing tells it by its bytes */
    bool text;             /* shown and edited as text */
    bool inline_safe;      /* a browser may show it */
};

/* Sorted by name. */
extern const struct filetype filetypes[];
extern const int filetypes_n;

#endif
"""


def check(path, name, t, all_types):
    for key, value in t.items():
        if key not in KEYS or not isinstance(value, KEYS[key]):
            raise Fault("%s: %s: %s is no key, or not of its kind" % (path, name, key))
    if not re.fullmatch(r"[a-z0-9]+/[a-z0-9.+\-]+", t.get("mime", "")):
        raise Fault("%s: %s: mime" % (path, name))
    if t.get("kind", KINDS[0]) not in KINDS:
        raise Fault("%s: %s: kind '%s'" % (path, name, t["kind"]))
    if t.get("base", name) not in all_types:
        raise Fault("%s: %s: base '%s'" % (path, name, t["base"]))


def magic_rows(t):
    return "".join("{%d, {\"%s\", %d}}, " % (at, "".join("\\x" + h[i:i + 2] for i in range(0, len(h), 2)), len(h) // 2)
                   for at, h in t["magic"])


def make(cat, out):
    path = os.path.join(cat.folder, "filetypes.json")
    if not os.path.exists(path): # catalogues of the generator's own tests have none
        types = {}
    else:
        with open(path, encoding="utf-8") as f:
            types = json.load(f)
    seen = {}
    c = [NOTE, '#include "filetypes.h"\n\n']
    rows = []
    for i, name in enumerate(sorted(types)):
        t = types[name]
        check(path, name, t, types)
        for e in t["ext"]:
            if seen.setdefault(e, name) != name:
                raise Fault("%s: ending '%s' of %s and %s" % (path, e, seen[e], name))
        c.append("static const struct str ext_%d[] = {%s{NULL, 0}};\n" % (i, "".join(c_str(e) + ", " for e in t["ext"])))
        if "magic" in t:
            c.append("static const struct filetype_magic magic_%d[] = {%s{0, {NULL, 0}}};\n" % (i, magic_rows(t)))
        rows.append("    {%s, %s, %s, %s, %s, ext_%d, %s, %s, %s},\n" % (
            c_str(name), c_str(t["pretty"]), c_str(t["mime"]), c_str(t.get("kind", "")), c_str(t.get("base", "")), i,
            "magic_%d" % i if "magic" in t else "NULL", "true" if t.get("text") else "false",
            "true" if t.get("inline") else "false"))
    c.append("\nconst struct filetype filetypes[] = {\n%s};\nconst int filetypes_n = %d;\n" % ("".join(rows) or "    {.text = false},\n", len(rows)))
    write(out, "filetypes.h", NOTE + HEADER)
    write(out, "filetypes.c", "".join(c))
