#!/usr/bin/env python3
"""The generator: mistakes of the catalogue are told with file and key; what did not change is not written again."""
import copy
import os
import shutil
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tools", "gen"))

import gen  # noqa: E402
import sql  # noqa: E402
import subscriptions  # noqa: E402
from catalogue import Catalogue, Fault  # noqa: E402
from check import Check  # noqa: E402

FOLDER = os.path.join(ROOT, "catalogue")
CATALOGUE = Catalogue(FOLDER)


def set_at(obj, path, value):
    """obj["a"]["b"] = value for path ("a", "b"); a value of None takes the key away."""
    for key in path[:-1]:
        obj = obj[key]
    if value is None:
        del obj[path[-1]]
    else:
        obj[path[-1]] = value


class Checks(unittest.TestCase):
    """One change each, and words that the message must hold."""

    def refuses(self, table, path, value, *words):
        cat = copy.deepcopy(CATALOGUE)
        set_at(getattr(cat, table), path, value)
        with self.assertRaises(Fault) as caught:
            Check(cat).everything()
        for word in words:
            self.assertIn(word, str(caught.exception))

    def method(self, name, path, value, *words):
        self.refuses("methods", (name,) + path, value, "methods/%s.json" % name, *words)

    def test_the_catalogue_is_right(self):
        Check(copy.deepcopy(CATALOGUE)).everything()

    def test_unknown_key(self):
        self.method("pins.add", ("sumary",), "x", "unknown key 'sumary'")
        self.method("pins.add", ("args", 0, "maximum"), 3, "argument channel", "unknown key 'maximum'")
        self.refuses("errors", ("no_pin", "status"), 200, "errors.json: no_pin", "'status'")

    def test_missing_key(self):
        self.method("pins.add", ("gate",), None, "no 'gate'")
        self.method("pins.add", ("args", 0, "doc"), None, "argument channel", "no 'doc'")

    def test_type_of_a_value(self):
        self.method("pins.add", ("args", 0, "required"), "yes", "required: must be bool")
        self.refuses("rates", ("tier1", "per_minute"), True, "rates.json: tier1", "must be int")

    def test_names_that_stand_nowhere(self):
        self.method("pins.add", ("errors", 0), "already_pined", "error 'already_pined' is not in errors.json")
        self.method("pins.add", ("scopes", "user"), ["pins:wrote"], "scope 'pins:wrote' is not in scopes.json")
        self.method("pins.add", ("rate",), "tier9", "rate 'tier9' is not in rates.json")
        self.method("pins.add", ("events",), ["pin_aded"], "event 'pin_aded' is not in events/")
        self.method("pins.add", ("gate", "verb"), "channel.pinn", "verb 'channel.pinn' is not in gates.json")
        self.method("pins.add", ("gate", "arg"), "timestamp", "gate: arg 'timestamp'")
        self.refuses("objects", ("reaction_item", "fields", 2, "type"), "object:mesage", "objects/reaction_item.json", "'mesage'")

    def test_gate_answers_what_errors_list(self):
        self.method("pins.add", ("errors",), [e for e in CATALOGUE.methods["pins.add"]["errors"] if e != "channel_not_found"],
                    "'channel_not_found'")
        self.refuses("gates", ("workspace.see", "guests"), "deny", "'user_is_restricted' or 'restricted_action'")

    def test_gate_without_reason(self):
        self.method("api.test", ("gate", "why"), None, "says why")

    def test_asks_on_the_write_lane(self):
        self.method("pins.list", ("asks",), True, "asks", "'write'")

    def test_argument_answers_what_errors_list(self):
        self.method("pins.add", ("args", 0, "missing"), "no_user", "missing 'no_user' is not among the method's errors")

    def test_errors_and_never(self):
        self.method("pins.add", ("never", "not_pinnable"), "x", "'not_pinnable' stands in errors and in never")

    def test_pages(self):
        self.method("users.list", ("limit_max",), None, "needs 'limit_max'")

    def test_handler_of_another(self):
        self.method("im.open", ("handler",), "im.close", "handler 'im.close'")
        self.method("im.open", ("handler",), "no.method", "handler 'no.method'")
        self.method("im.open", ("args", 0, "field"), "persons", "conversations.open has no field 'persons'")
        self.method("im.open", ("args", 0, "type"), "user", "no field 'users' of type user")
        self.method("mpim.open", ("set", "return_mpim"), True, "set: conversations.open has no field 'return_mpim'")
        self.method("im.open", ("lane",), "read", "lane 'read'")
        self.method("pins.add", ("set",), {"file": "x"}, "handler of another")
        self.method("groups.archive", ("gate", "kinds"), ["secret"], "'secret'")

    def test_error_nobody_lists(self):
        self.refuses("errors", ("out_of_coffee",), {"doc": "none left"}, "errors.json: out_of_coffee", "no method")

    def test_setting_default(self):
        self.refuses("settings", ("log_level", "default"), "loud", "settings.json: log_level", "'loud'")

    def test_fields(self):
        self.refuses("objects", ("edited", "fields", 0, "when"), "sometimes", "edited.json: field user", "'sometimes'")
        self.refuses("objects", ("edited", "fields", 0, "name"), "ts", "'ts' stands there twice")
        self.refuses("events", ("pin_added", "to"), "everybody", "events/pin_added.json", "'everybody'")


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def copy(self):
        shutil.copytree(FOLDER, os.path.join(self.folder, "catalogue"))
        return os.path.join(self.folder, "catalogue")

    def edit(self, *parts, old, new):
        path = os.path.join(*parts)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))

    def test_key_twice(self):
        folder = self.copy()
        self.edit(folder, "rates.json", old='"tier2"', new='"tier1"')
        with self.assertRaisesRegex(Fault, "rates.json: key 'tier1' stands there twice"):
            Catalogue(folder)

    def test_subscription_without_scope(self):
        folder = self.copy()
        self.edit(folder, "subscriptions.json", old='"users:read"', new='"users:sing"')
        with self.assertRaisesRegex(Fault, "subscriptions.json: .*: there is no scope 'users:sing'"):
            subscriptions.make(Catalogue(folder), self.folder)

    def test_like(self):
        folder = self.copy()
        fields = {f["name"]: f for f in Catalogue(folder).objects["conversation_opened"]["fields"]}
        self.assertEqual(fields["id"].get("when", "always"), "always")
        self.assertEqual(fields["is_im"]["when"], "maybe")
        self.edit(folder, "objects", "conversation_opened.json", old='["id"]', new='["idd"]')
        with self.assertRaisesRegex(Fault, "always 'idd' is no field of 'conversation'"):
            Catalogue(folder)

    def test_unchanged_files_are_left_alone(self):
        folder, out = self.copy(), os.path.join(self.folder, "out")
        gen.make_all(Catalogue(folder), out)
        for name in os.listdir(out):
            os.utime(os.path.join(out, name), (1, 1))
        self.edit(folder, "errors.json", old='"doc": "', new='"doc": "Now: ')
        gen.make_all(Catalogue(folder), out)
        changed = [n for n in os.listdir(out) if os.stat(os.path.join(out, n)).st_mtime != 1]
        self.assertEqual(changed, ["err.h"])


