#!/usr/bin/env python3
"""Previews that the server makes itself: which links, whose, what stands below the message, and pages that mean harm.

    tests/system/unfurl.py [BUILD]        with TAUT_TEST_PG set: on that PostgreSQL database as well
"""
import gzip
import json
import time

from harness import Dev, check, engines, finish, wait_until
from web import Web

SOON_S = 30  # less than a page that is slow takes
PLAIN = b"""<!doctype html><html><head><title>A plain &amp; simple page</title>
<meta name="description" content="What it   is about: <b>bold</b>"></head><body>x</body></html>"""
CARD = b"""<html><head><meta property="og:title" content="Card"><meta property="og:description" content="Of a text">
<meta property="og:image" content="/card.png"><meta property="og:site_name" content="The Site">
<meta name="twitter:card" content="summary_large_image"></head></html>"""
FILM = b"""<html><head><meta property="og:title" content="Film"><meta property="og:type" content="video.movie"></head></html>"""


class Site(Web):
    """A web site; which pages were asked for, in order."""

    def __init__(self):
        self.seen = []
        super().__init__()

    def take(self, request, _):
        self.seen.append(request.path)
        getattr(self, "page_" + request.path.split("?")[0].strip("/"), self.page_missing)(request)

    def send(self, req, body, kind="text/html; charset=utf-8", status=200, **headers):
        self.reply(req, status, {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)

    def begin(self, req):
        """A page of which nobody knows how long it is."""
        req.send_response(200)
        req.send_header("Content-Type", "text/html")
        req.send_header("Connection", "close")
        req.end_headers()

    def page_missing(self, req):
        self.send(req, b"<title>Not found</title>", status=404)

    def page_plain(self, req):
        self.send(req, PLAIN)

    def page_card(self, req):
        self.send(req, CARD)

    def page_film(self, req):
        self.send(req, FILM)

    def page_picture(self, req):
        self.send(req, b"\x89PNG\r\n", "image/png")

    def page_json(self, req):
        self.send(req, b'{"title":"<title>no</title>"}', "application/json")

    def page_latin1(self, req):
        self.send(req, "<title>caf\u00e9</title>".encode("latin-1"), "text/html; charset=iso-8859-1")

    def page_moved(self, req):
        self.send(req, b"", status=302, Location=self.url + "plain")

    def page_inside(self, req):
        self.send(req, b"", status=302, Location="http://169.254.169.254/latest/meta-data/")

    def page_elsewhere(self, req):
        self.send(req, b"", status=302, Location="file:///etc/passwd")

    def page_loop(self, req):
        self.send(req, b"", status=302, Location=self.url + "loop")

    def page_huge(self, req):
        self.begin(req)
        req.wfile.write(b"<title>The beginning of much</title>")
        for _ in range(4096):
            req.wfile.write(b"<p>" + b"x" * 16384)

    def page_slow(self, req):
        self.begin(req)
        for _ in range(60):
            req.wfile.write(b" ")
            time.sleep(1)

    def page_deep(self, req):
        self.send(req, b"<div>" * 100000 + b"</i>" * 100000)

    def page_bomb(self, req):
        self.send(req, gzip.compress(b"<title>bomb</title>" + b"\0" * (64 << 20)), Content_Encoding="gzip")


def posted(d, text, token=None, **args):
    return d.call("chat.postMessage", token, channel="C0GENERAL", text=text, **args)["ts"]


def message(d, ts):
    return d.call("conversations.history", channel="C0GENERAL", latest=ts, inclusive="true", limit="1")["messages"][0]


def previews(d, ts, n=1):
    def shown():
        got = message(d, ts).get("attachments", [])
        return len(got) >= n and got
    return wait_until(shown, SOON_S) or []


def settled(d, site):
    """What was posted before has been looked at once this is previewed: rows are taken in their order, and a few at a time."""
    for _ in range(5):
        previews(d, posted(d, site.url + "plain?%d" % time.monotonic_ns()))


def test_pages(*args):
    site = Site()
    with Dev("--unfurl-links", "on", *args) as d:
        url = site.url + "plain"
        ts = posted(d, "look at <%s|this> please" % url)
        host = url.split("/")[2]
        check("a page", previews(d, ts) == [{
            "id": 1, "from_url": url, "original_url": url, "service_name": host, "title": "A plain &amp; simple page", "title_link": url,
            "fallback": host + ": A plain &amp; simple page", "text": "What it is about: &lt;b&gt;bold&lt;/b&gt;"}], previews(d, ts))
        check("it is no edit", "edited" not in message(d, ts))
        ts = posted(d, site.url + "card")
        got = previews(d, ts)[0]
        check("a card", got["title"] == "Card" and got["service_name"] == "The Site" and got["image_url"] == site.url + "card.png", got)
        ts = posted(d, "%splain and %scard, again %splain" % (site.url, site.url, site.url))
        check("several, each once, in their order", [a["title"] for a in previews(d, ts, 2)] == ["A plain &amp; simple page", "Card"])
        ts = posted(d, site.url + "picture")
        check("a picture", previews(d, ts)[0].get("image_url") == site.url + "picture", previews(d, ts))
        ts = posted(d, site.url + "latin1")
        check("another charset", previews(d, ts)[0]["title"] == "caf\u00e9", previews(d, ts))
        ts = posted(d, site.url + "moved")
        check("a redirect", previews(d, ts)[0]["from_url"] == site.url + "moved", previews(d, ts))
        ts = posted(d, "", blocks=json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": "<%s>" % url}}]))
        check("links of blocks", len(previews(d, ts)) == 1)
        site.seen.clear()
        none = [posted(d, text) for text in (site.url + "json", site.url + "missing", "no link", d.env["TAUT_URL"] + "/archives/C0GENERAL")]
        settled(d, site)
        check("nothing to show", not any("attachments" in message(d, ts) for ts in none))
        check("a page is asked for once", site.seen.count("/json") == 1 and site.seen.count("/missing") == 1, site.seen)


def test_whose(*args):
    """Texts that people link to; media that anybody does; all that is asked for, nothing that is not wanted."""
    site = Site()
    with Dev("--unfurl-links", "on", *args) as d:
        bot = d.env["TAUT_BOT_TOKEN"]
        yes = [posted(d, site.url + "film", bot), posted(d, site.url + "plain", bot, unfurl_links="true"), posted(d, site.url + "film"),
               posted(d, site.url + "film", unfurl_links="false")]
        no = [posted(d, site.url + "plain", bot), posted(d, site.url + "plain", unfurl_links="false"),
              posted(d, site.url + "film", unfurl_media="false"), posted(d, site.url + "picture", bot, unfurl_media="false")]
        check("what is wanted", all(len(previews(d, ts)) == 1 for ts in yes))
        settled(d, site)
        check("what is not", not any("attachments" in message(d, ts) for ts in no))
        gone = posted(d, site.url + "slow")
        d.call("chat.update", channel="C0GENERAL", ts=gone, text="never mind")
        settled(d, site)
        check("a link that was taken back", "attachments" not in message(d, gone))


def test_apps(*args):
    """Links that an app previews are the app's."""
    site = Site()
    world = {"users": [{"name": "ann"}], "channels": [{"id": "C0GENERAL", "name": "general"}],
             "apps": [{"name": "previews", "bots": [{"name": "previews"}], "manifest": {
                 "display_information": {"name": "previews"}, "features": {"unfurl_domains": ["127.0.0.1"]},
                 "settings": {"socket_mode_enabled": True, "event_subscriptions": {"bot_events": ["link_shared"]}}}}],
             "tokens": [{"user": "ann", "token": "xoxp-ann"}, {"user": "previews", "token": "xoxb-previews"}]}
    with Dev("--unfurl-links", "on", *args, seed=world) as d:
        d.token = "xoxp-ann"
        ts = posted(d, site.url + "plain")
        other = posted(d, site.url.replace("127.0.0.1", "localhost") + "plain")
        check("another domain is nobody's", len(previews(d, other)) == 1)
        check("an app's domain is its own", "attachments" not in message(d, ts) and site.seen == ["/plain"], site.seen)


def test_harm(*args):
    site = Site()
    with Dev("--unfurl-links", "on", *args) as d:
        began = time.monotonic()
        ts = posted(d, site.url + "huge")
        check("the beginning of what is huge", previews(d, ts)[0]["title"] == "The beginning of much", previews(d, ts))
        bad = [posted(d, site.url + page) for page in ("slow", "inside", "elsewhere", "loop", "deep", "bomb")]
        settled(d, site)
        check("nothing comes of the others", not any("attachments" in message(d, ts) for ts in bad))
        check("five seconds, three redirects", time.monotonic() - began < SOON_S and site.seen.count("/loop") == 4, site.seen)
        check("it serves on", d.call("api.test")["ok"])
    with Dev("--unfurl-links", "on", "--outgoing-allow", "10.0.0.0/8", *args) as d:
        site.seen.clear()
        refused = posted(d, site.url + "plain")
        time.sleep(1)  # nothing is to come
        check("addresses inside are refused", "attachments" not in message(d, refused) and not site.seen, site.seen)
    with Dev(*args) as d:
        site.seen.clear()
        off = posted(d, site.url + "plain")
        time.sleep(1)
        check("taut dev previews nothing by itself", "attachments" not in message(d, off) and not site.seen, site.seen)
    with Dev("--unfurl-links", "on", *args) as d:  # ends while pages are read
        posted(d, site.url + "slow")
        wait_until(lambda: "/slow" in site.seen)
        began = time.monotonic()
        check("it ends at once", d.stop() == 0 and time.monotonic() - began < 4, time.monotonic() - began)


if __name__ == "__main__":
    for engine in engines():
        for test in (test_pages, test_whose, test_apps, test_harm):
            test(*engine)
    finish()
