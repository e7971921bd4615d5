"""Reads the catalogue and says, with file and key, what is wrong with it."""
import glob
import json
import os
import re


class Fault(Exception):
    """A mistake in the catalogue; the message names the file."""


def name_of(path):
    return os.path.basename(path)[: -len(".json")]


def refuse_unknown(path, what, obj, known):
    for key in obj:
        if key not in known:
            raise Fault("%s: %s: unknown key '%s' (known: %s)" % (path, what, key, " ".join(sorted(known))))


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


METHOD_KEYS = set("summary spec tokens scopes scope_by rate lane prepare args gate reply page limit_default limit_max "
                  "errors never warnings events notes dev map_reply".split())
ARG_KEYS = set("name type required default max min enum error missing doc".split())
ARG_TYPES = set("string bool int ts channel user team bot file users strings json".split())
LANES = ("read", "write", "long")
TOKENS = ("none", "user", "bot", "app", "session")
MEMBERS = ("none", "required", "public", "post")
KINDS = ("public", "private", "im", "mpim")


class Catalogue:
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
        for name, m in self.methods.items():
            self.check_method(name, m)
        for name, v in self.gates.items():
            self.check_gate_verb(name, v)

    def folder_of(self, sub):
        paths = sorted(glob.glob(os.path.join(self.folder, sub, "*.json")))
        return {name_of(p): load_json(p) for p in paths}

    def check_gate_verb(self, name, v):
        where = "%s/gates.json: %s" % (self.folder, name)
        refuse_unknown(where, name, v, {"doc", "kinds", "guests", "member", "archived", "general"})
        if v.get("member", "none") not in MEMBERS:
            raise Fault("%s: member '%s'" % (where, v["member"]))
        for k in v.get("kinds", KINDS):
            if k not in KINDS:
                raise Fault("%s: kind '%s'" % (where, k))
        for key in ("archived", "general"):
            if v.get(key, "allow") != "allow":
                self.need_error(where, v[key])

    def need_error(self, where, code):
        if code not in self.errors:
            raise Fault("%s: error '%s' is not in errors.json" % (where, code))

    def check_method(self, name, m):
        where = "%s/methods/%s.json" % (self.folder, name)
        refuse_unknown(where, name, m, METHOD_KEYS)
        for key in ("summary", "spec", "tokens", "scopes", "lane", "gate", "reply", "errors"):
            if key not in m:
                raise Fault("%s: no '%s'" % (where, key))
        if m["lane"] not in LANES:
            raise Fault("%s: lane '%s'" % (where, m["lane"]))
        for t in m["tokens"]:
            if t not in TOKENS:
                raise Fault("%s: token kind '%s'" % (where, t))
        for kind, scopes in m["scopes"].items():
            for s in scopes:
                if s not in self.scopes:
                    raise Fault("%s: scope '%s' is not in scopes.json" % (where, s))
        for code in list(m["errors"]) + list(m.get("never", {})):
            self.need_error(where, code)
        for code in m.get("warnings", []):
            if code not in self.warnings:
                raise Fault("%s: warning '%s' is not in errors.json" % (where, code))
        if m.get("rate") and m["rate"] not in self.rates:
            raise Fault("%s: rate '%s' is not in rates.json" % (where, m["rate"]))
        for e in m.get("events", []):
            if e not in self.events:
                raise Fault("%s: event '%s' has no file in events/" % (where, e))
        self.check_args(where, m)
        self.check_gate(where, m)

    def check_args(self, where, m):
        if m.get("page") == "cursor":
            m.setdefault("args", [])
            m["args"] = m["args"] + [
                {"name": "cursor", "type": "string", "doc": "Where the next page begins: next_cursor of the page before."},
                {"name": "limit", "type": "int", "doc": "How many items at most; a page may hold fewer."},
            ]
        for a in m.get("args", []):
            refuse_unknown(where, "argument " + a.get("name", "?"), a, ARG_KEYS)
            if a["type"] not in ARG_TYPES:
                raise Fault("%s: argument %s: type '%s'" % (where, a["name"], a["type"]))
            if not re.fullmatch(r"[a-z][a-z0-9_]*", a["name"]):
                raise Fault("%s: argument name '%s'" % (where, a["name"]))
            for key in ("error", "missing"):
                if key in a:
                    self.need_error(where, a[key])

    def check_gate(self, where, m):
        g = m["gate"]
        refuse_unknown(where, "gate", g, {"object", "arg", "verb", "names", "people", "optional", "why"})
        if g["object"] == "none":
            if not g.get("why"):
                raise Fault("%s: a gate that opens nothing says why" % where)
            return
        if g["verb"] not in self.gates:
            raise Fault("%s: verb '%s' is not in gates.json" % (where, g["verb"]))
        if g["object"] == "channel" and g["arg"] not in [a["name"] for a in m.get("args", [])]:
            raise Fault("%s: gate's argument '%s' is none of the method's" % (where, g["arg"]))


def snake(name):
    """chat.postMessage -> chat_post_message"""
    return re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name).replace(".", "_").replace("__", "_")


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
    os.makedirs(out_dir, exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
