"""emoji_names.h/.c: the short names of the standard emoji (catalogue/emoji.txt), sorted by bytes, and in which category each is shown."""
import json
import os
import re

from catalogue import NOTE, Fault, c_text, write


def read_names(path):
    with open(path, encoding="utf-8") as f:
        names = f.read().splitlines()
    for name in names:
        if not re.fullmatch(r"[a-z0-9_+\-]{1,100}", name):
            raise Fault("%s: '%s' is no short name" % (path, name))
    if names != sorted(set(names)):
        raise Fault("%s: names must be sorted and stand there once" % path)
    return names


def read_categories(path, names):
    """As emoji.list tells them: [{"name": …, "emoji_names": […]}]."""
    with open(path, encoding="utf-8") as f:
        categories = json.load(f)
    shown = [n for c in categories.values() for n in c]
    if len(shown) != len(set(shown)) or set(shown) - set(names):
        raise Fault("%s: each name must stand in emoji.txt, and in one category" % path)
    return json.dumps([{"name": k, "emoji_names": v} for k, v in categories.items()], separators=(",", ":"))


def make(cat, out):
    names = read_names(os.path.join(cat.folder, "emoji.txt"))
    starts, at = [], 0
    for name in names:
        starts.append(at)
        at += len(name)
    h = [NOTE, "#ifndef TAUT_GEN_EMOJI_NAMES_H\n#define TAUT_GEN_EMOJI_NAMES_H\n\n#include \"base/str.h\"\n\n#include <stdint.h>\n\n",
         "enum { EMOJI_NAMES_N = %d };\n\n" % len(names),
         "/* All names one after the other, sorted by bytes; name i begins at emoji_name_at[i] and ends where the next "
         "begins. */\nextern const char emoji_name_bytes[];\nextern const uint16_t emoji_name_at[EMOJI_NAMES_N + 1];\n\n"
         "/* The categories that pickers show, a JSON array of {\"name\", \"emoji_names\"}. */\n"
         "extern const struct str emoji_categories;\n\n"
         "#endif\n"]
    write(out, "emoji_names.h", "".join(h))
    c = [NOTE, '#include "emoji_names.h"\n\nconst char emoji_name_bytes[] =\n']
    c += ["    %s\n" % c_text("".join(names[i:i + 8])) for i in range(0, len(names), 8)]
    c[-1] = c[-1].rstrip("\n") + ";\n\n"
    c.append("const uint16_t emoji_name_at[EMOJI_NAMES_N + 1] = {\n")
    numbers = ["%d" % n for n in starts + [at]]
    c += ["    %s,\n" % ", ".join(numbers[i:i + 16]) for i in range(0, len(numbers), 16)]
    c.append("};\n\n")
    text = read_categories(os.path.join(cat.folder, "emoji_categories.json"), names)
    c.append("static const char categories[] =\n")
    c += ["    %s\n" % c_text(text[i:i + 100]) for i in range(0, len(text), 100)]
    c[-1] = c[-1].rstrip("\n") + ";\n\n"
    c.append("const struct str emoji_categories = {categories, sizeof(categories) - 1};\n")
    write(out, "emoji_names.c", "".join(c))
