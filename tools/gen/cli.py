"""cli/methods.c: what the shell knows of each method, for its flags, help, lists and completion."""
from catalogue import NOTE, c_text, write
from client import items_of, public

TYPES = {"bool": "BOOL", "int": "INT", "json": "JSON", "channel": "CHANNEL", "user": "USER"}


def arg(a):
    doc = a.get("doc", "")
    if "enum" in a:
        doc += " One of: %s." % ", ".join(a["enum"])
    if "default" in a:
        doc += " Default: %s." % str(a["default"]).lower()
    return "    {%s, CLI_%s, %s, %s, %s},\n" % (
        c_text(a["name"]), TYPES.get(a["type"], "TEXT"), "true" if a.get("required") else "false",
        c_text(" ".join(a["enum"])) if "enum" in a else "NULL", c_text(doc.strip()))


def method(cat, name, m):
    symbol = name.replace(".", "_")
    rows = "".join(arg(a) for a in m["args"])
    if m.get("files"):
        rows += "    {%s, CLI_FILE, false, NULL, \"The file to send; - is standard input.\"},\n" % c_text(m["files"])
    table = "static const struct cli_arg args_%s[] = {\n%s};\n" % (symbol, rows) if rows else ""
    lists = [k for k, f in m["reply"].items() if f["type"].startswith("array:")]
    items = items_of(cat, m)
    path = ".".join(items[1]) if items else lists[0] if len(lists) == 1 else ""
    scopes = sorted(set(m["scopes"].get("bot", []) + m["scopes"].get("user", [])))
    row = "    {%s, %s, %s, %d, %s, %s, %s, %s, %s},\n" % (
        c_text(name), c_text(m["summary"]), "args_" + symbol if rows else "NULL", rows.count("\n"), c_text(path),
        "true" if items else "false", "true" if m.get("content") else "false", c_text(", ".join(scopes)), c_text(" ".join(sorted(m["errors"]))))
    return table, row


def make(cat, out):
    made = [method(cat, n, m) for n, m in sorted(public(cat).items())]
    c = [NOTE, '#include "methods.h"\n\n#include <stddef.h>\n\n'] + [t for t, _ in made]
    c += ["\nconst struct cli_method cli_methods[] = {\n"] + [r for _, r in made]
    c.append("};\nconst int cli_methods_n = sizeof(cli_methods) / sizeof(*cli_methods);\n")
    write(out + "/cli", "methods.c", "".join(c))
