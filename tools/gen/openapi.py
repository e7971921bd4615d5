"""openapi.json: the API as OpenAPI 3.1; openapi.h/.c: the same text inside the server, which serves it."""
import json

from catalogue import NOTE, c_text, write

STRING = {"type": "string"}
TS = {"type": "string", "description": "A timestamp: seconds and microseconds since 1970, such as 1503435956.000247."}
ID = {"type": "string", "pattern": "^[A-Z][A-Z0-9]{0,11}$"}
ARGS = {"string": STRING, "channel": STRING, "user": STRING, "team": STRING, "bot": STRING, "file": STRING, "ts": TS,
        "bool": {"type": "boolean"}, "int": {"type": "integer"}, "users": {"type": "string", "description": "Ids between commas."},
        "strings": {"type": "string", "description": "Values between commas."}, "json": {"type": ["string", "object", "array"]}}
FIELDS = {"string": STRING, "int": {"type": "integer"}, "bool": {"type": "boolean"}, "ts": TS, "id": ID, "json": {},
          "map": {"type": "object"}}
CHUNK = 4000


def argument(a):
    s = dict(ARGS[a["type"]])
    if "enum" in a:
        s["enum"] = a["enum"]
    if "default" in a:
        s["default"] = a["default"]
    if a["type"] == "string" and "max" in a:
        s["maxLength"] = a["max"]
    return s


def field(f):
    t = f["type"]
    if t.startswith("array:"):
        s = {"type": "array", "items": field({"type": t[len("array:"):]})}
    elif t.startswith("object:"):
        s = {"$ref": "#/components/schemas/" + t[len("object:"):]}
    else:
        s = dict(FIELDS[t])
    if f.get("when") == "null":
        s = {"anyOf": [s, {"type": "null"}]}
    if f.get("doc"):
        s = dict(s, description=f["doc"])
    return s


def properties(items):
    items = list(items)
    s = {"type": "object", "properties": {n: field(f) for n, f in items}}
    required = [n for n, f in items if f.get("when", "always") in ("always", "null")]
    if required:
        s["required"] = required
    return s


def success(m):
    s = properties(m["reply"].items())
    s["properties"] = {"ok": {"const": True}, **s["properties"]}
    s["required"] = ["ok"] + s.get("required", [])
    if m.get("page"):
        s["properties"]["response_metadata"] = {"$ref": "#/components/schemas/response_metadata"}
    return s


def failure(shared, m):
    return {"allOf": [{"$ref": "#/components/schemas/failure"},
                      {"type": "object", "properties": {"error": {"type": "string", "enum": sorted(set(m["errors"]) | shared)}}}]}


def operation(shared, name, m, get):
    op = {"operationId": name + ("" if not get else ".get"), "summary": m["summary"], "tags": [name.split(".")[0]],
          "responses": {
              "200": {"description": "Done (ok is true) or refused (ok is false, error says why).", "content": {
                  "application/json": {"schema": {"oneOf": [success(m), failure(shared, m)]}}}},
              "429": {"$ref": "#/components/responses/ratelimited"}}}
    if m["tokens"] == ["none"]:
        op["security"] = []
    scopes = {k: v for k, v in m["scopes"].items() if v}
    if scopes:
        op["x-scopes"] = scopes
    if get:
        op["parameters"] = [dict({"name": a["name"], "in": "query", "schema": argument(a), "description": a.get("doc", "")},
                                 **({"required": True} if a.get("required") else {})) for a in m["args"]]
        return op
    schema = {"type": "object", "properties": {a["name"]: dict(argument(a), description=a.get("doc", "")) for a in m["args"]}}
    required = [a["name"] for a in m["args"] if a.get("required")]
    if required:
        schema["required"] = required
    op["requestBody"] = {"content": {t: {"schema": schema} for t in ("application/x-www-form-urlencoded", "application/json")}}
    return op


def document(cat):
    shared = {e for e, v in cat.errors.items() if v.get("shared")}
    schemas = {n: dict(properties((f["name"], f) for f in o["fields"]), description=o["doc"]) for n, o in cat.objects.items()}
    schemas["failure"] = {"type": "object", "required": ["ok", "error"],
                          "properties": {"ok": {"const": False}, "error": STRING, "needed": STRING, "provided": STRING,
                                         "warning": STRING, "response_metadata": {"type": "object"}}}
    schemas["response_metadata"] = {"type": "object", "properties": {"next_cursor": STRING}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "taut", "version": "0.1.0", "summary": "Team messaging that speaks the Slack Web API.",
                 "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/api"}],
        "security": [{"token": []}],
        "tags": [{"name": f} for f in sorted({n.split(".")[0] for n in cat.methods})],
        "paths": {"/" + n: {"get": operation(shared, n, m, True), "post": operation(shared, n, m, False)}
                  for n, m in sorted(cat.methods.items()) if not m.get("dev")},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"ratelimited": {
                "description": "Too many calls; Retry-After says in how many seconds the next may come.",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/failure"}}}}},
        },
    }


def make(cat, out):
    text = json.dumps(document(cat), ensure_ascii=False, separators=(",", ":"))
    write(out, "openapi.json", text)
    write(out, "openapi.h", NOTE + "#ifndef TAUT_GEN_OPENAPI_H\n#define TAUT_GEN_OPENAPI_H\n\n#include \"base/str.h\"\n\n"
          "/* The API as OpenAPI 3.1. */\nextern const struct str openapi_json;\n\n#endif\n")
    chunks = "\n    ".join(c_text(text[i:i + CHUNK]) for i in range(0, len(text), CHUNK))
    write(out, "openapi.c", NOTE + '#include "openapi.h"\n\nconst struct str openapi_json = {\n    %s,\n    %d,\n};\n'
          % (chunks, len(text.encode("utf-8"))))
