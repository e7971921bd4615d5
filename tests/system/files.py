#!/usr/bin/env python3
"""Files over HTTP: uploads, downloads, ranges, public pages, thumbnails, photos of people, files that lie, and bodies that nobody names.

    tests/system/files.py [BUILD]
"""
import base64
import hashlib
import json
import os
import re
import sqlite3
import struct
import zlib

import harness
from harness import FIXTURE, Dev, Serve, check, finish
from web import Web

BOB, CAROL, DAVE, OTHER, GUEST, NOSCOPE = ("xoxp-0-" + n for n in ("bob", "carol", "dave", "other-ws", "guest-single", "noscope"))
BOUNDARY = "files-py-boundary"
BIG = 24 << 20
JPEG = base64.b64decode(  # 8 x 8, black
    "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////"
    "2wBDAf//////////////////////////////////////////////////////////////////////////////////////wAARCAAIAAgDASIAAhEBAxEB/8QA"
    "HwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkK"
    "FhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXG"
    "x8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC"
    "AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE"
    "hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwCOiiigD//Z")


def png(w, h, rows=None, colour=2):
    """A picture that says it is w x h; rows of it are really there."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    pack = zlib.compressobj(1)
    data = b"".join(pack.compress(b"\0" + bytes((x * y) % 251 for x in range(w)) * 3) if rows is None else pack.compress(b"\0" * (3 * w + 1))
                    for y in range(h if rows is None else rows)) + pack.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, colour, 0, 0, 0)) + chunk(b"IDAT", data) +
            chunk(b"IEND", b""))


class Site(harness.Site):
    def get(self, target, token=None, **headers):
        return self.ask("GET", target, None, token, **headers)

    def send(self, method, part, data, name, token=BOB, **args):
        """A call with a file in its form."""
        parts = [b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (BOUNDARY.encode(), k.encode(), v.encode())
                 for k, v in args.items()]
        parts.append(b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/html\r\n\r\n%s\r\n--%s--\r\n'
                     % (BOUNDARY.encode(), part.encode(), name.encode(), data, BOUNDARY.encode()))
        return self.ask("POST", "/api/" + method, b"".join(parts), token, Content_Type="multipart/form-data; boundary=" + BOUNDARY).json()

    def upload(self, data, name, token=BOB, **args):
        reply = self.send("files.upload", "file", data, name, token, **args)
        check("upload of %s" % name, reply.get("ok"), reply)
        return reply["file"]


def size_of(data):
    return struct.unpack(">II", data[16:24])


def test_thumbnails(site):
    data = png(1200, 800)
    f = site.upload(data, "Big Picture.png", channels="general")
    check("the original's size", (f["original_w"], f["original_h"], f["mimetype"]) == (1200, 800, "image/png"), f)
    for n in (64, 80, 160):
        status, headers, body = site.get(f["thumb_%d" % n], BOB)
        check("thumb_%d" % n, status == 200 and size_of(body) == (n, n) and headers["Content-Type"] == "image/png", (status, body[:30]))
    for n in (360, 480, 720, 960, 1024):
        body = site.get(f["thumb_%d" % n], BOB)[2]
        want = (n, n * 800 // 1200)
        check("thumb_%d" % n, size_of(body) == want == (f["thumb_%d_w" % n], f["thumb_%d_h" % n]), (size_of(body), want))
    check("thumbnails are as private as the file", site.get(f["thumb_64"])[0] == 401 and site.get(f["thumb_64"], OTHER)[0] == 404)
    check("another key is none", site.get(re.sub(r"-[0-9a-f]{10}/", "-0123456789/", f["thumb_64"]), BOB)[0] == 404)
    small = site.upload(png(400, 10), "s.png")
    check("none is larger than it need be", "thumb_480" in small and "thumb_720" not in small, small)
    check("a sideways one too", small["thumb_480_w"] == 400 and small["thumb_360_h"] == 9, small)


def test_download(site):
    data = os.urandom(100000)
    f = site.upload(data, "data.bin", channels="general")
    url = f["url_private"]
    status, headers, body = site.get(url, BOB)
    check("the bytes as they were", (status, body) == (200, data), status)
    check("who may see it gets it", site.get(url, CAROL)[2] == data and site.get(url + "?token=" + DAVE)[2] == data)
    check("others do not", [site.get(url, t)[0] for t in (None, "xoxp-0-never", NOSCOPE, OTHER)] == [401, 401, 403, 404],
          [site.get(url, t)[0] for t in (None, "xoxp-0-never", NOSCOPE, OTHER)])
    own = site.upload(b"mine", "own.bin")["url_private"]
    check("an unshared file is its owner's", site.get(own, BOB)[0] == 200 and site.get(own, CAROL)[0] == 404)
    tag = headers["ETag"]
    status, headers, body = site.get(url, BOB, If_None_Match=tag)
    check("what the client has is not sent again", (status, body) == (304, b"") and headers["ETag"] == tag, (status, body[:20]))
    check("the tag alone opens nothing", site.get(url, OTHER, If_None_Match=tag)[0] == 404)
    status, headers, body = site.get(url, BOB, Range="bytes=10-19")
    check("a range", (status, body) == (206, data[10:20]) and headers["Content-Range"] == "bytes 10-19/100000", (status, headers.items()))
    check("its end", site.get(url, BOB, Range="bytes=-7")[2] == data[-7:])
    check("a range outside", site.get(url, BOB, Range="bytes=100000-")[0] == 416)
    status, headers, body = site.ask("HEAD", url, None, BOB)
    check("HEAD", (status, body) == (200, b"") and headers["Content-Length"] == "100000", (status, headers.items()))
    check("made-up addresses", {site.get("/files-pri/" + p, BOB)[0] for p in
                                ("", "T0TAUT", "T0TAUT-", "T0TAUT-F0NONE/x", "T0OTHER-%s/x" % f["id"], "../../etc/passwd")} == {404})
    check("without a token nobody learns which files there are", site.get("/files-pri/T0TAUT-F0NONE/x")[0] == 401)
    status, headers, _ = site.get(f["permalink"], BOB)
    check("a permalink leads there", status == 302 and headers["Location"] in url, (status, headers.items()))


def test_nothing_runs_here(site):
    evil = b"<html><script>alert(1)</script>"
    for name, data, kind, how in (("a.html", evil, "text/plain; charset=utf-8", "attachment"),
                                  ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain; charset=utf-8", "attachment"),
                                  ("a.png", evil, "text/plain; charset=utf-8", "inline"),
                                  ("a.xml", b"<?xml version='1.0'?><x/>", "text/plain; charset=utf-8", "attachment"),
                                  ("a.pdf", b"%PDF-1.4\n\xff\0", "application/pdf", "inline"),
                                  ("a.png", png(2, 2), "image/png", "inline"),
                                  ("a.exe", b"MZ\0\1\2", "application/octet-stream", "attachment")):
        headers = site.get(site.upload(data, name)["url_private"], BOB)[1]
        check("%s is %s" % (name, kind), headers["Content-Type"] == kind and headers["Content-Disposition"].startswith(how + ";"),
              headers.items())
        check("it is kept in its place", headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"])
    f = site.upload(b"x", 'na"me\xe9;x=y.txt')
    headers = site.get(f["url_private_download"], BOB)[1]
    check("a name stays a name", headers["Content-Disposition"].startswith('attachment; filename="') and
          headers["Content-Disposition"].count('"') == 2, headers["Content-Disposition"])
    check("a download is saved", site.get(site.upload(png(2, 2), "a.png")["url_private_download"], BOB)[1]["Content-Disposition"]
          .startswith("attachment"))


def test_public_pages(site):
    f = site.upload(png(50, 50), "pic.png", title="<b>title</b>")
    page = f["permalink_public"]
    secret = page.rsplit("-", 1)[1]
    check("not before it is shared", site.get(page)[0] == 404 and site.get(f["url_private"] + "?pub_secret=" + secret)[0] == 404)
    site.call("files.sharedPublicURL", file=f["id"])
    status, headers, body = site.get(page)
    check("a page for everybody", status == 200 and b"&lt;b&gt;title&lt;/b&gt;" in body and b"<b>" not in body, body)
    image = re.search(rb'src="([^"]+)"', body).group(1).decode()
    check("with the picture", site.get(image)[2] == png(50, 50) and "'none'" in headers["Content-Security-Policy"])
    check("another secret opens nothing", site.get(page[:-1] + ("a" if page[-1] != "a" else "b"))[0] == 404 and
          site.get(f["url_private"] + "?pub_secret=" + secret[:-1])[0] == 404)
    site.call("files.revokePublicURL", file=f["id"])
    check("taken away again", site.get(page)[0] == 404 and site.get(image)[0] == 404)


def promise(site, data, name="x.bin"):
    reply = site.call("files.getUploadURLExternal", filename=name, length=str(len(data)))
    return reply["upload_url"], reply["file_id"]


def test_upload_address(site):
    data = os.urandom(70000)
    for what, body, kind in (("raw bytes that are called a form", data, "application/x-www-form-urlencoded"),
                             ("raw bytes without a type", data, None),
                             ("a form with the field body", b'--b\r\nContent-Disposition: form-data; name="body"; filename="Untitled"\r\n\r\n' +
                              data + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")):
        url, id = promise(site, data)
        status, _, says = site.ask("POST", url, body, **({"Content_Type": kind} if kind else {}))
        check("the upload address takes " + what, (status, says) == (200, b"OK - 70000"), (status, says))
        reply = site.call("files.completeUploadExternal", files=[{"id": id, "title": "t"}], channel_id="C0GENERAL")
        check("it is complete", reply["ok"] and site.get(reply["files"][0]["url_private"], CAROL)[2] == data, reply)
        check("the address is used up", site.ask("POST", url, data)[0] == 404)
    large = os.urandom(1 << 20) * 80
    url, id = promise(site, large)
    check("a large body as it is", site.ask("POST", url, large, Content_Type="application/octet-stream")[0] == 200)
    reply = site.call("files.completeUploadExternal", files=[{"id": id}])
    check("it came whole", hashlib.sha256(site.get(reply["files"][0]["url_private"], BOB)[2]).digest() == hashlib.sha256(large).digest())
    url, id = promise(site, data)
    check("too little is refused", site.ask("POST", url, data[:-1])[0] == 400)
    check("an unknown address", site.ask("POST", "/upload/v1/unknown", data)[0] == 404)
    large = {"Content_Length": str(1 << 30)}
    check("nobody sends much to one", site.ask("POST", "/upload/v1/unknown", b"x", **large)[0] == 413)
    check("nor more than was announced", site.ask("POST", url, b"x", **large)[0] == 413)
    check("what is no form with files is small", site.ask("POST", "/api/files.upload", b"x", BOB, **large)[0] == 413)
    check("GET is no upload", site.get(url)[0] == 405)


def test_files_that_lie(site, server):
    for name, data in (("bomb.png", png(50000, 50000, 1)), ("broken.png", png(100, 100)[:60]),
                       ("broken.jpg", b"\xff\xd8\xff\xe0" + bytes(2000)), ("broken.gif", b"GIF89a\xff\xff\xff\xff\xf7\0\0" + bytes(100)),
                       ("broken.webp", b"RIFF\xff\xff\xff\x7fWEBPVP8L\xff\xff\xff\x7f/\xff\xff\xff\xff")):
        f = site.upload(data, name)
        check(name + " is a file without pictures", "thumb_64" not in f and site.get(f["url_private"], BOB)[2] == data, f)
    f = site.upload(png(8192, 8191, 8191), "largest.png")
    check("the largest that is looked at", f.get("original_w") == 8192, f)
    check("the server is still there", server.process.poll() is None and site.call("api.test")["ok"])


def test_large(site):
    data = os.urandom(1 << 20) * (BIG >> 20)
    f = site.upload(data, "large.bin", channels="general")
    body = site.get(f["url_private"], CAROL)[2]
    check("a large file comes back as it went", f["size"] == BIG and hashlib.sha256(body).digest() == hashlib.sha256(data).digest())


def test_unknown(site):
    """Nobody's upload does not go to disk; small enough to be held in memory it is answered."""
    data, small = bytes(BIG), b"small"
    form = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n' % BOUNDARY.encode()
    end = b"\r\n--%s--\r\n" % BOUNDARY.encode()
    kind = {"Content_Type": "multipart/form-data; boundary=" + BOUNDARY}
    status, _, body = site.ask("POST", "/api/files.upload", form + small + end, "xoxb-nobody", **kind)
    check("a small form of nobody", status == 200 and json.loads(body)["error"] == "invalid_auth", (status, body))
    status, _, body = site.ask("POST", "/api/files.upload", None, "xoxb-nobody", Content_Length=str(BIG), Expect="100-continue", **kind)
    check("a large one is refused before it is sent", status == 413, (status, body))
    part = b'\r\n--%s\r\nContent-Disposition: form-data; name="token"\r\n\r\n%s' % (BOUNDARY.encode(), BOB.encode())
    status, _, body = site.ask("POST", "/api/files.upload", form + data + part + end, **kind)
    check("an old client names itself in the form", status == 200 and json.loads(body)["ok"], (status, body[:200]))


