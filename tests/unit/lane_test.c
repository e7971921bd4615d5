/* store/lane.h on each engine. */
#include "store_fake.h"

#include "base/clock.h"
#include "store/lane.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* A job of these tests: adds one item; what happened to it is kept. */
struct probe {
    struct lane_job job;
    int64_t id;
    const char *text;
    bool drop;            /* run returns false after it wrote */
    bool only_read;       /* run writes nothing */
    struct probe *behind; /* run waits until that one's gate is open */
    struct db *rival;     /* PostgreSQL: another connection that changes the row meanwhile … */
    int rival_times;      /* … in the first so many runs */
    atomic_bool gate, entered;
    int runs_n, run_at, done_at; /* place in the order of all events */
    bool committed;
    enum db_status why;
    int64_t seen_n;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
};

static atomic_int events_n;
static struct db *watcher; /* a reading connection of the lane's thread; NULL: nobody looks */

static void probe_init(struct probe *p, int64_t id)
{
    *p = (struct probe){.id = id, .text = "item"};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
}

static bool add_item(struct probe *p, struct db *db)
{
    int64_t changed = 0;

    return item_add(db, p->id, p->text, &changed) == OK && changed == 1;
}

/* Reads a counter and stores it plus one, as rules do. */
static bool count_up(struct probe *p, struct db *db)
{
    int64_t n = item_n(db, p->id);

    if (p->rival && p->runs_n <= p->rival_times)
        CHECK(item_set_n(p->rival, p->id, n + 100, NULL) == OK);
    return n >= 0 && item_set_n(db, p->id, n + 1, NULL) == OK;
}

static bool probe_run(struct lane_job *job, struct db *db)
{
    struct probe *p = (struct probe *)job;

    p->runs_n++;
    p->run_at = atomic_fetch_add(&events_n, 1);
    atomic_store(&p->entered, true);
    while (p->behind && !atomic_load(&p->behind->gate))
        usleep(100);
    if (p->only_read)
        return item_n(db, 1) >= 0;
    if (p->rival)
        return count_up(p, db);
    return add_item(p, db) && !p->drop;
}

