#!/usr/bin/env python3
"""Bad input from outside: too long, too deep, tampered with, written backwards.  The documented error, and nothing stored.

    tests/system/bad.py [BUILD]
"""
import base64
import json
import urllib.parse

from foreign import Site, database, snapshot
from harness import FIXTURE, FORM, Dev, check, finish

ALICE, OTHER = "xoxp-0-alice", "xoxp-0-other-ws-admin"
DEEP = 10000
JSON = "application/json; charset=utf-8"


def refused(site, path, what, wanted, answer, before):
    check("%s: %s" % (what, wanted), answer.get("error") in wanted.split(), answer)
    check("%s writes nothing" % what, snapshot(path) == before)


def test_long(site):
    for size in (100_000, 900_000):
        for query in ("x" * size, "word " * (size // 5), '"' * (size // 2), "-a " * (size // 3), "from:@x " * (size // 8), "語" * (size // 6)):
            answer = site.call("search.messages", ALICE, query=query)
            check("a search query of %d bytes" % size, answer["ok"] and answer["messages"]["total"] == 0 or answer.get("error") == "no_query",
                  (query[:10], str(answer)[:200]))
    answer = site.raw("search.messages", ALICE, "query=" + "x" * (1 << 20), FORM)
    check("a body over max_body", answer[0] == 413, answer)


def test_deep(site, path, channel):
    before = snapshot(path)
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        deep = opening * DEEP + ("1" if opening != "[" else "") + closing * DEEP
        refused(site, path, "a body %d deep" % DEEP, "invalid_json json_not_object", site.raw("chat.postMessage", ALICE, deep, JSON)[1], before)
        for name, wanted in (("blocks", "invalid_blocks_format invalid_blocks"), ("attachments", "invalid_attachments"),
                             ("metadata", "invalid_metadata_format")):
            refused(site, path, "%s %d deep" % (name, DEEP), wanted, site.call("chat.postMessage", ALICE, channel=channel, text="x",
                                                                              **{name: deep}), before)
        refused(site, path, "a profile %d deep" % DEEP, "invalid_profile", site.call("users.profile.set", ALICE, profile=deep), before)


def tampered(cursor):
    """The cursor with one character, or what it stands for, changed; cut; and of nothing at all."""
    for i in range(0, len(cursor), 3):
        yield cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1:]
    yield cursor[:-4]
    yield cursor + "AAAA"
    text = base64.b64decode(cursor)
    for old in (b"0", b"1", b"7", b":"):
        yield base64.b64encode(text.replace(old, b"9")).decode()
    for text in (b"", b"\0" * 40, b"-1:-1:-1:", b"9" * 60, b"next:9223372036854775808:0"):
        yield base64.b64encode(text).decode() + "="
    yield "../" * 20
    yield "%00"


def meaning(cursor):
    try:
        return base64.b64decode(cursor).strip()  # blanks fill it up
    except ValueError:
        return None


def test_cursors(site, channel):
    cursor = site.must("conversations.history", ALICE, channel=channel, limit=1)["response_metadata"]["next_cursor"]
    other = site.must("conversations.create", ALICE, name="elsewhere")["channel"]["id"]
    for method, token, args in (("conversations.history", ALICE, {"channel": other}), ("users.list", ALICE, {"limit": 1}),
                                ("conversations.members", ALICE, {"channel": channel}), ("conversations.list", OTHER, {"limit": 1})):
        answer = site.call(method, token, cursor=cursor, **args)
        check("a cursor of elsewhere in %s" % method, answer.get("error") == "invalid_cursor", answer)
    for method, args in (("conversations.history", {"channel": channel}), ("conversations.list", {}), ("users.list", {}),
                         ("users.conversations", {}), ("conversations.members", {"channel": channel}), ("admin.emoji.list", {})):
        cursor = site.must(method, ALICE, limit=1, **args)["response_metadata"]["next_cursor"]
        for bad in tampered(cursor):
            if meaning(bad) == meaning(cursor):  # its last character has bits that stand for nothing
                continue
            answer = site.call(method, ALICE, cursor=bad, limit=1, **args)
            check("%s with the cursor %r" % (method, bad), answer.get("error") == "invalid_cursor", str(answer)[:200])


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for v in (value.values() if isinstance(value, dict) else value):
            yield from strings(v)


def test_names(site, channel):
    """NUL never comes back; text that turns writing around is no name; dots lead nowhere."""
    names = ("nul\0name", "\u202egnp.exe", "..", "../../etc/passwd", "a/b", "\u2066x\u2069", "\ufeffx", "\ud800x", "", " ", ".")
    for name in names:
        for method, args in (("conversations.create", {"name": name}), ("conversations.rename", {"channel": channel, "name": name}),
                             ("usergroups.create", {"name": "g" + str(names.index(name)), "handle": name}),
                             ("admin.emoji.addAlias", {"name": name, "alias_for": "rocket"}),
                             ("users.profile.set", {"name": "display_name", "value": name}),
                             ("conversations.setTopic", {"channel": channel, "topic": name}),
                             ("reactions.add", {"channel": channel, "timestamp": "1.000001", "name": name}),
                             ("files.upload", {"content": "x", "filename": name}),
                             ("reminders.add", {"text": "x" + name, "time": "in 1 hour"}),
                             ("chat.postMessage", {"channel": channel, "text": "x" + name, "username": name})):
            answer = site.call(method, ALICE, **args)
            check("%s %r" % (method, name), answer["ok"] or answer["error"] not in ("internal_error", "fatal_error", "service_unavailable"), answer)
            check("%s %r holds no NUL" % (method, name), not any("\0" in s for s in strings(answer)), answer)
            if method in ("conversations.create", "conversations.rename") and answer["ok"]:
                made = answer["channel"]["name"]
                check("%s %r is no channel name" % (method, name), "/" not in made and "\u202e" not in made and made.strip(". "), made)
            if method == "files.upload" and answer["ok"]:
                made = answer["file"]["name"]
                check("a file %r" % name, made not in ("", ".", "..") and "/" not in made and "\u202e" not in made, made)


def test_types(site, path, channel):
    before = snapshot(path)
    form, body = urllib.parse.urlencode({"channel": channel, "text": "x"}), json.dumps({"channel": channel, "text": "x"})
    for kind, data, wanted in ((JSON, form, "invalid_json"), (FORM, body, "channel_not_found invalid_arguments invalid_form_data invalid_arg_name"),
                               ("application/xml", "<x/>", "invalid_post_type"),
                               ("multipart/form-data", form, "invalid_form_data missing_boundary"), ("application/json; charset=utf-16", body, "invalid_charset"),
                               (JSON, "\ufeff\0", "invalid_json"), (JSON, "[]", "json_not_object"), (JSON, '{"channel":{"a":1}}', "invalid_array_arg")):
        refused(site, path, "%s as %s" % (data[:12], kind), wanted, site.raw("chat.postMessage", ALICE, data, kind)[1], before)


def main():
    with Dev(seed=FIXTURE) as server:
        site, path = Site(server.url), database(server)
        channel = site.must("conversations.create", ALICE, name="bad")["channel"]["id"]
        for i in range(3):
            site.must("chat.postMessage", ALICE, channel=channel, text="message %d" % i)
        site.must("conversations.invite", ALICE, channel=channel, users=site.must("auth.test", "xoxp-0-bob")["user_id"])
        test_long(site)
        test_deep(site, path, channel)
        test_cursors(site, channel)
        test_names(site, channel)
        test_types(site, path, channel)


if __name__ == "__main__":
    main()
    finish()