def bodies(folder):
    return sum(len(files) for _, _, files in os.walk(os.path.join(folder, "files")))


def test_bodies(site, server):
    before = bodies(server.folder)
    first, second = site.upload(b"the same", "one.txt"), site.upload(b"the same", "two.txt")
    check("the same bytes are kept once", bodies(server.folder) == before + 1)
    site.call("files.delete", file=first["id"])
    check("a deleted file is gone", site.get(first["url_private"], BOB)[0] == 404)
    check("another with the same bytes is not", site.get(second["url_private"], BOB)[2] == b"the same")
    site.call("files.delete", file=second["id"])
    check("the last one takes the body along", bodies(server.folder) == before, bodies(server.folder))
    site.upload(b"not shared: " + os.urandom(8), "x", channels="general")
    parts = {"channels": "no-such-channel", "content": "left over " + os.urandom(8).hex()}
    now = bodies(server.folder)
    check("a refused call leaves no body", not site.call("files.upload", **parts)["ok"] and bodies(server.folder) == now)


def test_remote(site, server):
    """What an update of a file that lies elsewhere sends takes the place of what there was."""
    bot, name = "xoxb-0-bot-in", {"external_id": "doc"}
    before = bodies(server.folder)
    f = site.send("files.remote.add", "preview_image", png(600, 300), "p.png", bot, external_url="https://docs.example/", title="Doc", **name)["file"]
    pictures = bodies(server.folder)
    check("its pictures alone are kept", pictures - before == len([k for k in f if re.fullmatch(r"thumb_\d+", k)]), (before, pictures, sorted(f)))
    site.send("files.remote.update", "indexable_file_contents", b"first words", "t.txt", bot, **name)
    check("text comes beside them", bodies(server.folder) == pictures + 1, bodies(server.folder))
    site.send("files.remote.update", "indexable_file_contents", b"other words", "t.txt", bot, **name)
    check("another text is in its place", bodies(server.folder) == pictures + 1, bodies(server.folder))
    small = site.send("files.remote.update", "preview_image", png(40, 30), "p.png", bot, **name)["file"]
    kept = len([k for k in small if re.fullmatch(r"thumb_\d+", k)])
    check("another picture is in the first one's", bodies(server.folder) == before + kept + 1, (bodies(server.folder), kept))
    check("it is there", site.get(small["thumb_64"], bot)[0] == 200)
    site.send("files.remote.update", "preview_image", png(40, 30), "p.png", bot, **name)
    check("the same one again changes nothing", bodies(server.folder) == before + kept + 1 and site.get(small["thumb_64"], bot)[0] == 200)
    check("files.remote.remove", site.call("files.remote.remove", bot, **name)["ok"])
    check("nothing of it is left", bodies(server.folder) == before, bodies(server.folder))