static void probe_done(struct lane_job *job, bool committed, enum db_status why)
{
    struct probe *p = (struct probe *)job;

    p->done_at = atomic_fetch_add(&events_n, 1);
    p->committed = committed;
    p->why = why;
    if (watcher)
        p->seen_n = item_n(watcher, p->id);
    pthread_mutex_lock(&p->lock);
    p->done = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

static void submit(struct lane *l, struct probe *p, struct db *db)
{
    p->job.run = probe_run;
    p->job.done = probe_done;
    p->done = false;
    lane_submit(l, &p->job, db);
}

static void wait_done(struct probe *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->done)
        pthread_cond_wait(&p->wake, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

/* The lane of an engine over a fresh database; *own is the connection of a submitter. */
static struct fixture lane_start(enum db_engine engine, const struct lane_options *opt, struct lane **l,
                                 struct db **own)
{
    struct db *db;
    struct fixture f = fixture_with_tables(engine, &db);

    *l = lane_new(engine == DB_SQLITE ? db : NULL, opt);
    *own = engine == DB_SQLITE ? fixture_open(&f, DB_ROLE_READ) : db;
    return f;
}

static void lane_stop(struct fixture *f, struct lane *l, struct db *own)
{
    lane_free(l);
    db_close(own);
    fixture_free(f);
}

static void kept_and_dropped(enum db_engine engine)
{
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(engine, NULL, &l, &own);
    struct probe p[4];

    for (int i = 0; i < 4; i++) {
        probe_init(&p[i], i == 3 ? 1 : i + 1); /* the last one's key is taken */
        p[i].drop = i == 1;
        submit(l, &p[i], own);
        wait_done(&p[i]);
        CHECK(p[i].committed && p[i].why == DB_OK && p[i].runs_n == 1);
    }
    CHECK(item_n(own, 1) == 0 && item_n(own, 2) == -1 && item_n(own, 3) == 0);
    lane_stop(&f, l, own);
}

enum { SUBMITTERS = 8, EACH = 150 };

struct submitter {
    struct lane *l;
    struct fixture *f;
    struct db *db;
    int number;
    struct probe p[EACH];
    pthread_t thread;
};

static void *submit_many(void *arg)
{
    struct submitter *s = arg;

    for (int i = 0; i < EACH; i++) {
        probe_init(&s->p[i], 1 + s->number * EACH + i);
        s->p[i].drop = s->p[i].id % 7 == 0;
        submit(s->l, &s->p[i], s->db);
        if (i % 3 == 0) /* some wait for each, some have several under way */
            wait_done(&s->p[i]);
    }
    for (int i = 0; i < EACH; i++)
        wait_done(&s->p[i]);
    return NULL;
}

/* Jobs of one submitter are done in the order in which they were submitted, and so they ran. */
static void check_submitter(const struct submitter *s, struct db *db)
{
    for (int i = 0; i < EACH; i++) {
        const struct probe *p = &s->p[i];

        CHECK(p->committed && p->run_at < p->done_at);
        CHECK(i == 0 || (s->p[i - 1].run_at < p->run_at && s->p[i - 1].done_at < p->done_at));
        CHECK(item_n(db, p->id) == (p->drop ? -1 : 0));
        CHECK(!watcher || p->seen_n == (p->drop ? -1 : 0)); /* it was there when done was called */
    }
}

/* Over all submitters as well: who ran first is done first. */
static void check_order(const struct submitter *s)
{
    static int done_at[2 * SUBMITTERS * EACH];
    int last = -1;

    memset(done_at, -1, sizeof done_at);
    for (int k = 0; k < SUBMITTERS; k++)
        for (int i = 0; i < EACH; i++)
            done_at[s[k].p[i].run_at] = s[k].p[i].done_at;
    for (int i = 0; i < 2 * SUBMITTERS * EACH; i++) {
        CHECK(done_at[i] == -1 || done_at[i] > last);
        last = done_at[i] == -1 ? last : done_at[i];
    }
}

static void many_submitters(enum db_engine engine)
{
    static struct submitter s[SUBMITTERS];
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(engine, NULL, &l, &own);

    events_n = 0;
    watcher = engine == DB_SQLITE ? fixture_open(&f, DB_ROLE_READ) : NULL;
    for (int k = 0; k < SUBMITTERS; k++) {
        s[k] = (struct submitter){.l = l, .f = &f, .number = k};
        s[k].db = engine == DB_SQLITE ? NULL : fixture_open(&f, DB_ROLE_WRITE);
        CHECK(pthread_create(&s[k].thread, NULL, submit_many, &s[k]) == 0);
    }
    for (int k = 0; k < SUBMITTERS; k++) {
        pthread_join(s[k].thread, NULL);
        db_close(s[k].db);
    }
    for (int k = 0; k < SUBMITTERS; k++)
        check_submitter(&s[k], own);
    if (engine == DB_SQLITE)
        check_order(s);
    db_close(watcher);
    watcher = NULL;
    lane_stop(&f, l, own);
}

/* Submits p[1] … p[n - 1] while p[0] keeps the lane busy, so that they wait together. */
static void submit_together(struct lane *l, struct probe *p, int n)
{
    p[0].behind = &p[0];
    submit(l, &p[0], NULL);
    while (!atomic_load(&p[0].entered))
        usleep(100);
    for (int i = 1; i < n; i++)
        submit(l, &p[i], NULL);
    atomic_store(&p[0].gate, true);
    for (int i = 0; i < n; i++)
        wait_done(&p[i]);
}

static void batches_are_bounded(void)
{
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(DB_SQLITE, &(struct lane_options){.batch_max = 10, .batch_us = 60000000}, &l, &own);
    struct probe p[25];

    for (int i = 0; i < 25; i++)
        probe_init(&p[i], i + 1);
    submit_together(l, p, 25);
    for (int i = 0; i < 25; i++) {
        int first = i / 10 * 10, last = first + 9 < 24 ? first + 9 : 24;

        CHECK(p[first].done_at > p[last].run_at);                  /* not before the whole batch ran */
        CHECK(last == 24 || p[last].done_at < p[last + 1].run_at); /* before the next begins */
    }
    lane_stop(&f, l, own);
    f = lane_start(DB_SQLITE, &(struct lane_options){.batch_us = 1}, &l, &own);
    for (int i = 0; i < 3; i++)
        probe_init(&p[i], i + 1);
    submit_together(l, p, 3);
    CHECK(p[0].done_at < p[1].run_at); /* its time was over */
    lane_stop(&f, l, own);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void failed_commit_is_told_to_all(void)
{
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(DB_SQLITE, NULL, &l, &own);
    struct probe p[6];

    signal(SIGXFSZ, SIG_IGN);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 6; i++)
            probe_init(&p[i], round * 10 + i);
        p[2].drop = true;
        limit_files((rlim_t)fixture_file_bytes(&f, "-wal"));
        submit_together(l, p, 5);
        for (int i = 0; i < 5; i++)
            CHECK(!p[i].committed && p[i].why == DB_UNAVAILABLE && item_n(own, p[i].id) == -1);
        limit_files(RLIM_INFINITY);
        submit(l, &p[5], NULL);
        wait_done(&p[5]);
        CHECK(p[5].committed && item_n(own, p[5].id) == 0);
    }
    lane_stop(&f, l, own);
}

static void nothing_written_nothing_synced(void)
{
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(DB_SQLITE, NULL, &l, &own);
    long long before = fixture_file_bytes(&f, "-wal");
    struct probe p[2];

    for (int i = 0; i < 2; i++) {
        probe_init(&p[i], 1);
        p[i].only_read = true;
        submit(l, &p[i], NULL);
        wait_done(&p[i]);
        CHECK(p[i].committed);
    }
    CHECK(before > 0 && fixture_file_bytes(&f, "-wal") == before);
    lane_stop(&f, l, own);
}

/* 40 MB go through a log that is copied at 4. */
static void log_stays_short(void)
{
    enum { AT_ONCE = 40, ROUNDS = 100, BYTES = 10000 };
    static struct probe p[AT_ONCE];
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(DB_SQLITE, NULL, &l, &own);
    char *text = arena_alloc(f.a, BYTES + 1);

    memset(text, 'x', BYTES);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < AT_ONCE; i++) {
            probe_init(&p[i], round * AT_ONCE + i + 1);
            p[i].text = text;
            submit(l, &p[i], NULL);
        }
        for (int i = 0; i < AT_ONCE; i++) {
            wait_done(&p[i]);
            CHECK(p[i].committed);
        }
    }
    CHECK(fixture_file_bytes(&f, "-wal") < 24 << 20);
    CHECK(fixture_file_bytes(&f, "") > 20 << 20);
    CHECK(item_n(own, 1) == 0 && item_n(own, ROUNDS * AT_ONCE) == 0);
    lane_stop(&f, l, own);
}

