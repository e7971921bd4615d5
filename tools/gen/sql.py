"""sql.h/.c: typed functions for the named queries; the tables of queries and schema steps."""
import glob
import os
import re
import sqlite3
import tempfile
import zlib

from catalogue import NOTE, Fault, c_text, write

TYPES = {"i64": "int64_t ", "str": "struct str "}
# An id as well, of whom it is proven that what was is kept; an argument alone.
KEPT = "kept_member"
ARGUMENTS = dict(TYPES, **{KEPT: "struct %s " % KEPT})
ENGINES = ("sqlite", "postgres")


class Query:
    def __init__(self, name, doc, where):
        self.name, self.doc, self.where = name, doc, where
        self.ins, self.out, self.struct, self.text = [], "exec", None, ""
        self.keeps, self.unkept = [], None
        self.only = None # the one engine that has it
        self.replans = False

    @property
    def signature(self):
        return [t for _, t in self.ins], self.out, self.struct

    @property
    def complete(self):
        return self.text.endswith(";")

    @property
    def writes(self):
        return bool(re.match(r"\s*(insert|update|delete)\b", self.text, re.I))


def fields(text, where, types=TYPES):
    out = []
    for piece in text.split(","):
        m = re.fullmatch(r"\s*([a-z][a-z0-9_]*)\s+([a-z_0-9]+)\s*", piece)
        if not m or m.group(2) not in types:
            raise Fault("%s: '%s' is not NAME %s" % (where, piece.strip(), " or NAME ".join(types)))
        out.append((m.group(1), m.group(2)))
    return out


def read_header(line, where, now, structs):
    """One comment line: a struct, a query's name, what goes in or what comes out.  Returns the query it belongs to."""
    m = re.match(r"-- struct ([a-z][a-z0-9_]*): (.*)$", line)
    if m:
        if m.group(1) in structs:
            raise Fault("%s: struct %s stands there twice" % (where, m.group(1)))
        structs[m.group(1)] = fields(m.group(2), where)
        return now
    m = re.match(r"-- ([a-z][a-z0-9_]*): (.+)$", line)
    if m:
        return Query(m.group(1), m.group(2), where)
    if not now or now.complete:
        return now # a comment between queries
    m = re.match(r"-- in (.+)$", line)
    if m:
        now.ins = fields(m.group(1), where, ARGUMENTS)
        return now
    m = re.match(r"-- keeps (.+)$", line)
    if m:
        now.keeps = [tuple(column.split(".")) for column in m.group(1).split(", ")]
        return now
    m = re.match(r"-- unkept (.+)$", line)
    if m:
        now.unkept = m.group(1)
        return now
    m = re.match(r"-- only (%s)$" % "|".join(ENGINES), line)
    if m:
        now.only = m.group(1)
        return now
    if line == "-- planned for its values":
        now.replans = True
        return now
    m = re.match(r"-- (one|many|each|value) ([a-z][a-z0-9_]*)$", line)
    if not m:
        raise Fault("%s: query %s: '%s' is none of '-- in …', '-- one|many|each|value …', '-- only sqlite|postgres', "
                    "'-- planned for its values', '-- keeps …', '-- unkept …'"
                    % (where, now.name, line))
    if m.group(1) == "value" and m.group(2) not in TYPES:
        raise Fault("%s: query %s: a value is i64 or str, not '%s'" % (where, now.name, m.group(2)))
    now.out, now.struct = m.group(1), m.group(2)
    return now


def read_file(path, structs):
    queries, now = [], None
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            where = "%s:%d" % (path, number)
            s = line.strip()
            if s.startswith("--"):
                now = read_header(s, where, now, structs)
                if now and now not in queries:
                    queries.append(now)
            elif s and (not now or now.complete):
                raise Fault("%s: a statement without '-- NAME: …' above it" % where)
            elif s:
                now.text += ("\n" if now.text else "") + line.rstrip()
    for q in queries:
        if not q.complete:
            raise Fault("%s: query %s does not end in ';'" % (q.where, q.name))
        q.text = q.text[:-1]
    return queries


