"""dev_builtin.c: the workspace that `taut dev` serves by default (catalogue/dev.json), inside the server."""
import json
import os

from catalogue import NOTE, c_text, load_json, write


def make(cat, out):
    seed = load_json(os.path.join(cat.folder, "dev.json"))
    lines = json.dumps(seed, ensure_ascii=False, separators=(",", ":")).replace("},{", "},\n{").split("\n")
    text = "\n    ".join(c_text(line + "\n") for line in lines)
    write(out, "dev_builtin.c", NOTE + '#include "dev.h"\n\nconst char dev_builtin_json[] =\n    %s;\n' % text)
