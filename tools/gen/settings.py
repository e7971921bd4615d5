"""settings.h/.c: the settings as a struct and as a table for flags, environment, config file, help and man page."""
from catalogue import NOTE, Fault, c_str, c_text, write

TYPES = {"string": "struct str", "enum": "struct str", "int": "int64_t", "bool": "bool", "duration": "int64_t", "size": "int64_t"}
UNITS = {"duration": "_ms", "size": "_bytes"}
COMMANDS = ("serve", "dev", "check", "user", "token", "app", "workspace", "field", "demo", "analytics")

HEADER = """
enum setting_type { SETTING_STRING, SETTING_ENUM, SETTING_INT, SETTING_BOOL, SETTING_DURATION, SETTING_SIZE };

/* One row of the table: what a setting is called everywhere, and what it may hold. */
struct setting {
    const char *name;   /* in the config file */
    const char *flag;   /* --flag, without the dashes */
    const char *env;    /* TAUT_NAME */
    enum setting_type type;
    const char *preset; /* the default, as text */
    int64_t min, max;   /* int, duration (ms), size (bytes) */
    const struct str *values; /* enum */
    int n_values;
    const char *value_name; /* in help: --flag VALUE */
    const char *doc;
    unsigned commands;  /* bit for each enum command that takes it */
    size_t offset;      /* in struct settings */
};

extern const struct setting settings_table[];
extern const int settings_n;
/* What the shell calls them. */
extern const char *const command_names[COMMANDS_N];
"""


def member(name, s):
    return name + UNITS.get(s["type"], "")


def make(cat, out):
    h = [NOTE, "#ifndef TAUT_GEN_SETTINGS_H\n#define TAUT_GEN_SETTINGS_H\n\n#include \"base/str.h\"\n\n"
         "enum command { %s, COMMANDS_N };\n\n/* Durations are milliseconds, sizes bytes. */\nstruct settings {\n"
         % ", ".join("COMMAND_" + c.upper() for c in COMMANDS)]
    c = [NOTE, '#include "settings.h"\n\n']
    rows = []
    for name, s in cat.settings.items():
        where = "%s/settings.json: %s" % (cat.folder, name)
        if s["type"] not in TYPES:
            raise Fault("%s: type '%s'" % (where, s["type"]))
        for command in s["commands"]:
            if command not in COMMANDS:
                raise Fault("%s: command '%s'" % (where, command))
        t = TYPES[s["type"]]
        h.append("    %s %s; /* %s */\n" % (t, member(name, s), s["doc"].replace("*/", "")))
        values, n = "NULL", 0
        if s["type"] == "enum":
            values, n = "values_" + name, len(s["values"])
            c.append("static const struct str values_%s[] = {%s};\n" % (name, ", ".join(c_str(v) for v in s["values"])))
        rows.append("    {%s, %s, %s, SETTING_%s, %s, %s, %s, %s, %d, %s, %s, %s, offsetof(struct settings, %s)},\n" % (
            c_text(name), c_text(name.replace("_", "-")), c_text("TAUT_" + name.upper()), s["type"].upper(),
            c_text(str(s.get("default", ""))), s.get("min", "INT64_MIN"), s.get("max", "INT64_MAX"), values, n,
            c_text(s.get("value", "" if s["type"] == "bool" else s["type"].upper())), c_text(s["doc"]),
            " | ".join("1u << COMMAND_" + x.upper() for x in s["commands"]), member(name, s)))
    h.append("};\n" + HEADER + "\n#endif\n")
    c.append("\nconst struct setting settings_table[] = {\n" + "".join(rows) + "};\n"
             "const int settings_n = sizeof(settings_table) / sizeof(*settings_table);\n")
    c.append("const char *const command_names[COMMANDS_N] = {%s};\n" % ", ".join(c_text(x) for x in COMMANDS))
    write(out, "settings.h", "".join(h))
    write(out, "settings.c", "".join(c))
