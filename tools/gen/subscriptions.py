"""subscription.h/.c: the events that apps may ask for, and what lets them hear each (catalogue/subscriptions.json)."""
import json
import os

from catalogue import NOTE, Fault, c_str, write

HEADER = """#ifndef TAUT_GEN_SUBSCRIPTION_H
#define TAUT_GEN_SUBSCRIPTION_H

#include "base/str.h"
#include "scope.h"

enum { SUBSCRIPTIONS_N = %d, SUBSCRIPTION_WORDS = %d };

struct subscription {
    struct str name;
    uint64_t scopes[SCOPE_WORDS]; /* any one of them lets an app hear it; all 0: none is needed */
};

/* Sorted by name. */
extern const struct subscription subscriptions[];

/* Its place in the table; -1 when no app can ask for it. */
int subscription_find(struct str name);

#endif
"""

FIND = """
int subscription_find(struct str name)
{
    int from = 0, to = SUBSCRIPTIONS_N;

    while (from < to) {
        int middle = (from + to) / 2, order = str_cmp(name, subscriptions[middle].name);
        if (order == 0)
            return middle;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return -1;
}
"""


def scope_words(cat, path, name, scopes):
    order = sorted(cat.scopes)
    words = [0] * ((len(order) + 63) // 64)
    for s in scopes:
        if s not in cat.scopes:
            raise Fault("%s: %s: there is no scope '%s'" % (path, name, s))
        words[order.index(s) // 64] |= 1 << order.index(s) % 64
    return ", ".join("UINT64_C(0x%x)" % w for w in words)


def make(cat, out):
    path = os.path.join(cat.folder, "subscriptions.json")
    rows = {}
    if os.path.exists(path):  # catalogues of the generator's own tests have none
        with open(path, encoding="utf-8") as f:
            rows = json.load(f)
    table = ["    {%s, {%s}},\n" % (c_str(name), scope_words(cat, path, name, rows[name])) for name in sorted(rows)]
    write(out, "subscription.h", NOTE + HEADER % (len(rows), max(1, (len(rows) + 63) // 64)))
    write(out, "subscription.c", NOTE + '#include "subscription.h"\n\nconst struct subscription subscriptions[] = {\n%s};\n%s'
          % ("".join(table) or "    {.scopes = {0}},\n", FIND))
