"""Which rows does a post write?  Looks at what posts change in the server's database and makes a plan of it.

The plan (its format stands in bare_commit.c) writes the same rows with the same widths: what stayed the same between
two posts is a literal, what changed is a parameter.  So the bare program is always measured on what the server really
writes, whatever the schema becomes.
"""

import re
import sqlite3

TIME_US_MIN = 10**15  # larger integers are times or message timestamps

# What counting writes some time after a post, a row for hundreds of them: the bare program is spared it.
LATER = ("channel_day", "member_day", "member_active", "count_mark")


class RowsError(Exception):
    pass


def snapshot(path):
    """{table: (key columns, columns, {key: row})} of a database that the server may have open."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = {}
    for (name,) in db.execute("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"):
        if name in LATER:
            continue
        info = db.execute(f'pragma table_info("{name}")').fetchall()
        columns = [c[1] for c in info]
        key = [c[1] for c in sorted((c for c in info if c[5]), key=lambda c: c[5])] or columns
        at = [columns.index(k) for k in key]
        rows = {tuple(r[i] for i in at): r for r in db.execute(f'select * from "{name}"')}
        tables[name] = (key, columns, rows)
    db.close()
    return tables


def difference(before, after):
    """(inserted, updated): [(table, key, columns, row)], [(table, key columns, key, {column: new value})]."""
    inserted, updated = [], []
    for table, (key_columns, columns, rows) in sorted(after.items()):
        old = before[table][2]
        for key in sorted(rows.keys() - old.keys()):
            inserted.append((table, key, columns, rows[key]))
        for key in sorted(rows.keys() & old.keys()):
            changed = {c: n for c, o, n in zip(columns, old[key], rows[key]) if o != n}
            if changed:
                updated.append((table, key_columns, key, changed))
        if old.keys() - rows.keys():
            raise RowsError(f"a post deletes rows of {table}; the plan knows inserts and updates only")
    return inserted, updated


def shape(before, after):
    """Which tables and columns a change touches, whatever the values."""
    inserted, updated = difference(before, after)
    return [i[0] for i in inserted], [(u[0], sorted(u[3])) for u in updated]


def _literal(value):
    if isinstance(value, int):
        return str(value)
    if re.search(r"[\t\n]", value):
        raise RowsError("a constant text with a tab or line end does not fit into a plan")
    return "'" + value.replace("'", "''") + "'"


def _text_parameter(one, two, seqs):
    """seqs: the numbers the two posts carried, as they stand in their texts."""
    if one.replace(*seqs) == two and not re.search(r"[\t\n]", two):
        prefix, suffix = two.split(seqs[1], 1)
        return f"seq\t{prefix}\t{suffix}"
    return f"hex\t{len(two)}"


class _Statement:
    """Collects the values of one statement; says `literal` or `?N` for each."""

    def __init__(self, seqs, int_parameter):
        self.seqs, self.int_parameter = seqs, int_parameter
        self.parameters = []

    def value(self, one, two):
        if one == two:
            return _literal(two)
        if isinstance(two, int):
            self.parameters.append("int\t%d\t%d" % self.int_parameter(one, two))
        else:
            self.parameters.append(_text_parameter(one, two, self.seqs))
        return f"?{len(self.parameters)}"

    def lines(self, sql):
        return [f"sql\t{sql}"] + self.parameters


def _inserts(first, second, seqs, int_parameter):
    lines = []
    for (table, _, columns, one), (_, _, _, two) in zip(first, second):
        s = _Statement(seqs, int_parameter)
        values = ", ".join(s.value(a, b) for a, b in zip(one, two))
        lines += s.lines(f"insert into {table} ({', '.join(columns)}) values ({values})")
    return lines


def _index(first, second, seqs, int_parameter):
    """The words of the message of each post, as the indexer puts them, or nearly, into the file beside the database."""
    s = _Statement(seqs, int_parameter)
    rows = [{table: dict(zip(columns, row)) for table, _, columns, row in post} for post in (first, second)]
    if any("search_doc" not in post or "message" not in post for post in rows):
        raise RowsError("a post adds no message for the index")
    one, two = rows
    rowid = s.value(one["search_doc"]["id"], two["search_doc"]["id"])
    words = s.value(one["message"]["text"], two["message"]["text"])
    return s.lines(f"insert into message_fts (rowid, words, tags) values ({rowid}, {words}, 'vp1 vc2 vu3')")


def _updates(first, second, seqs, int_parameter):
    lines = []
    for (table, key_columns, key, one), (_, _, key_two, two) in zip(first, second):
        if key != key_two:
            raise RowsError(f"two posts update different rows of {table}")
        s = _Statement(seqs, int_parameter)
        sets = ", ".join(f"{c} = {s.value(one[c], two[c])}" for c in one)
        where = " and ".join(f"{c} = {_literal(k)}" for c, k in zip(key_columns, key))
        lines += s.lines(f"update {table} set {sets} where {where}")
    return lines


def _matched(snapshots):
    """The changes of two posts, made sure to be of one shape."""
    one, two = difference(*snapshots[:2]), difference(*snapshots[1:])
    if shape(*snapshots[:2]) != shape(*snapshots[1:]):
        raise RowsError(f"two posts write different rows: {one} and {two}")
    if not two[0]:
        raise RowsError("a post wrote no row: is the database the one the server uses?")
    return one, two


def commit_plan(snapshots, seqs):
    """Text of the plan that goes on where the last of three snapshots (two posts between them) ended."""
    def after(one, two):
        step = two - one if two > one else 1
        return max(one, two) + step, step

    one, two = _matched(snapshots)
    return "\n".join(_inserts(one[0], two[0], seqs, after) + _updates(one[1], two[1], seqs, after) +
                     _index(one[0], two[0], seqs, after)) + "\n"


def fill_plan(snapshots, seqs, first_us, step_us):
    """Text of a plan that inserts messages from first_us on, one each step_us."""
    def before(one, two):
        if two >= TIME_US_MIN:
            return first_us, step_us
        return max(one, two) + 1, 1

    one, two = _matched(snapshots)
    return "\n".join(_inserts(one[0], two[0], seqs, before)) + "\n"


def describe(plan):
    """What a plan writes, for people: [statement without its values]."""
    statements = [line[4:] for line in plan.splitlines() if line.startswith("sql\t")]
    return [re.sub(r" \(.*", "", s) if s.startswith("insert") else re.sub(r"'[^']*'|\b\d+\b|\?\d+", "…", s)
            for s in statements]