def test_photo(site, server):
    folder = server.folder
    before = bodies(folder)
    profile = site.send("users.setPhoto", "image", png(600, 300), "me.png", crop_x="0", crop_y="10", crop_w="200")["profile"]
    for n in (24, 32, 48, 72, 192, 512, 1024):
        status, headers, body = site.get(profile["image_%d" % n])
        check("image_%d, without a token" % n, status == 200 and size_of(body) == (n, n), (status, body[:30]))
    check("it may be kept for ever", "immutable" in headers["Cache-Control"] and headers["X-Content-Type-Options"] == "nosniff" and
          headers["Content-Type"] == "image/png", headers)
    check("image_original is the part that was cut out", size_of(site.get(profile["image_original"])[2]) == (200, 200))
    key = profile["avatar_hash"]
    check("another key opens nothing", site.get(profile["image_72"].replace(key, "0" * len(key)))[0] == 404)
    check("nor does another size", site.get(profile["image_72"].replace("-72", "-73"))[0] == 404)
    again = site.send("users.setPhoto", "image", png(300, 600), "me.png")["profile"]
    check("image_original is all of the picture", size_of(site.get(again["image_original"])[2]) == (300, 600))
    check("the first photo is gone", site.get(profile["image_72"])[0] == 404)
    camera = site.send("users.setPhoto", "image", JPEG, "me.jpg")["profile"]
    status, headers, body = site.get(camera["image_48"])
    check("a photograph stays one", status == 200 and headers["Content-Type"] == "image/jpeg" and body[:2] == b"\xff\xd8", headers)
    check("users.deletePhoto", site.call("users.deletePhoto")["ok"])
    check("its pictures are gone", site.get(camera["image_72"])[0] == 404 and bodies(folder) == before, bodies(folder))
    drawn = site.get(site.call("users.profile.get")["profile"]["image_72"])
    check("a drawn one is in their place", drawn[0] == 200 and size_of(drawn[2]) == (72, 72))