def for_engine(text, engine):
    other = {"sqlite": "postgres", "postgres": "sqlite"}[engine]
    text = re.sub(r"/\*%s: (.*?)\*/" % engine, r" \1", text, flags=re.S)
    return re.sub(r"/\*%s: .*?\*/" % other, "", text, flags=re.S)


def load(folder):
    structs, queries = {}, {}
    for path in sorted(glob.glob(os.path.join(folder, "sql", "*.sql"))):
        for q in read_file(path, structs):
            if q.name in queries:
                raise Fault("%s: query %s stands at %s already" % (q.where, q.name, queries[q.name].where))
            queries[q.name] = q
            q.texts = {e: for_engine(q.text, e) for e in ENGINES if q.only in (None, e)}
    for engine in ENGINES:
        for path in sorted(glob.glob(os.path.join(folder, "sql", engine, "*.sql"))):
            for q in read_file(path, structs):
                if q.name not in queries:
                    raise Fault("%s: %s replaces no query of sql/*.sql" % (q.where, q.name))
                if engine not in queries[q.name].texts:
                    raise Fault("%s: %s stands on %s alone, says %s" % (q.where, q.name, queries[q.name].only, queries[q.name].where))
                if q.signature != queries[q.name].signature:
                    raise Fault("%s: %s takes or gives something else than at %s"
                                % (q.where, q.name, queries[q.name].where))
                queries[q.name].texts[engine] = q.text
                queries[q.name].replans |= q.replans
    return structs, queries


def columns(q, structs):
    """What comes out of a query: (name, type) for each column."""
    if q.out == "exec":
        return []
    if q.struct in TYPES:
        return [("value", q.struct)]
    if q.struct not in structs:
        raise Fault("%s: query %s: no '-- struct %s'" % (q.where, q.name, q.struct))
    return structs[q.struct]


def schema(folder):
    steps = []
    for path in sorted(glob.glob(os.path.join(folder, "sql", "schema", "*.sql"))):
        m = re.match(r"(\d{4})_([a-z0-9_]+)\.sql$", os.path.basename(path))
        if not m:
            raise Fault("%s: a step is named NNNN_name.sql" % path)
        with open(path, encoding="utf-8") as f:
            steps.append((int(m.group(1)), m.group(2), f.read()))
    return steps


def index_schema(folder):
    with open(os.path.join(folder, "sql", "index", "schema.sql"), encoding="utf-8") as f:
        return f.read()


def check_parameters(q):
    for engine, text in q.texts.items():
        used = sorted(set(int(n) for n in re.findall(r"\$(\d+)", text)))
        if used != list(range(1, len(q.ins) + 1)):
            raise Fault("%s: query %s on %s uses the parameters %s; '-- in' names %d"
                        % (q.where, q.name, engine, used, len(q.ins)))


def check_column_types(db):
    """Both engines answer alike for these two; virtual tables (full-text search) and their own tables have no types of ours.
    "integer" is what SQLite wants of a primary key that is the rowid."""
    rows = db.execute("select m.name, c.name, c.type, c.pk from sqlite_master m, pragma_table_info(m.name) c "
                      "where m.type = 'table' and m.sql not like 'create virtual %' and not exists "
                      "(select 1 from sqlite_master v where v.sql like 'create virtual %' and m.name like v.name || '!_%' escape '!')")
    for table, column, kind, is_key in rows:
        if kind.lower() not in ("bigint", "text") and not (is_key and kind.lower() == "integer"):
            raise Fault("schema: %s.%s is '%s'; columns are bigint or text, or an integer primary key" % (table, column, kind.lower()))


