#!/usr/bin/env python3
"""The access log from outside: it is on disk within seconds, and databases in MaxMind's format tell where addresses are.

    tests/system/accesses.py [BUILD]
"""
import contextlib
import ipaddress
import os
import re
import signal
import sqlite3
import tempfile

from harness import LISTEN, Dev, Serve, check, finish, run, until

AGENTS = 1500


# --- writing the format: https://maxmind.github.io/MaxMind-DB/ ------------------------------------------------------

UINT16, UINT32, MAP, UINT64, ARRAY, STRING = 5, 6, 7, 9, 11, 2
NUMBERS = {"build_epoch": UINT64, "node_count": UINT32, "autonomous_system_number": UINT32}  # the others are UINT16


def control(kind, size):
    """What stands before a value: its type and size."""
    short, more = (29, bytes([size - 29])) if size >= 29 else (size, b"")
    return (bytes([kind << 5 | short]) if kind <= 7 else bytes([short, kind - 7])) + more


def field(value, key=""):
    """One value of the data section."""
    if isinstance(value, str):
        return control(STRING, len(value.encode())) + value.encode()
    if isinstance(value, int):
        data = value.to_bytes(8, "big").lstrip(b"\0")
        return control(NUMBERS.get(key, UINT16), len(data)) + data
    if isinstance(value, list):
        return control(ARRAY, len(value)) + b"".join(map(field, value))
    return control(MAP, len(value)) + b"".join(field(k) + field(v, k) for k, v in value.items())


def mmdb(path, kind, networks):
    """A database that knows these networks: {"192.0.2.0/24": {…}}."""
    nodes, data = [[None, None]], b""
    for network, what in networks.items():
        network = ipaddress.ip_network(network)
        six = network.version == 6
        bits = int(network.network_address)
        depth = network.prefixlen if six else 96 + network.prefixlen
        at = 0
        for level in range(depth):
            bit = bits >> (127 - level) & 1
            if level == depth - 1:
                nodes[at][bit] = ("data", len(data))
            elif nodes[at][bit] is None:
                nodes.append([None, None])
                nodes[at][bit] = len(nodes) - 1
            at = nodes[at][bit]
        data += field(what)

    def record(x):
        return (len(nodes) if x is None else len(nodes) + 16 + x[1] if isinstance(x, tuple) else x).to_bytes(3, "big")
    meta = {"binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1, "database_type": kind,
            "description": {"en": "of a test"}, "ip_version": 6, "languages": ["en"], "node_count": len(nodes), "record_size": 24}
    with open(path, "wb") as f:
        f.write(b"".join(record(a) + record(b) for a, b in nodes) + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + field(meta))


# --- asking ---------------------------------------------------------------------------------------------------------

def call(server, token, method, agent="tests", address=None, **args):
    headers = {"User-Agent": agent, **({"X-Forwarded-For": address} if address else {})}
    return server.call(method, token, headers=headers, **args)


def place_of(server, address):
    rows = call(server, server.token, "team.accessLogs", address="203.0.113.9")["logins"]
    return next(r["country"] for r in rows if r["ip"] == address)


def test_places():
    with tempfile.TemporaryDirectory() as d:
        city, isp, broken = (os.path.join(d, n) for n in ("city.mmdb", "isp.mmdb", "broken.mmdb"))
        mmdb(city, "Test-City", {
            "192.0.2.0/24": {"country": {"iso_code": "US"}, "subdivisions": [{"iso_code": "CA"}]},
            "2001:db8::/32": {"country": {"iso_code": "JP"}, "subdivisions": [{"names": {"en": "Tokyo"}}]},
            "198.51.100.0/25": {"registered_country": {"iso_code": "DE"}, "country": {"names": {"en": "?"}}}})
        mmdb(isp, "Test-ASN", {"192.0.2.0/25": {"autonomous_system_number": 64496, "autonomous_system_organization": "Example Net"},
                               "198.51.100.0/24": {"isp": "Example Cable", "autonomous_system_organization": "Other"}})
        with open(broken, "wb") as f:
            f.write(b"no database at all")
        with Dev("--geoip-database", city + ", " + isp, "--trusted-proxies", "127.0.0.1") as server:
            wanted = {"192.0.2.7": ("US", "CA", "Example Net"), "192.0.2.200": ("US", "CA", None),
                      "2001:db8::7": ("JP", "Tokyo", None), "198.51.100.1": ("DE", None, "Example Cable"),
                      "198.51.100.200": (None, None, "Example Cable"), "203.0.113.1": (None, None, None)}
            for address in wanted:
                me = call(server, server.env["TAUT_USER2_TOKEN"], "auth.test", address=address)["user"]
            rows = call(server, server.token, "team.accessLogs", address="203.0.113.9")["logins"]
            seen = {r["ip"]: (r["country"], r["region"], r["isp"]) for r in rows if r["username"] == me}
            check("places of addresses", seen == wanted, rows)
        for what, words in ((broken, "broken.mmdb"), (city + "," + os.path.join(d, "none"), "none")):
            r = run("check", "--data-dir", d, "--geoip-database", what)
            check("taut check says what is wrong with " + words, r.returncode == 1 and re.search("WRONG +geoip.*" + words, r.stdout), r.stdout)
            r = run("dev", *LISTEN, "--geoip-database", what)
            check("taut does not start with " + words, r.returncode != 0 and words in r.stderr, r.stderr)


def test_reload():
    """A database that takes the old one's place is asked after SIGHUP; one that cannot be read is not."""
    with tempfile.TemporaryDirectory() as d:
        path, newer, address = os.path.join(d, "city.mmdb"), os.path.join(d, "newer"), "192.0.2.7"
        mmdb(path, "Test-City", {"192.0.2.0/24": {"country": {"iso_code": "US"}}})
        with Dev("--geoip-database", path, "--trusted-proxies", "127.0.0.1") as server:
            call(server, server.env["TAUT_USER2_TOKEN"], "auth.test", address=address)
            mmdb(newer, "Test-City", {"192.0.2.0/24": {"country": {"iso_code": "FR"}}})
            os.rename(newer, path)
            check("not before it is told", place_of(server, address) == "US")
            server.process.send_signal(signal.SIGHUP)
            until("the new database is asked", lambda: place_of(server, address) == "FR")
            with open(newer, "wb") as f:
                f.write(b"no database at all")
            os.rename(newer, path)
            server.process.send_signal(signal.SIGHUP)
            until("a broken one is told", lambda: server.logged("not_reloaded"))
            check("with its name", path in server.logged("not_reloaded")[0], server.logged("not_reloaded"))
            check("and the old one is asked still", place_of(server, address) == "FR")


def test_store():
    """What was counted comes to disk by itself, all of it, and is there after kill -9."""
    def count(server, what):
        with contextlib.closing(sqlite3.connect("file:%s/taut.db?mode=ro" % server.folder, uri=True)) as db:
            return db.execute("select %s from access_log" % what).fetchone()[0]

    with Serve() as server:
        token = server.token
        for i in range(AGENTS):
            call(server, token, "auth.test", agent="agent %d" % i)
        until("all are on disk", lambda: count(server, "count(*)") == AGENTS)
        server.kill()
        server.start()
        logs = call(server, token, "team.accessLogs", count=1)
        check("they are told after kill -9, and the call itself", logs["paging"]["total"] == AGENTS + 1, logs["paging"])
        server.stop()
        seen = count(server, "sum(calls)")
        check("each call is counted once", seen == AGENTS + 1, seen)


if __name__ == "__main__":
    test_places()
    test_reload()
    test_store()
    finish()
