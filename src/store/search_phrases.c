/* phrases_fit(), an auxiliary function of FTS5 (https://www.sqlite.org/fts5.html, "Custom Auxiliary Functions"). */
#include "store/search_file.h"

#include <stdlib.h>

enum { RUN_MAX = 64 };

/* The document at hand. */
struct document {
    const Fts5ExtensionApi *api;
    Fts5Context *fts;
};

/* Where one phrase stands in it, in order. */
struct places {
    Fts5PhraseIter iter;
    int column, at; /* column < 0: no more */
};

static bool is_next(const struct document *d, struct places *p, int at)
{
    while (p->column >= 0 && p->at < at)
        d->api->xPhraseNext(d->fts, &p->iter, &p->column, &p->at);
    return p->column >= 0 && p->at == at;
}

/* Do n phrases from the first on stand side by side?  -1: SQLite has failed. */
static int run_fits(const struct document *d, int first, int n)
{
    struct places p[RUN_MAX];
    int fit = 0;

    for (int i = 0; i < n; i++)
        if (d->api->xPhraseFirst(d->fts, first + i, &p[i].iter, &p[i].column, &p[i].at) != SQLITE_OK)
            return -1;
    for (; p[0].column >= 0 && fit < n; d->api->xPhraseNext(d->fts, &p[0].iter, &p[0].column, &p[0].at))
        for (fit = 1; fit < n && is_next(d, &p[fit], p[0].at + fit);)
            fit++;
    return fit == n;
}

static void phrases_fit(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *out, int n, sqlite3_value **in)
{
    struct document d = {api, fts};
    const char *runs = n == 1 ? (const char *)sqlite3_value_text(in[0]) : NULL;
    char *end;
    int fits = 1;

    while (fits == 1 && runs && *runs) {
        int first = (int)strtol(runs, &end, 10), count = (int)strtol(end, &end, 10);

        if (end == runs || first < 0 || count < 1 || count > RUN_MAX || first + count > api->xPhraseCount(fts))
            fits = -1;
        else
            fits = run_fits(&d, first, count);
        runs = end;
    }
    if (fits < 0)
        sqlite3_result_error(out, "phrases_fit: the phrases cannot be read", -1);
    else
        sqlite3_result_int(out, fits);
}

int search_phrases_register(sqlite3 *h)
{
    sqlite3_stmt *stmt = NULL;
    fts5_api *api = NULL;
    int rc = sqlite3_prepare_v2(h, "select fts5(?1)", -1, &stmt, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = SQLITE_OK;
    sqlite3_finalize(stmt);
    if (rc != SQLITE_OK)
        return rc;
    return api ? api->xCreateFunction(api, "phrases_fit", NULL, phrases_fit, NULL) : SQLITE_ERROR;
}
