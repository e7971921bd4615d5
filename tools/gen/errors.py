"""err.h/.c: error codes and warnings; scope.h/.c: scopes."""
from catalogue import NOTE, c_str, c_text, upper, write


def make(cat, out):
    codes = sorted(cat.errors)
    warns = sorted(cat.warnings)
    h = [NOTE, "#ifndef TAUT_GEN_ERR_H\n#define TAUT_GEN_ERR_H\n\n#include <stdbool.h>\n\n",
         "/* What a call can answer. */\nenum err {\n    OK = 0,\n"]
    for c in codes:
        h.append("    ERR_%s, /* %s */\n" % (upper(c), cat.errors[c]["doc"].replace("*/", "")))
    h.append("    ERRORS_N\n};\n\n/* What a success can warn of. */\nenum warn {\n")
    for w in warns:
        h.append("    WARN_%s, /* %s */\n" % (upper(w), cat.warnings[w].replace("*/", "")))
    h.append("    WARNINGS_N\n};\n\n/* The code's text on the wire; \"ok\" for OK. */\nconst char *err_name(enum err e);\n"
             "/* The HTTP status that goes with it. */\nint err_http(enum err e);\n"
             "/* Any method may answer it, declared or not. */\nbool err_shared(enum err e);\n"
             "const char *warn_name(enum warn w);\n\n#endif\n")
    write(out, "err.h", "".join(h))
    c = [NOTE, '#include "err.h"\n\nstatic const struct {\n    const char *name;\n    int http;\n    bool shared;\n} rows[ERRORS_N] = {\n'
         '    {"ok", 200, true},\n']
    for code in codes:
        e = cat.errors[code]
        c.append("    {%s, %d, %s},\n" % (c_text(code), e.get("http", 200), "true" if e.get("shared") else "false"))
    c.append("};\n\nconst char *err_name(enum err e)\n{\n    return rows[e].name;\n}\n\nint err_http(enum err e)\n{\n"
             "    return rows[e].http;\n}\n\nbool err_shared(enum err e)\n{\n    return rows[e].shared;\n}\n\n"
             "const char *warn_name(enum warn w)\n{\n    static const char *const names[] = {")
    c.append(", ".join(c_text(w) for w in warns))
    c.append("};\n\n    return names[w];\n}\n")
    write(out, "err.c", "".join(c))
    make_scopes(cat, out)


def make_scopes(cat, out):
    scopes = sorted(cat.scopes)
    h = [NOTE, "#ifndef TAUT_GEN_SCOPE_H\n#define TAUT_GEN_SCOPE_H\n\n#include \"base/str.h\"\n\nenum scope {\n"]
    for s in scopes:
        h.append("    SCOPE_%s, /* %s */\n" % (upper(s), cat.scopes[s]["doc"].replace("*/", "")))
    h.append("    SCOPES_N\n};\nenum { SCOPE_WORDS = %d };\n\n" % ((len(scopes) + 63) // 64))
    h.append("struct str scope_name(enum scope s);\n"
             "/* What it allows, in a sentence for people. */\n"
             "struct str scope_doc(enum scope s);\n"
             "/* By its exact name; SCOPES_N when there is none. */\n"
             "enum scope scope_find(struct str name);\n"
             "/* May bots' (else: people's) tokens have it? */\n"
             "bool scope_is_for(enum scope s, bool bot);\n"
             "/* Reads a comma list (blanks allowed); names it does not know are passed over. */\n"
             "void scope_parse(struct str list, uint64_t bits[SCOPE_WORDS]);\n\n"
             "/* All scopes that people's, bots' or apps' own tokens can have, as a comma list. */\n"
             "extern const struct str scope_all_user, scope_all_bot, scope_all_app;\n\n#endif\n")
    write(out, "scope.h", "".join(h))
    c = [NOTE, '#include "scope.h"\n\nstatic const struct str names[SCOPES_N] = {\n']
    c += ["    {%s, %d},\n" % (c_text(s), len(s)) for s in scopes]
    c.append("};\n\nstatic const struct str docs[SCOPES_N] = {\n")
    c += ["    %s,\n" % c_str(cat.scopes[s]["doc"]) for s in scopes]
    c.append("};\n\n/* Bit 0: people's tokens; bit 1: bots'. */\nstatic const unsigned char kinds[SCOPES_N] = {\n")
    c += ["    %d,\n" % (("user" in cat.scopes[s]["tokens"]) | ("bot" in cat.scopes[s]["tokens"]) << 1) for s in scopes]
    c.append("};\n\n")
    for kind in ("user", "bot", "app"):
        kinds = {kind, "person"} if kind == "user" else {kind}
        every = ",".join(s for s in scopes if kinds & set(cat.scopes[s]["tokens"]) and not cat.scopes[s].get("classic"))
        c.append("const struct str scope_all_%s = {%s, %d};\n" % (kind, c_text(every), len(every)))
    c.append("""
struct str scope_name(enum scope s)
{
    return names[s];
}

struct str scope_doc(enum scope s)
{
    return docs[s];
}

bool scope_is_for(enum scope s, bool bot)
{
    return kinds[s] >> bot & 1;
}

enum scope scope_find(struct str name)
{
    int low = 0, high = SCOPES_N;

    while (low < high) {
        int mid = (low + high) / 2, c = str_cmp(names[mid], name);
        if (c == 0)
            return (enum scope)mid;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return SCOPES_N;
}

void scope_parse(struct str list, uint64_t bits[SCOPE_WORDS])
{
    struct str rest = list, piece;

    memset(bits, 0, sizeof(uint64_t) * SCOPE_WORDS);
    while (str_cut(&rest, ',', &piece)) {
        enum scope s = scope_find(str_trim(piece));
        if (s < SCOPES_N)
            bits[s / 64] |= UINT64_C(1) << (s % 64);
    }
}
""")
    write(out, "scope.c", "".join(c))
