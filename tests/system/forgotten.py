#!/usr/bin/env python3
"""What need not be kept goes, however much there is of it: runs of functions.

    tests/system/forgotten.py [BUILD]        with TAUT_TEST_PG set: on that server as well
"""
import time

from harness import Serve, check, database, engines, finish, until

OLD = 2500  # more than goes at once


def test_functions(**how):
    with Serve(**how) as server:
        team, soon = server.sql("select id from team").splitlines()[0], int(time.time() * 1e6) + 3600 * 10**6
        server.sql("insert into function_execution (id, team_id, app_id, callback_id, user_id, inputs, outputs, error, state,"
                   " started_us, ended_us, forget_us) with recursive n(i) as (select 0 union all select i + 1 from n where i < %d)"
                   " select i, %s, 1, 'greet', 1, '{}', '', '', case when i = 0 then 'running' else 'completed' end, 1, 1,"
                   " case when i = 0 then %d else 1 end from n" % (OLD, team, soon))
        server.sql("insert into job (kind, team_id, subject, due_us, tries) values ('function', %s, 0, 0, 0)" % team)
        until("what is too old is gone", lambda: server.sql("select state from function_execution") == "running")
        due = int(server.sql("select due_us from job where kind = 'function'"))
        check("and is looked for again in a day", abs(due - time.time() * 1e6 - 86400 * 1e6) < 600 * 1e6, due)


if __name__ == "__main__":
    for engine in engines():
        test_functions(**({"database": database(engine[1], "taut_forgotten")} if engine else {}))
    finish()