def check_kept(q, kept, changes):
    """Whoever changes a column that some query keeps, takes a proof that it was kept, or says why there is no need."""
    at = [c for c in changes if c in kept or c[1] is None and c[0] in {table for table, _ in kept}]
    proven = any(t == KEPT for _, t in q.ins)
    if at and not proven and not q.unkept:
        raise Fault("%s: query %s changes %s, of which days of analytics keep what was: take the id as %s, or say '-- unkept WHY'"
                    % (q.where, q.name, ", ".join("%s.%s" % c if c[1] else c[0] for c in at), KEPT))
    if not at and (proven or q.unkept):
        raise Fault("%s: query %s changes nothing that is kept" % (q.where, q.name))


def watch(db):
    """The columns that statements prepared from now on update, and with None for a column the tables that they delete from."""
    seen = []

    def authorize(action, table, column, *_):
        if action == sqlite3.SQLITE_UPDATE:
            seen.append((table, column))
        elif action == sqlite3.SQLITE_DELETE:
            seen.append((table, None))
        return sqlite3.SQLITE_OK

    db.set_authorizer(authorize)
    return seen


def attach_index(db, schema):
    """The file of words, as src/store/search_file.c attaches it, with the function that it brings."""
    place = "file:index?mode=memory&cache=shared"
    index = sqlite3.connect(place, uri=True)
    index.executescript(schema)
    db.execute("attach ? as search", (place,))
    db.create_function("phrases_fit", 2, lambda table, phrases: 1)
    return index


def build_schema(steps):
    """A SQLite database that every step was run on."""
    db = sqlite3.connect("file::memory:", uri=True, cached_statements=0)
    for _, name, text in steps:
        try:
            db.executescript(for_engine(text, "sqlite"))
        except sqlite3.Error as e:
            raise Fault("schema step %s: %s" % (name, e))
    return db


def schema_image(db, newest):
    """The file a database begins as that need not run the steps; user_version says which was the newest."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "image.db")
        db.execute("vacuum into ?", (path,))
        image = sqlite3.connect(path)
        image.execute("pragma user_version = %d" % newest)
        image.execute("pragma journal_mode = wal")
        image.close()
        with open(path, "rb") as f:
            return f.read()


def check_on_sqlite(db, index, structs, queries):
    """Every query is prepared here as well, so that a misspelt column stops the build."""
    kept = {column for q in queries.values() for column in q.keeps}
    check_column_types(db)
    words = attach_index(db, index)
    seen = watch(db)
    for q in queries.values():
        check_parameters(q)
        if "sqlite" not in q.texts:
            continue
        values = {str(i + 1): "" if t == "str" else 0 for i, (_, t) in enumerate(q.ins)}
        text = re.sub(r"\$(\d+)", r":\1", q.texts["sqlite"])
        want = len(columns(q, structs))
        seen.clear()
        try:
            db.execute("explain " + text, values)
            got = want if q.writes else len(db.execute(text, values).description)
        except sqlite3.Error as e:
            raise Fault("%s: query %s: %s" % (q.where, q.name, e))
        check_kept(q, kept, seen)
        if got != want:
            raise Fault("%s: query %s selects %d columns, its struct has %d" % (q.where, q.name, got, want))
    words.close()


def c_type(q):
    return "int64_t " if q.struct == "i64" else "struct str " if q.struct == "str" else "struct %s " % q.struct


def signature(q):
    args = ["struct db *db", "struct arena *a"] + [ARGUMENTS[t] + n for n, t in q.ins]
    if q.out == "exec":
        args.append("int64_t *changed")
    elif q.out in ("one", "value"):
        args += [c_type(q) + "*out", "bool *found"]
    elif q.out == "many":
        args += [c_type(q) + "**out", "int *n"]
    else:
        args += ["bool (*each)(void *ctx, const %s*row)" % c_type(q), "void *ctx"]
    return "enum err sql_%s(%s)" % (q.name, ", ".join(args))


def make_header(out, structs, queries):
    h = [NOTE, "#ifndef TAUT_GEN_SQL_H\n#define TAUT_GEN_SQL_H\n\n#include \"store/db.h\"\n\n"
         "/* A person, of whom what days of analytics keep is kept: count_keep_member gives it. */\n"
         "struct %s {\n    int64_t id;\n};\n\n/* Rows; texts lie in the arena given to the query. */\n" % KEPT]
    for name, cols in sorted(structs.items()):
        h.append("struct %s {\n%s};\n\n" % (name, "".join("    %s%s;\n" % (TYPES[t], n) for n, t in cols)))
    h.append("enum query {\n%s    QUERIES_N\n};\n\n" % "".join("    QUERY_%s,\n" % n.upper() for n in sorted(queries)))
    for _, q in sorted(queries.items()):
        h.append("/* %s */\n%s;\n" % (q.doc.replace("*/", ""), signature(q)))
    h.append("\n#endif\n")
    write(out, "sql.h", "".join(h))


def reader(name, cols):
    lines = []
    for i, (n, t) in enumerate(cols):
        if t == "i64":
            lines.append("    out->%s = db_col_i64(row, %d);\n" % (n, i))
        else:
            lines.append("    out->%s = arena_dup(a, db_col_str(row, %d));\n" % (n, i))
    unused = "" if any(t == "str" for _, t in cols) else "    (void)a;\n"
    return "static void read_%s(struct arena *a, const struct db_row *row, struct %s *out)\n{\n%s%s}\n\n" % (
        name, name, unused, "".join(lines))


COMMON = """
/* Where rows go. */
struct sink {
    struct arena *arena;
    void *out;      /* one: the struct; many: the array so far */
    size_t bytes;   /* of one element */
    int n, cap;
    bool (*each)(void *ctx, const void *row);
    void *ctx;
};

