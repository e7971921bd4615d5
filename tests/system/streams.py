#!/usr/bin/env python3
"""Messages that are being written when the server is killed: what was acknowledged is there, and they can be finished.

    tests/system/streams.py [BUILD]
"""
import json
import os
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # tests/all takes what lies beside this for tests

import events  # noqa: E402
from events import TAUT, Serve, call, check  # noqa: E402


def make_app(folder, top):
    path = os.path.join(top, "manifest")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"display_information": {"name": "writer"}, "features": {"bot_user": {"display_name": "writer"}},
                   "oauth_config": {"scopes": {"bot": ["chat:write"]}}}, f)
    out = subprocess.run([TAUT, "app", "--data-dir", folder, "create", "--manifest", path], capture_output=True, text=True, check=True).stdout
    return next(line.split()[-1] for line in out.splitlines() if line.startswith("bot token"))


def main():
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, "data")
        s = Serve(folder)
        token, bot = s.token, make_app(folder, top)
        who = call(s.api, "auth.test", bot)
        im = call(s.api, "conversations.open", token, users=who["user_id"])["channel"]["id"]
        ts = call(s.api, "chat.startStream", bot, channel=im, markdown_text="**zero")["ts"]
        said = "zero"
        for kill in range(3):
            for i in range(20):
                piece = " %d.%d" % (kill, i)
                r = call(s.api, "chat.appendStream", bot, channel=im, ts=ts, markdown_text=piece)
                check("it is taken", r["ok"], r)
                said += piece
            s.end(signal.SIGKILL)
            s = Serve(folder)
            got = call(s.api, "conversations.history", token, channel=im)["messages"][0]
            check("what was acknowledged is there", (got["text"], got["streaming_state"]) == ("**" + said, "in_progress"), got)
        r = call(s.api, "chat.stopStream", bot, channel=im, ts=ts, markdown_text="**")
        check("it is finished, and read as a whole", (r["message"]["text"], r["message"]["streaming_state"]) == ("*" + said + "*", "completed"), r)
        s.end(signal.SIGTERM)
    print("%d passed, %d failed" % (events.passed, events.failed))
    return events.failed != 0


if __name__ == "__main__":
    sys.exit(main())