class Elsewhere(Web):
    """Has pictures: what is at its paths, and how often each was asked for."""

    def __init__(self, paths):
        self.asked, self.paths = [], paths
        super().__init__()

    def take(self, request, _):
        self.asked.append(request.path)
        status, body = self.paths.get(request.path, (404, b"nothing here"))
        if status == 302:
            self.reply(request, status, {"Location": body})
        else:
            self.reply(request, status, body=body)


def gif(frames, w, h):
    """An animation of single-coloured frames, uncompressed: each pixel is a code of its own."""
    out = b"GIF89a" + struct.pack("<HHBBB", w, h, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    for frame in range(frames):
        bits, data = [], bytearray()
        for i in range(w * h):
            if i % 2 == 0:
                bits += [0, 0, 1]  # clear, so that codes stay 3 bits wide
            bits += [frame & 1, 0, 0]
        bits += [1, 0, 1]  # end
        for i in range(0, len(bits), 8):
            data.append(sum(b << k for k, b in enumerate(bits[i:i + 8])))
        out += b"\x21\xf9\x04\0\x0a\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, w, h, 0) + b"\x02"
        out += b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255)) + b"\0"
    return out + b";"


def test_emoji(site, server):
    folder = server.folder
    before = bodies(folder)
    moving, heavy = gif(3, 16, 16), gif(12, 160, 160)
    there = Elsewhere({"/party.png": (200, png(600, 300)), "/moves.gif": (200, moving), "/heavy.gif": (200, heavy),
                       "/text.png": (200, b"<html>no picture"), "/moved.png": (302, "/party.png"), "/huge.png": (200, bytes(3 << 20)),
                       "/inside.png": (302, "http://169.254.169.254/latest/meta-data")})

    def add(name, path):
        return site.call("admin.emoji.add", dev_admin, name=name, url=there.url + path[1:])
    dev_admin = "xoxp-0-dana"
    for name, path, error in (("text", "/text.png", "error_bad_format"), ("gone", "/gone.png", "error_no_image"),
                              ("huge", "/huge.png", "error_too_big"), ("heavy", "/heavy.gif", "resized_but_still_too_large"),
                              ("inside", "/inside.png", "error_no_image")):
        answer = add(name, path)
        check("emoji from %s: %s" % (path, error), answer.get("error") == error, answer)
    check("nothing of them is kept", bodies(folder) == before, bodies(folder))
    for name, path, w, h, kind in (("party", "/party.png", 128, 64, "image/png"), ("moved", "/moved.png", 128, 64, "image/png")):
        check("emoji from " + path, add(name, path)["ok"])
        url = site.call("emoji.list")["emoji"][name]
        status, headers, body = site.get(url)
        check("its address is ours", url.startswith(site.url + "/emoji/E"), url)
        check("it is small and may be kept for ever", status == 200 and size_of(body) == (w, h) and headers["Content-Type"] == kind and
              "immutable" in headers["Cache-Control"] and headers["X-Content-Type-Options"] == "nosniff", (status, headers))
    check("emoji from /moves.gif", add("moves", "/moves.gif")["ok"])
    status, headers, body = site.get(site.call("emoji.list")["emoji"]["moves"])
    check("what moves goes on moving", status == 200 and body == moving and headers["Content-Type"] == "image/gif", (status, headers))
    asked = len(there.asked)
    check("a name that is taken", add("party", "/party.png")["error"] == "error_name_taken" and len(there.asked) == asked)
    check("only admins", site.call("admin.emoji.add", name="mine", url=there.url + "party.png")["error"] == "not_an_admin" and
          len(there.asked) == asked)
    url = site.call("emoji.list")["emoji"]["party"]
    check("another key opens nothing", site.get(url[:-5] + ("0" if url[-5] != "0" else "1") + ".png")[0] == 404)
    check("admin.emoji.remove", site.call("admin.emoji.remove", dev_admin, name="party")["ok"])
    check("its picture is gone", site.get(url)[0] == 404)
    for name in ("moved", "moves"):
        site.call("admin.emoji.remove", dev_admin, name=name)
    check("so are all of them", bodies(folder) == before, bodies(folder))


