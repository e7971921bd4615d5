"""Reads the catalogue; what all output modules need to write C."""
import glob
import json
import os
import re


class Fault(Exception):
    """A mistake in the catalogue; the message names the file."""


def name_of(path):
    return os.path.basename(path)[: -len(".json")]


def load_json(path):
    def no_twice(pairs):
        out = {}
        for key, value in pairs:
            if key in out:
                raise Fault("%s: key '%s' stands there twice" % (path, key))
            out[key] = value
        return out

    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f, object_pairs_hook=no_twice)
    except ValueError as e:
        raise Fault("%s: %s" % (path, e))


KINDS = ("public", "private", "im", "mpim")


class Catalogue:
    """The folder as Python objects.  Whether they are right is for check.py to say."""

    def __init__(self, folder):
        self.folder = folder
        self.errors = load_json(os.path.join(folder, "errors.json"))
        self.warnings = self.errors.pop("warnings")
        self.scopes = load_json(os.path.join(folder, "scopes.json"))
        self.rates = load_json(os.path.join(folder, "rates.json"))
        self.gates = load_json(os.path.join(folder, "gates.json"))
        self.settings = load_json(os.path.join(folder, "settings.json"))
        self.objects = self.folder_of("objects")
        self.events = self.folder_of("events")
        self.methods = self.folder_of("methods")
        for name in self.objects:
            self.take_like(name)
        for m in self.methods.values():
            add_page_args(m)

    def folder_of(self, sub):
        paths = sorted(glob.glob(os.path.join(self.folder, sub, "*.json")))
        return {name_of(p): load_json(p) for p in paths}

    def take_like(self, name):
        """An object that is like another has its fields, and only those in `always` for certain."""
        o = self.objects[name]
        if "like" not in o:
            return
        where = "%s/objects/%s.json" % (self.folder, name)
        other = self.objects.get(o["like"], {})
        if "fields" in o or "like" in other or not other:
            raise Fault("%s: like '%s': takes the fields of an object that has its own" % (where, o["like"]))
        for n in o.get("always", []):
            if n not in [f["name"] for f in other["fields"]]:
                raise Fault("%s: always '%s' is no field of '%s'" % (where, n, o["like"]))
        o["fields"] = [dict(f) if f["name"] in o.get("always", []) else optional(f) for f in other["fields"]]


def optional(field):
    """The same field where it may be left out."""
    if field.get("when", "always") != "always":
        return dict(field)
    return dict(field, when="maybe" if field["type"] in ("bool", "int", "ts") else "set")


def add_page_args(m):
    m.setdefault("args", [])
    if m.get("page") == "cursor":
        m["args"] = m["args"] + [
            {"name": "cursor", "type": "string", "doc": "Where the next page begins: next_cursor of the page before."},
            {"name": "limit", "type": "int", "doc": "How many items at most; a page may hold fewer."},
        ]


def snake(name):
    """chat.postMessage -> chat_post_message, files.getUploadURLExternal -> files_get_upload_url_external"""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name))
    return words.lower().replace(".", "_")


def upper(name):
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def c_text(s):
    """A C string literal."""
    out = []
    for b in s.encode("utf-8"):
        c = chr(b)
        if c == "\n":
            out.append("\\n")
        elif c in '"\\':
            out.append("\\" + c)
        elif 32 <= b < 127:
            out.append(c)
        else:
            out.append("\\%03o" % b)
    return '"%s"' % "".join(out)


def c_str(s):
    """A struct str initializer."""
    return "{%s, %d}" % (c_text(s), len(s.encode("utf-8")))


NOTE = "/* Made by tools/gen from catalogue/; changes go there. */\n"


def write(out_dir, name, text):
    """Leaves a file of the same text alone, so that nothing is rebuilt for nothing."""
    path = os.path.join(out_dir, name)
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    except OSError:
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
