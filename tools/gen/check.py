"""What must hold of the catalogue before anything is made from it.  Each fault names the file and the key."""
import re

from catalogue import KINDS, Fault

METHOD_KEYS = {
    "summary": str, "spec": str, "tokens": list, "scopes": dict, "scope_by": str, "rate": str, "lane": str,
    "prepare": bool, "args": list, "gate": dict, "reply": dict, "page": str, "limit_default": int, "limit_max": int,
    "errors": list, "never": dict, "warnings": list, "events": list, "notes": list, "dev": bool, "files": str,
    "handler": str, "set": dict, "fields": list, "retired": str, "subject": str, "asks": bool, "content": str,
}
METHOD_NEEDS = ("summary", "spec", "tokens", "scopes", "lane", "gate", "reply", "errors")
ARG_KEYS = {
    "name": str, "type": str, "required": bool, "default": object, "max": int, "min": int, "enum": list, "error": str,
    "missing": str, "doc": str, "field": str,
}
ARG_TYPES = ("string", "bool", "int", "ts", "channel", "user", "team", "bot", "file", "users", "strings", "json")
GATE_KEYS = {"object": str, "arg": str, "also": str, "verb": str, "names": bool, "people": bool, "optional": bool, "why": str, "kinds": list}
VERB_KEYS = {"doc": str, "kinds": list, "guests": str, "member": str, "archived": str, "general": str}
FIELD_KEYS = {"name": str, "type": str, "when": str, "doc": str}
REPLY_KEYS = {"type": str, "when": str, "doc": str}
OBJECT_KEYS = {"doc": str, "fields": list, "like": str, "always": list}
EVENT_KEYS = {"doc": str, "to": str, "type": str, "subtype": str, "rtm": bool, "fields": list}
ERROR_KEYS = {"doc": str, "shared": bool, "http": int}
SCOPE_KEYS = {"doc": str, "tokens": list, "classic": bool}
RATE_KEYS = {"per_minute": int, "burst": int, "by": str, "within": str, "doc": str}
SETTING_KEYS = {
    "type": str, "default": object, "min": int, "max": int, "values": list, "value": str, "doc": str, "commands": list,
}
SCALARS = ("string", "int", "bool", "ts", "id", "json")


def keys(where, obj, known, needs=()):
    """obj is an object with these keys, each value of its type."""
    if not isinstance(obj, dict):
        raise Fault("%s: must be an object" % where)
    for key, value in obj.items():
        if key not in known:
            raise Fault("%s: unknown key '%s' (known: %s)" % (where, key, " ".join(sorted(known))))
        want = known[key]
        if not isinstance(value, want) or (want is int and isinstance(value, bool)):
            raise Fault("%s: %s: must be %s" % (where, key, want.__name__))
    for key in needs:
        if key not in obj:
            raise Fault("%s: no '%s'" % (where, key))


def one_of(where, key, value, known):
    if value not in known:
        raise Fault("%s: %s '%s' is none of: %s" % (where, key, value, " ".join(known)))


def no_twice(where, key, values):
    seen = set()
    for v in values:
        if v in seen:
            raise Fault("%s: %s: '%s' stands there twice" % (where, key, v))
        seen.add(v)


def known_in(where, what, names, table, file):
    no_twice(where, what, names)
    for n in names:
        if n not in table:
            raise Fault("%s: %s '%s' is not in %s" % (where, what, n, file))


