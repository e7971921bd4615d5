#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "problem.h"
#include "progress.h"

int request_add(struct request *r, const char *name, const char *value)
{
    if (r->n_pairs == PAIRS_MAX - 1) /* one is for the cursor */
        return problem(EXIT_USAGE, "these are more arguments than any method has.");
    r->pairs[r->n_pairs++] = (struct taut_pair){name, value};
    return EXIT_OK;
}

/* --- the answer ------------------------------------------------------------------------------------------------ */

/* The items of one page; of all pages as JSON one a line. */
static void add_page(const struct request *r, const struct taut_json *reply, struct table *t, int64_t *n)
{
    struct taut_json_each e = {0};
    const struct taut_json *items = print_path(reply, r->known->items);

    while (taut_json_each(items, &e)) {
        if (t)
            table_add(t, e.value);
        else
            print_json(e.value, false);
        ++*n;
    }
}

static bool is_list(const struct request *r, const struct taut_json *reply)
{
    return r->known && *r->known->items && taut_json_kind(print_path(reply, r->known->items)) == TAUT_JSON_ARRAY;
}

static void print_one(const struct request *r, const struct taut_json *reply)
{
    struct table *t;
    int64_t n = 0;

    if (r->options.json || (r->raw && !r->options.fields && !r->options.plain)) {
        print_json(reply, r->raw && !r->options.json && print_is_terminal());
    } else if (is_list(r, reply)) {
        t = table_new(&r->options);
        add_page(r, reply, t, &n);
        table_end(t);
    } else {
        print_fields(&r->options, reply);
    }
}

static void print_notes(const struct request *r, const struct taut_reply *reply)
{
    struct taut_pair next;

    if (r->options.quiet)
        return;
    if (*reply->warning)
        fprintf(stderr, "taut: the server warns: %s\n", reply->warning);
    if (is_list(r, reply->json) && r->known->pages && taut_next_page(reply, &next) && print_is_terminal())
        fprintf(stderr, "There is more: --all-pages, or --%s %s.\n", next.name, next.value);
}

/* --- calls ----------------------------------------------------------------------------------------------------- */

static struct taut_request make(const struct request *r)
{
    return (struct taut_request){
        .method = r->method, .args = r->pairs, .n_args = r->n_pairs, .json = r->body, .part = r->part};
}

static int run_once(struct request *r, struct taut *t)
{
    struct taut_request q = make(r);
    struct taut_reply *reply;
    FILE *f = NULL;
    enum taut_error e;

    if (r->part) {
        const char *slash = strrchr(r->path, '/');
        f = strcmp(r->path, "-") == 0 ? stdin : fopen(r->path, "rb");
        if (!f)
            return problem(EXIT_NOT_FOUND, "%s cannot be read: %s.", r->path, strerror(errno));
        q.source = taut_source_file(f, f == stdin ? "stdin" : slash ? slash + 1 : r->path);
    }
    e = taut_call(t, &q, &reply);
    progress_end();
    if (f && f != stdin)
        fclose(f);
    if (e)
        return problem_of(t);
    print_one(r, reply->json);
    print_notes(r, reply);
    taut_reply_free(reply);
    return EXIT_OK;
}

static int run_pages(struct request *r, struct taut *t)
{
    struct table *table = r->options.json || r->raw ? NULL : table_new(&r->options);
    struct taut_reply *reply, *before = NULL;
    struct taut_request q;
    struct taut_pair next;
    int first = r->n_pairs;
    int64_t n = 0;
    int code = EXIT_OK;
    bool more = true;

    while (more) {
        q = make(r);
        if (taut_call(t, &q, &reply) != TAUT_OK) {
            code = problem_of(t);
            break;
        }
        add_page(r, reply->json, table, &n);
        more = taut_next_page(reply, &next);
        if (more && r->n_pairs > first && strcmp(r->pairs[first].value, next.value) == 0) {
            code = problem(EXIT_FAILED, "%s: a page of the list leads to itself.", r->method);
            more = false;
        }
        taut_reply_free(before); /* the cursor stood in it */
        before = reply;
        if (more) {
            r->pairs[first] = next;
            r->n_pairs = first + 1;
        }
        if (table && !r->options.quiet)
            progress_count("rows", n);
    }
    taut_reply_free(before);
    progress_end();
    if (table)
        table_end(table);
    return code;
}

int request_run(struct request *r)
{
    struct taut *t;
    int code;

    if (r->options.all_pages && (!r->known || !*r->known->items || !r->known->pages))
        return problem(EXIT_USAGE, "%s is no list that comes page by page; leave --all-pages out.", r->method);
    if (r->options.all_pages && r->body)
        return problem(EXIT_USAGE, "--all-pages needs arguments as name=value, not as a body.");
    t = options_client(&r->options);
    if (!t)
        return EXIT_USAGE;
    code = r->options.all_pages ? run_pages(r, t) : run_once(r, t);
    taut_free(t);
    return code;
}
