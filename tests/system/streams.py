#!/usr/bin/env python3
"""Messages that are being written when the server is killed: what was acknowledged is there, and they can be finished.

    tests/system/streams.py [BUILD]
"""
from apps import create
from harness import Serve, check, finish

MANIFEST = {"display_information": {"name": "writer"}, "features": {"bot_user": {"display_name": "writer"}},
            "oauth_config": {"scopes": {"bot": ["chat:write"]}}}


def main():
    with Serve() as s:
        bot = create(s, MANIFEST)["bot token"]
        im = s.call("conversations.open", users=s.call("auth.test", bot)["user_id"])["channel"]["id"]
        ts = s.call("chat.startStream", bot, channel=im, markdown_text="**zero")["ts"]
        said = "zero"
        for kill in range(3):
            for i in range(20):
                piece = " %d.%d" % (kill, i)
                r = s.call("chat.appendStream", bot, channel=im, ts=ts, markdown_text=piece)
                check("it is taken", r["ok"], r)
                said += piece
            s.kill()
            s.start()
            got = s.call("conversations.history", channel=im)["messages"][0]
            check("what was acknowledged is there", (got["text"], got["streaming_state"]) == ("**" + said, "in_progress"), got)
        r = s.call("chat.stopStream", bot, channel=im, ts=ts, markdown_text="**")
        check("it is finished, and read as a whole", (r["message"]["text"], r["message"]["streaming_state"]) == ("*" + said + "*", "completed"), r)


if __name__ == "__main__":
    main()
    finish()
