"""docs/methods/*.md: a page for each method, and an index."""
from catalogue import write

WHEN = {"set": "left out when empty", "null": "null when there is none", "maybe": "where it applies"}


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def kind(t):
    if t.startswith("array:"):
        return "list of " + kind(t[len("array:"):])
    return t[len("object:"):] + " object" if t.startswith("object:") else t


def arguments(m):
    if not m["args"]:
        return "None.\n"
    rows = ["| name | type | | what |\n|---|---|---|---|\n"]
    for a in m["args"]:
        says = "required" if a.get("required") else ""
        if "default" in a:
            says = "default %s" % str(a["default"]).lower()
        if a["name"] == "limit" and m.get("page"):
            says = "default %s, at most %s" % (m.get("limit_default", 100) or "all", m.get("limit_max", 1000))
        what = a.get("doc", "")
        if "enum" in a:
            what += " One of: %s." % ", ".join("`%s`" % v for v in a["enum"])
        rows.append("| `%s` | %s | %s | %s |\n" % (a["name"], a["type"], says, cell(what)))
    return "".join(rows)


def fields(items):
    rows = ["| key | type | | what |\n|---|---|---|---|\n"]
    for name, f in items:
        rows.append("| `%s` | %s | %s | %s |\n" % (name, kind(f["type"]), WHEN.get(f.get("when"), ""), cell(f.get("doc", ""))))
    return "".join(rows)


def scopes(m):
    lines = []
    for who, label in (("bot", "Bot tokens"), ("user", "User tokens"), ("classic", "Classic apps")):
        names = m["scopes"].get(who)
        if names:
            lines.append("- %s: any of %s\n" % (label, ", ".join("`%s`" % n for n in names)))
    if m.get("scope_by") == "kind":
        lines.append("- Once the conversation is known, a scope of its kind is needed: `channels:` public, `groups:` private, "
                     "`im:` direct messages, `mpim:` group direct messages.\n")
    return "".join(lines) or "None.\n"


def errors(cat, m):
    rows = ["| code | when |\n|---|---|\n"]
    for e in m["errors"]:
        rows.append("| `%s` | %s |\n" % (e, cell(cat.errors[e]["doc"])))
    text = "".join(rows) if m["errors"] else "Only those that every method shares.\n"
    if m.get("never"):
        text += "\nDocumented, but they cannot occur here:\n\n"
        text += "".join("- `%s`: %s\n" % (e, why) for e, why in sorted(m["never"].items()))
    return text


def page(cat, name, m):
    out = ["# %s\n\n%s\n\n" % (name, m["summary"])]
    out.append("`POST /api/%s` or `GET /api/%s`. Tokens: %s.%s\n\n" % (
        name, name, ", ".join(m["tokens"]) if m["tokens"] != ["none"] else "none needed",
        " Rate: %s." % m["rate"] if m.get("rate") else ""))
    out += ["".join("%s\n\n" % n for n in m.get("notes", []))]
    out += ["## Arguments\n\n", arguments(m), "\n## Scopes\n\n", scopes(m)]
    out += ["\n## Reply\n\n", fields(m["reply"].items()) if m["reply"] else "`{\"ok\": true}`.\n"]
    out += ["\n## Errors\n\n", errors(cat, m)]
    if m.get("events"):
        out += ["\n## Events\n\n", "".join("- `%s`\n" % e for e in m["events"])]
    return "".join(out)


def index(cat):
    out = ["# Methods\n\nMade from the catalogue. Errors that every method shares:\n\n| code | when |\n|---|---|\n"]
    out += ["| `%s` | %s |\n" % (e, cell(v["doc"])) for e, v in sorted(cat.errors.items()) if v.get("shared")]
    out.append("\n| method | what it does |\n|---|---|\n")
    out += ["| [%s](%s.md) | %s |\n" % (n, n, cell(m["summary"])) for n, m in sorted(cat.methods.items())]
    return "".join(out)


def make(cat, out):
    write(out + "/docs/methods", "README.md", index(cat))
    for name, m in cat.methods.items():
        write(out + "/docs/methods", name + ".md", page(cat, name, m))