class Check:
    def __init__(self, cat):
        self.cat = cat
        self.used = set() # codes that some method speaks of

    def path(self, *parts):
        return "/".join((self.cat.folder,) + parts)

    def everything(self):
        self.lists()
        for name in self.cat.gates:
            self.verb(name)
        for name in self.cat.objects:
            self.object(name)
        for name in self.cat.events:
            self.event(name)
        for name in self.cat.methods:
            self.method(name)
        self.unused_codes()

    # --- errors, scopes, rates, settings --------------------------------------------------------------------------

    def lists(self):
        cat = self.cat
        for name, e in cat.errors.items():
            where = self.path("errors.json: " + name)
            keys(where, e, ERROR_KEYS, ("doc",))
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise Fault("%s: no code" % where)
        for name, s in cat.scopes.items():
            where = self.path("scopes.json: " + name)
            keys(where, s, SCOPE_KEYS, ("doc", "tokens"))
            for t in s["tokens"]:
                one_of(where, "tokens", t, ("user", "person", "bot", "app"))
        for name, r in cat.rates.items():
            where = self.path("rates.json: " + name)
            keys(where, r, RATE_KEYS, ("doc", "per_minute", "burst"))
            one_of(where, "by", r.get("by", "method"), ("method", "channel", "token"))
            if "within" in r:
                known_in(where, "within", [r["within"]], cat.rates, "rates.json")
                if r.get("by") != "channel" or cat.rates[r["within"]].get("by", "method") != "method":
                    raise Fault("%s: within goes with \"by\": \"channel\", and names a rate by method" % where)
            if r["per_minute"] < 1 or r["burst"] < 1:
                raise Fault("%s: per_minute and burst are at least 1" % where)
        for name, s in cat.settings.items():
            where = self.path("settings.json: " + name)
            keys(where, s, SETTING_KEYS, ("type", "doc", "commands"))
            if s["type"] == "enum" and s.get("default") not in s.get("values", []):
                raise Fault("%s: default '%s' is none of its values" % (where, s.get("default")))

    # --- gates ----------------------------------------------------------------------------------------------------

    def verb(self, name):
        v, where = self.cat.gates[name], self.path("gates.json: " + name)
        keys(where, v, VERB_KEYS, ("doc",))
        one_of(where, "member", v.get("member", "none"), ("none", "required", "public", "post"))
        one_of(where, "guests", v.get("guests", "allow"), ("allow", "deny"))
        for k in v.get("kinds", KINDS):
            one_of(where, "kinds", k, KINDS)
        for key in ("archived", "general"):
            if v.get(key, "allow") != "allow":
                known_in(where, "error", [v[key]], self.cat.errors, "errors.json")

    def gate(self, where, m):
        g = m["gate"]
        keys(where + ": gate", g, GATE_KEYS, ("object",))
        one_of(where + ": gate", "object", g["object"], ("none", "workspace", "channel", "channels"))
        if g["object"] == "none":
            if not g.get("why"):
                raise Fault("%s: gate: one that opens nothing says why" % where)
            return
        known_in(where + ": gate", "verb", [g.get("verb")], self.cat.gates, "gates.json")
        if g["object"] == "channel" and g.get("arg") not in [a["name"] for a in m["args"] if a["type"] == "channel"]:
            raise Fault("%s: gate: arg '%s' is no argument of type channel" % (where, g.get("arg")))
        if g["object"] == "channels" and g.get("arg") not in [a["name"] for a in m["args"] if a["type"] == "strings"]:
            raise Fault("%s: gate: arg '%s' is no argument of type strings" % (where, g.get("arg")))
        if "also" in g and g["also"] not in [a["name"] for a in m["args"] if a["type"] == "channel"]:
            raise Fault("%s: gate: also '%s' is no argument of type channel" % (where, g["also"]))
        for k in g.get("kinds", KINDS):
            one_of(where + ": gate", "kinds", k, KINDS)
        self.gate_codes(where + ": gate", m, g)

    def gate_codes(self, where, m, g):
        """Whatever the gate answers must be declared: the verb's own code, or what it falls back to."""
        v = self.cat.gates[g["verb"]]
        codes = []
        if g["object"] in ("channel", "channels"):
            codes.append(("channel_not_found",))
            if len(v.get("kinds", KINDS)) < len(KINDS):
                codes.append(("method_not_supported_for_channel_type", "channel_not_found"))
            if v.get("member", "none") != "none":
                codes.append(("not_in_channel", "channel_not_found"))
            shut = ["archived"] + (["general"] if "public" in g.get("kinds", KINDS) else []) # the general one is public
            codes += [(v[key], "restricted_action") for key in shut if v.get(key, "allow") != "allow"]
        if v.get("guests") == "deny":
            codes.append(("user_is_restricted", "restricted_action"))
        for options in codes:
            if not any(code in m["errors"] for code in options):
                raise Fault("%s: verb %s answers %s, which errors do not list"
                            % (where, g["verb"], " or ".join("'%s'" % code for code in options)))

    # --- objects and events ---------------------------------------------------------------------------------------

    def type(self, where, t, more=()):
        array = t.startswith("array:")
        item = t[len("array:"):] if array else t
        if item.startswith("object:"):
            known_in(where, "object", [item[len("object:"):]], self.cat.objects, "objects/")
        elif item not in (("id", "string") if array else SCALARS + more):
            raise Fault("%s: type '%s'" % (where, t))

    def fields(self, where, fields):
        for f in fields:
            at = "%s: field %s" % (where, f.get("name", "?") if isinstance(f, dict) else "?")
            keys(at, f, FIELD_KEYS, ("name", "type"))
            one_of(at, "when", f.get("when", "always"), ("always", "set", "null", "maybe"))
            self.type(at, f["type"])
            if f.get("when") == "maybe" and f["type"] not in ("bool", "int", "ts"):
                raise Fault("%s: 'maybe' is for bool, int and ts" % at)
        no_twice(where, "fields", [f["name"] for f in fields])

    def object(self, name):
        o, where = self.cat.objects[name], self.path("objects", name + ".json")
        keys(where, o, OBJECT_KEYS, ("doc", "fields"))
        self.fields(where, o["fields"])

    def event(self, name):
        e, where = self.cat.events[name], self.path("events", name + ".json")
        keys(where, e, EVENT_KEYS, ("doc", "to", "fields"))
        one_of(where, "to", e["to"], ("channel", "user", "team", "app", "any"))
        self.fields(where, e["fields"])

    # --- methods --------------------------------------------------------------------------------------------------

    def method(self, name):
        m, where = self.cat.methods[name], self.path("methods", name + ".json")
        keys(where, m, METHOD_KEYS, METHOD_NEEDS)
        one_of(where, "lane", m["lane"], ("read", "write", "long"))
        for t in m["tokens"]:
            one_of(where, "tokens", t, ("none", "user", "bot", "app", "session"))
        if m.get("asks") and m["lane"] != "write":
            raise Fault("%s: asks: only calls of the lane 'write' ask apps" % where)
        self.method_scopes(where, m)
        self.method_codes(where, m)
        if m.get("rate"):
            known_in(where, "rate", [m["rate"]], self.cat.rates, "rates.json")
            if self.cat.rates[m["rate"]].get("by") == "channel" and m["gate"]["object"] != "channel":
                raise Fault("%s: rate '%s' counts by channel, and the gate opens none" % (where, m["rate"]))
        known_in(where, "event", m.get("events", []), self.cat.events, "events/")
        known_in(where, "warning", m.get("warnings", []), self.cat.warnings, "errors.json")
        self.args(where, m)
        self.handler(where, m)
        self.page(where, m)
        self.gate(where, m)
        for key, f in m["reply"].items():
            at = "%s: reply %s" % (where, key)
            keys(at, f, REPLY_KEYS, ("type",))
            one_of(at, "when", f.get("when", "always"), ("always", "set", "null", "maybe"))
            self.type(at, f["type"], ("map",))

    def method_scopes(self, where, m):
        keys(where + ": scopes", m["scopes"], {"user": list, "bot": list, "classic": list})
        for kind, scopes in m["scopes"].items():
            known_in("%s: scopes: %s" % (where, kind), "scope", scopes, self.cat.scopes, "scopes.json")
        if "scope_by" in m:
            one_of(where, "scope_by", m["scope_by"], ("kind",))

    def method_codes(self, where, m):
        known_in(where, "error", m["errors"], self.cat.errors, "errors.json")
        known_in(where, "error", list(m.get("never", {})), self.cat.errors, "errors.json")
        for code in m["errors"]:
            if code in m.get("never", {}):
                raise Fault("%s: error '%s' stands in errors and in never" % (where, code))
        self.used.update(m["errors"], m.get("never", {}))

    def args(self, where, m):
        for a in m["args"]:
            at = "%s: argument %s" % (where, a.get("name", "?"))
            keys(at, a, ARG_KEYS, ("name", "type", "doc"))
            one_of(at, "type", a["type"], ARG_TYPES)
            if not re.fullmatch(r"[a-z][a-z0-9_]*", a["name"]):
                raise Fault("%s: no argument name" % at)
            for key in ("error", "missing"):
                code = a.get(key, "invalid_arguments")
                known_in(at, "error", [code], self.cat.errors, "errors.json")
                if code not in m["errors"] and not self.cat.errors[code].get("shared"):
                    raise Fault("%s: %s '%s' is not among the method's errors" % (at, key, code))
        no_twice(where, "args", [a["name"] for a in m["args"]])

    def handler(self, where, m):
        """Arguments of a method that another's handler answers are fields of that one's struct, of the same type."""
        for f in m.get("fields", []):
            keys(where + ": fields", f, {"name": str, "type": str}, ("name", "type"))
            one_of(where + ": fields", "type", f["type"], ARG_TYPES)
        if "handler" not in m:
            if "set" in m or any("field" in a for a in m["args"]):
                raise Fault("%s: 'set' and 'field' are for methods with a handler of another" % where)
            return
        base = self.cat.methods.get(m["handler"], {"handler": ""})
        if "handler" in base:
            raise Fault("%s: handler '%s' is no method with one of its own" % (where, m["handler"]))
        types = {f["name"]: f["type"] for f in base["args"] + base.get("fields", [])}
        for a in m["args"]:
            field = a.get("field", a["name"])
            if types.get(field) != a["type"]:
                raise Fault("%s: argument %s: %s has no field '%s' of type %s" % (where, a["name"], m["handler"], field, a["type"]))
        for n in m.get("set", {}):
            if n not in types:
                raise Fault("%s: set: %s has no field '%s'" % (where, m["handler"], n))
        if m["lane"] != base["lane"]:
            raise Fault("%s: lane '%s', but its handler's is '%s'" % (where, m["lane"], base["lane"]))

    def page(self, where, m):
        if "page" not in m:
            return
        one_of(where, "page", m["page"], ("cursor",))
        for need in ("limit_default", "limit_max"):
            if need not in m:
                raise Fault("%s: a method with pages needs '%s'" % (where, need))
        if "invalid_cursor" not in m["errors"]:
            raise Fault("%s: a method with pages answers 'invalid_cursor', which errors do not list" % where)

    def unused_codes(self):
        for code, e in self.cat.errors.items():
            if not e.get("shared") and code not in self.used:
                raise Fault("%s: no method lists it" % self.path("errors.json: " + code))
