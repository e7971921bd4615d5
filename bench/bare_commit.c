/* What SQLite alone can do: group-commits the rows of a post, without HTTP, JSON, rights or threads around
 * them.
 *
 * The rows are not written down here.  They come from a plan, which bench/rows.py makes by looking at what
 * posts change in the server's own database, and they go into a copy of that database: same schema, same
 * indexes, same page size.
 *
 * A plan is lines of tab-separated words:
 *   sql TEXT            one statement, run once a message; its parameters follow, ?1 first
 *   int FIRST STEP      FIRST + STEP * seq
 *   seq PREFIX SUFFIX   text around the 12 digits of seq
 *   hex DIGITS          that many random hexadecimal digits
 * Prints one line of JSON. */
#include "hist.h"

#include <getopt.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS = 16, PARAMS = 32, TEXT_BYTES = 8192 };

struct param {
    enum { PARAM_INT, PARAM_SEQ, PARAM_HEX } kind;
    long long first, step; /* PARAM_INT */
    char *prefix, *suffix; /* PARAM_SEQ */
    int digits;            /* PARAM_HEX */
};

struct statement {
    sqlite3_stmt *stmt;
    struct param param[PARAMS];
    int params_n;
};

struct options {
    const char *db, *plan;
    int batch;
    double seconds, warmup_s;
    long long rows; /* 0: until the time is over */
    long long seq;
    bool fast; /* do not wait for the disk: for filling a database, not for measuring */
};

static sqlite3 *db;
static struct statement statements[STATEMENTS];
static int statements_n;

static void die(const char *what)
{
    fprintf(stderr, "bare_commit: %s: %s\n", what, db ? sqlite3_errmsg(db) : "no database");
    exit(1);
}

static void run_sql(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql);
}

/* Plan */

static char *copy(const char *s)
{
    char *c = s ? strdup(s) : NULL;

    if (!c)
        die("a line of the plan is too short");
    return c;
}

/* strtok skips empty words; a plan has them. */
static char *next_word(char **rest)
{
    return strsep(rest, "\t");
}

static void plan_line(char *line)
{
    char *rest = line, *word = next_word(&rest);
    struct statement *s = statements_n ? &statements[statements_n - 1] : NULL;
    struct param p = {.kind = PARAM_INT};

    if (strcmp(word, "sql") == 0) {
        if (statements_n == STATEMENTS)
            die("too many statements");
        if (sqlite3_prepare_v3(db, next_word(&rest), -1, SQLITE_PREPARE_PERSISTENT, &statements[statements_n++].stmt,
                               NULL) != SQLITE_OK)
            die("prepare");
        return;
    }
    if (strcmp(word, "int") == 0) {
        char *first = copy(next_word(&rest)), *step = copy(next_word(&rest));

        p.first = atoll(first);
        p.step = atoll(step);
        free(first);
        free(step);
    } else if (strcmp(word, "seq") == 0) {
        p.kind = PARAM_SEQ;
        p.prefix = copy(next_word(&rest));
        p.suffix = copy(next_word(&rest));
    } else if (strcmp(word, "hex") == 0) {
        p.kind = PARAM_HEX;
        p.digits = atoi(rest ? rest : "0");
    } else {
        die(word);
    }
    if (!s || s->params_n == PARAMS)
        die("a parameter too many in the plan");
    s->param[s->params_n++] = p;
}

static void plan_read(const char *path)
{
    static char line[65536];
    FILE *f = fopen(path, "r");

    if (!f)
        die(path);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        if (*line)
            plan_line(line);
    }
    fclose(f);
    for (int i = 0; i < statements_n; i++)
        if (sqlite3_bind_parameter_count(statements[i].stmt) != statements[i].params_n)
            die("a statement of the plan lacks parameters");
}

/* Rows */

static void bind_text(sqlite3_stmt *stmt, int at, const struct param *p, long long seq)
{
    static const char digits[] = "0123456789abcdef";
    char text[TEXT_BYTES];
    int n = 0;

    if (p->kind == PARAM_SEQ) {
        n = snprintf(text, sizeof text, "%s%012lld%s", p->prefix, seq, p->suffix);
    } else {
        while (n < p->digits && n < TEXT_BYTES)
            text[n++] = digits[random() & 15];
    }
    if (n > TEXT_BYTES - 1)
        die("a text of the plan is too long");
    sqlite3_bind_text(stmt, at, text, n, SQLITE_TRANSIENT);
}