def test_crash():
    with Serve() as server:
        site = Site(server.url, server.token)
        f = site.upload(b"kept", "kept.txt", server.token)
        server.kill()
        orphan = os.path.join(server.folder, "files", "ab", "0" * 62)
        with open(orphan, "w", encoding="ascii") as o:
            o.write("a crash left it")
        db = sqlite3.connect(os.path.join(server.folder, "taut.db"))
        db.execute("delete from file_words")
        db.commit()
        db.close()
        server.start()
        check("files of a time without an index are indexed at the start", server.call("search.files", query="kept")["files"]["total"] == 1)
        here = server.url + f["url_private"].removeprefix(site.url)
        check("what was acknowledged is there after kill -9", server.ask("GET", here, None, server.token).data == b"kept")
        check("what nothing names is removed at the start", not os.path.exists(orphan) and bodies(server.folder) == 1, bodies(server.folder))
        server.stop()
        os.rename(os.path.join(server.folder, "taut.db"), os.path.join(server.folder, "right.db"))
        for i in range(100):
            with open(os.path.join(server.folder, "files", "ab", "%062x" % i), "w", encoding="ascii") as o:
                o.write("of the right database")
        server.start()
        check("rows that are not those of the folder take no bodies away", bodies(server.folder) == 101, bodies(server.folder))
        check("and that is told", len(server.logged("bodies_without_rows")) == 1, server.said())


def main():
    with Dev(seed=FIXTURE) as server:
        site = Site(server.url, BOB)
        for test in (test_thumbnails, test_download, test_nothing_runs_here, test_public_pages, test_upload_address, test_large, test_unknown):
            test(site)
        test_files_that_lie(site, server)
        test_bodies(site, server)
        test_remote(site, server)
        test_photo(site, server)
        test_emoji(site, server)
    with Dev("--max-file", "2M", seed=FIXTURE) as server:
        answer = Site(server.url, BOB).send("users.setPhoto", "image", png(8, 8) + bytes(5 << 19), "me.png")
        check("a photo of more bytes than a file may have", answer.get("error") == "too_large", answer)
    test_crash()


if __name__ == "__main__":
    main()
    finish()