class Queries(unittest.TestCase):
    def read(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as f:
            f.write(text)
        self.addCleanup(os.unlink, f.name)
        structs = {}
        return sql.read_file(f.name, structs), structs

    def refuses(self, text, words):
        with self.assertRaisesRegex(Fault, words):
            self.read(text)

    def test_forms(self):
        queries, structs = self.read("-- Things.\n\n-- struct thing: id i64, name str\n\n-- thing_get: one thing.\n-- in id i64\n"
                                     "-- one thing\nselect id, name\nfrom thing where id = $1;\n\n-- A comment.\n\n"
                                     "-- thing_drop: gone.\n-- in id i64\ndelete from thing where id = $1;\n")
        self.assertEqual(structs, {"thing": [("id", "i64"), ("name", "str")]})
        self.assertEqual([(q.name, q.out, q.struct, q.writes) for q in queries],
                         [("thing_get", "one", "thing", False), ("thing_drop", "exec", None, True)])
        self.assertEqual(queries[0].text, "select id, name\nfrom thing where id = $1")

    def test_faults_name_the_line(self):
        self.refuses("-- a: b\n-- In id i64\nselect 1;\n", r":2: query a: .*none of '-- in")
        self.refuses("-- a: b\n-- in id int\nselect 1;\n", r":2: 'id int' is not NAME i64 or NAME str or NAME kept_member")
        self.refuses("-- struct a: id kept_member\n", r":1: 'id kept_member' is not NAME i64 or NAME str")
        self.refuses("-- a: b\n-- value thing\nselect 1;\n", ":2: query a: a value is i64 or str")
        self.refuses("select 1;\n", ":1: a statement without")
        self.refuses("-- a: b\nselect 1;\nselect 2;\n", ":3: a statement without")
        self.refuses("-- a: b\nselect 1\n", ":1: query a does not end")

    def test_engines(self):
        text = "a/*sqlite: without rowid*//*postgres: using heap*/;"
        self.assertEqual(sql.for_engine(text, "sqlite"), "a without rowid;")
        self.assertEqual(sql.for_engine(text, "postgres"), "a using heap;")

    def prepare(self, text):
        queries, structs = self.read(text)
        for q in queries:
            q.texts = {e: q.text for e in ("sqlite", "postgres")}
        db = sql.build_schema([(1, "start", "create table thing (id bigint primary key, name text);")])
        sql.check_on_sqlite(db, "", structs, {q.name: q for q in queries})

    def test_prepared_on_sqlite(self):
        head = "-- struct thing: id i64, name str\n-- thing_get: x\n-- in id i64\n-- one thing\n"
        self.prepare(head + "select id, name from thing where id = $1;\n")
        for text, words in (("select id, nam from thing where id = $1;", "thing_get: no such column: nam"),
                            ("select id from thing where id = $1;", "selects 1 columns, its struct has 2"),
                            ("select id, name from thing where id = $2;", r"uses the parameters \[2\]")):
            with self.assertRaisesRegex(Fault, words):
                self.prepare(head + text + "\n")

    def load(self, **files):
        """files: what stands in sql/a.sql, and in the folders of the engines."""
        with tempfile.TemporaryDirectory() as folder:
            for place, text in files.items():
                path = os.path.join(folder, "sql", "" if place == "both" else place, "a.sql")
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            return sql.load(folder)[1]

    def test_query_of_one_engine(self):
        text = "-- a: x\n%s-- in id i64\nupdate thing set id = $1;\n"
        self.assertEqual(set(self.load(both=text % "")["a"].texts), {"sqlite", "postgres"})
        self.assertEqual(set(self.load(both=text % "-- only sqlite\n")["a"].texts), {"sqlite"})
        with self.assertRaisesRegex(Fault, "a stands on sqlite alone"):
            self.load(both=text % "-- only sqlite\n", postgres=text % "")

    def test_what_is_kept(self):
        keep = "-- keep: x\n-- keeps thing.name\n-- in id i64\ninsert into thing (id) values ($1);\n"
        rename, drop, number = "update thing set name = '' where id = $1;\n", "delete from thing where id = $1;\n", "update thing set id = $1;\n"
        for change in (rename, drop):
            self.prepare(keep + "-- a: x\n-- in id kept_member\n" + change)
            self.prepare(keep + "-- a: x\n-- unkept there is no need\n-- in id i64\n" + change)
            with self.assertRaisesRegex(Fault, "query a changes thing.*take the id as kept_member"):
                self.prepare(keep + "-- a: x\n-- in id i64\n" + change)
        self.prepare(keep + "-- a: x\n-- in id i64\n" + number)
        for more in ("-- in id kept_member\n", "-- unkept there is no need\n-- in id i64\n"):
            with self.assertRaisesRegex(Fault, "query a changes nothing that is kept"):
                self.prepare(keep + "-- a: x\n" + more + number)
        upsert = "insert into thing (id, name) values ($1, '') on conflict (id) do update set name = '';\n"
        with self.assertRaisesRegex(Fault, "take the id as kept_member"):
            self.prepare(keep + "-- a: x\n-- in id i64\n" + upsert)

    def test_column_types(self):
        with self.assertRaisesRegex(Fault, "thing.at is 'real'"):
            sql.check_on_sqlite(sql.build_schema([(1, "start", "create table thing (at real);")]), "", {}, {})

    def test_misspelt_step(self):
        with self.assertRaisesRegex(Fault, "schema step start: "):
            sql.build_schema([(1, "start", "create tabel thing (id bigint);")])


if __name__ == "__main__":
    unittest.main()