static void write_message(long long seq)
{
    for (int i = 0; i < statements_n; i++) {
        struct statement *s = &statements[i];

        for (int k = 0; k < s->params_n; k++) {
            if (s->param[k].kind == PARAM_INT)
                sqlite3_bind_int64(s->stmt, k + 1, s->param[k].first + s->param[k].step * seq);
            else
                bind_text(s->stmt, k + 1, &s->param[k], seq);
        }
        if (sqlite3_step(s->stmt) != SQLITE_DONE)
            die("a statement of the plan");
        if (sqlite3_changes(db) != 1)
            die("a statement of the plan changed no row, or more than one");
        sqlite3_reset(s->stmt);
    }
}

static void write_batch(long long seq, int n)
{
    run_sql("begin immediate");
    for (int i = 0; i < n; i++)
        write_message(seq + i);
    run_sql("commit");
}

/* Run */

static void options_parse(struct options *o, int argc, char **argv)
{
    int opt;

    *o = (struct options){.batch = 32, .seconds = 5, .warmup_s = 1};
    while ((opt = getopt(argc, argv, "b:t:w:n:s:f")) != -1) {
        switch (opt) {
        case 'b':
            o->batch = atoi(optarg);
            break;
        case 't':
            o->seconds = atof(optarg);
            break;
        case 'w':
            o->warmup_s = atof(optarg);
            break;
        case 'n':
            o->rows = atoll(optarg);
            break;
        case 's':
            o->seq = atoll(optarg);
            break;
        case 'f':
            o->fast = true;
            break;
        default:
            exit(2);
        }
    }
    if (argc - optind != 2 || o->batch < 1) {
        fputs("usage: bare_commit [-b BATCH] [-t SECONDS] [-w WARMUP] [-n ROWS] [-s FIRST_SEQ] [-f] DB PLAN\n", stderr);
        exit(2);
    }
    o->db = argv[optind];
    o->plan = argv[optind + 1];
}

/* The file of words beside the database, as the server writes it: what a power cut takes is made again. */
static void attach_search(const char *path)
{
    char sql[4096];

    snprintf(sql, sizeof sql, "attach '%s-search' as search; pragma search.synchronous = normal", path);
    run_sql(sql);
}

static void open_database(const struct options *o)
{
    if (sqlite3_open_v2(o->db, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        die(o->db);
    run_sql("pragma journal_mode = wal");
    run_sql(o->fast ? "pragma synchronous = off" : "pragma synchronous = full");
    run_sql("pragma foreign_keys = on");
    attach_search(o->db);
    if (o->fast)
        run_sql("pragma cache_size = -262144");
}

static bool finished(const struct options *o, long long rows, uint64_t begin_ns)
{
    return o->rows ? rows >= o->rows : (double)(now_ns() - begin_ns) >= o->seconds * 1e9;
}

int main(int argc, char **argv)
{
    static struct hist latency;
    struct options o;
    long long seq, rows = 0;
    uint64_t begin_ns;
    double cpu, seconds;

    options_parse(&o, argc, argv);
    open_database(&o);
    plan_read(o.plan);
    seq = o.seq;
    begin_ns = now_ns();
    for (; !o.rows && (double)(now_ns() - begin_ns) < o.warmup_s * 1e9; seq += o.batch)
        write_batch(seq, o.batch);
    begin_ns = now_ns();
    cpu = cpu_us();
    while (!finished(&o, rows, begin_ns)) {
        uint64_t start_ns = now_ns();
        int n = o.rows && o.rows - rows < o.batch ? (int)(o.rows - rows) : o.batch;

        write_batch(seq, n);
        hist_add(&latency, now_ns() - start_ns);
        seq += n;
        rows += n;
    }
    seconds = (double)(now_ns() - begin_ns) / 1e9;
    printf("{\"batch\":%d,\"rows\":%lld,\"seconds\":%.3f,\"rate\":%.1f,\"commits\":%llu,", o.batch, rows, seconds,
           (double)rows / seconds, (unsigned long long)latency.n);
    hist_print(&latency);
    printf(",\"cpu_us_per_row\":%.2f,\"next_seq\":%lld}\n", (cpu_us() - cpu) / (double)rows, seq);
    for (int i = 0; i < statements_n; i++)
        sqlite3_finalize(statements[i].stmt);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