/* Room for one more element of a growing array. */
static void *sink_next(struct sink *s)
{
    if (s->n == s->cap) {
        int cap = s->cap ? s->cap * 2 : 16;
        char *more = arena_alloc(s->arena, s->bytes * (size_t)cap);
        if (s->n)
            memcpy(more, s->out, s->bytes * (size_t)s->n);
        s->out = more;
        s->cap = cap;
    }
    return (char *)s->out + s->bytes * (size_t)s->n++;
}

static inline void read_i64(struct arena *a, const struct db_row *row, int64_t *out)
{
    (void)a;
    *out = db_col_i64(row, 0);
}

static inline void read_str(struct arena *a, const struct db_row *row, struct str *out)
{
    *out = arena_dup(a, db_col_str(row, 0));
}

"""


def row_functions(name, kinds):
    t = {"i64": "int64_t", "str": "struct str"}.get(name, "struct " + name)
    text = ""
    if "one" in kinds:
        text += ("static bool one_%s(void *ctx, const struct db_row *row)\n{\n    struct sink *s = ctx;\n\n"
                 "    read_%s(s->arena, row, (%s *)s->out);\n    s->n = 1;\n    return false;\n}\n\n" % (name, name, t))
    if "many" in kinds:
        text += ("static bool many_%s(void *ctx, const struct db_row *row)\n{\n    struct sink *s = ctx;\n\n"
                 "    read_%s(s->arena, row, (%s *)sink_next(s));\n    return true;\n}\n\n" % (name, name, t))
    if "each" in kinds:
        text += ("static bool each_%s(void *ctx, const struct db_row *row)\n{\n    struct sink *s = ctx;\n    %s value;\n\n"
                 "    read_%s(s->arena, row, &value);\n    return s->each(s->ctx, &value);\n}\n\n" % (name, t, name))
    return text


def body(q):
    ins = ", ".join({"i64": "DB_I64(%s)", "str": "DB_STR(%s)", KEPT: "DB_I64(%s.id)"}[t] % n for n, t in q.ins)
    n = len(q.ins)
    pre = "    const struct db_value in[] = {%s};\n" % ins if n else ""
    args = "in, %d" % n if n else "NULL, 0"
    call = "db_run(db, QUERY_%s, %s, " % (q.name.upper(), args)
    if q.out == "exec":
        return pre + "\n    (void)a;\n    return %sNULL, NULL, changed);\n" % call
    t = {"i64": "int64_t", "str": "struct str"}.get(q.struct, "struct " + q.struct)
    if q.out in ("one", "value"):
        return (pre + "    struct sink s = {.arena = a, .out = out};\n    enum err e = %sone_%s, &s, NULL);\n\n"
                "    *found = s.n > 0;\n    if (!*found)\n        memset(out, 0, sizeof(*out));\n    return e;\n" % (call, q.struct))
    if q.out == "many":
        return (pre + "    struct sink s = {.arena = a, .bytes = sizeof(%s)};\n    enum err e = %smany_%s, &s, NULL);\n\n"
                "    *out = s.out;\n    *n = s.n;\n    return e;\n" % (t, call, q.struct))
    return (pre + "    struct sink s = {.arena = a, .each = (bool (*)(void *, const void *))each, .ctx = ctx};\n\n"
            "    return %seach_%s, &s, NULL);\n" % (call, q.struct))


def make_source(out, structs, queries, steps, index):
    kinds = {}
    for q in queries.values():
        if q.out != "exec":
            kinds.setdefault(q.struct, set()).add("one" if q.out == "value" else q.out)
    c = [NOTE, '#include "sql.h"\n\n#include "store/migrate.h"\n#include "store/search_file.h"\n', COMMON]
    for name in sorted(kinds):
        if name not in TYPES:
            c.append(reader(name, structs[name]))
        c.append(row_functions(name, kinds[name]))
    for _, q in sorted(queries.items()):
        c.append("%s\n{\n%s}\n\n" % (signature(q), body(q)))
    c.append("const struct db_query db_queries[] = {\n")
    for _, q in sorted(queries.items()):
        c.append("    {%s,\n     {%s,\n      %s},\n     %d, %d, %s, %s},\n" % (
            c_text(q.name), *(c_text(q.texts[e]) if e in q.texts else "NULL" for e in ENGINES), len(q.ins), len(columns(q, structs)),
            *("true" if b else "false" for b in (q.writes, q.replans))))
    c.append("};\nconst int db_queries_n = QUERIES_N;\n\nconst struct schema_step schema_steps[] = {\n")
    for number, name, text in steps:
        c.append("    {%d, %s, {%s, %s}},\n" % (number, c_text(name), c_text(for_engine(text, "sqlite")),
                                               c_text(for_engine(text, "postgres"))))
    c.append("};\nconst int schema_steps_n = %d;\n" % len(steps))
    c.append("\nconst char search_file_schema[] = %s;\nconst int search_file_version = %d;\n" % (c_text(index), zlib.crc32(index.encode()) & 0x7fffffff))
    write(out, "sql.c", "".join(c))


def make_image(out, image):
    packed = zlib.compress(image, 9)
    lines = [", ".join(str(b) for b in packed[i:i + 32]) for i in range(0, len(packed), 32)]
    write(out, "schema_image.c", NOTE + '#include "store/schema_image.h"\n\nstatic const unsigned char packed[] = {\n    %s};\n'
          "const struct schema_image schema_image = {packed, sizeof packed, %d};\n" % (",\n    ".join(lines), len(image)))


def make(cat, out):
    structs, queries = load(cat.folder)
    steps = schema(cat.folder)
    for q in queries.values():
        columns(q, structs)
    index = index_schema(cat.folder)
    db = build_schema(steps)
    image = schema_image(db, steps[-1][0])
    check_on_sqlite(db, index, structs, queries)
    make_header(out, structs, queries)
    make_source(out, structs, queries, steps, index)
    make_image(out, image)