static void queued_jobs_run_before_the_end(void)
{
    enum { N = 50 };
    static struct probe p[N];
    struct lane *l;
    struct db *own;
    struct fixture f = lane_start(DB_SQLITE, NULL, &l, &own);

    for (int i = 0; i < N; i++) {
        probe_init(&p[i], i + 1);
        submit(l, &p[i], NULL);
    }
    lane_free(l);
    for (int i = 0; i < N; i++)
        CHECK(p[i].done && p[i].committed && item_n(own, p[i].id) == 0);
    db_close(own);
    fixture_free(&f);
}

static void collisions_run_again(void)
{
    struct lane *l;
    struct db *own, *rival;
    struct fixture f = lane_start(DB_POSTGRES, NULL, &l, &own);
    struct probe p;

    rival = fixture_open(&f, DB_ROLE_WRITE);
    CHECK(item_add(rival, 1, "counter", NULL) == OK);
    probe_init(&p, 1);
    p.rival = rival;
    p.rival_times = 2;
    submit(l, &p, own);
    CHECK(p.done && p.committed && p.runs_n == 3);
    CHECK(item_n(rival, 1) == 201); /* nobody's change was lost */

    probe_init(&p, 1);
    p.rival = rival;
    p.rival_times = 1000;
    submit(l, &p, own);
    CHECK(p.done && !p.committed && p.why == DB_UNAVAILABLE && p.runs_n == 100);
    CHECK(item_n(rival, 1) == 201 + 100 * 100);
    db_close(rival);
    lane_stop(&f, l, own);
}

static void tests(enum db_engine engine)
{
    kept_and_dropped(engine);
    many_submitters(engine);
    if (engine == DB_SQLITE) {
        batches_are_bounded();
        failed_commit_is_told_to_all();
        nothing_written_nothing_synced();
        log_stays_short();
        queued_jobs_run_before_the_end();
    } else {
        collisions_run_again();
    }
}

int main(void)
{
    on_each_engine(tests);
    return 0;
}
