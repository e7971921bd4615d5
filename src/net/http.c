#include "net/http.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wait.h"
#include "net/hasher.h"
#include "net/server.h"

enum {
    STOP_STEP_US = 10000, /* how often http_stop looks whether all have gone */
    STOP_GRACE_MS = 1000, /* for connections to close once they were cut off */
    FILES_KEPT = 64       /* descriptors left for the database, logs, parts of forms */
};

const struct http_limits http_limits_default = {
    .threads = 8,
    .head_bytes = 65536, /* clients put whole messages into a query (wire.md) */
    .headers_n = 100,
    .part_memory_bytes = 65536,
    .parts_n = 100,
    .head_ms = 10000,
    .idle_ms = 75000,
    .write_ms = 30000,
    .body_ms = 10000,
    .drain_ms = 10000,
    .ws_ping_ms = 25000, /* clients of Socket Mode want one within 30 s of the last */
};

/* Raises the limit of open files as far as the system allows; returns it. */
static int raise_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 1024;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur > INT32_MAX ? INT32_MAX : (int)files.rlim_cur;
}

static void copy_config(struct http_server *s, const struct http_config *cfg)
{
    int most = raise_files() - FILES_KEPT;

    s->cfg = *cfg;
    s->cfg.listen = arena_dup(s->arena, cfg->listen);
    s->cfg.tls_cert = arena_dup(s->arena, cfg->tls_cert);
    s->cfg.tls_key = arena_dup(s->arena, cfg->tls_key);
    s->place.temp_dir = cfg->temp_dir.n ? arena_cstr(s->arena, cfg->temp_dir) : "/tmp";
    s->place.hasher = hasher_new();
    s->max_conns = cfg->limits.max_connections;
    if (s->max_conns == 0 || s->max_conns > most)
        s->max_conns = most;
}

static void open_fds(struct http_server *s)
{
    struct epoll_event wake = {.events = EPOLLIN | EPOLLET, .data.ptr = &s->wake_fd};
    struct epoll_event stop = {.events = EPOLLIN, .data.ptr = &s->stop_fd};

    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake_fd, &wake) != 0 ||
        epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->stop_fd, &stop) != 0)
        abort(); /* not even a handful of descriptors */
}

static struct http_server *server_new(const struct http_config *cfg)
{
    struct http_server *s = calloc(1, sizeof(*s));

    if (!s)
        abort();
    s->arena = arena_new(ARENA_FIRST_BYTES);
    s->epoll = s->listen_fd = s->wake_fd = s->stop_fd = -1;
    copy_config(s, cfg);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->tls_lock, NULL);
    wait_init(&s->quit_changed);
    open_fds(s);
    s->ws = ws_loop_new(s);
    s->workers = ARENA_ARRAY(s->arena, struct worker, s->cfg.limits.threads);
    for (int i = 0; i < s->cfg.limits.threads; i++)
        worker_init(&s->workers[i], s, i);
    return s;
}

struct http_server *http_open(const struct http_config *cfg, struct arena *a, struct str *why)
{
    struct http_server *s = server_new(cfg);
    bool good = false;

    if (!proxy_list(s, cfg->trusted_proxies))
        *why = S("the trusted proxies are not a comma list of addresses");
    else if ((cfg->tls_cert.n == 0) != (cfg->tls_key.n == 0))
        *why = S("TLS needs both a certificate and a key");
    else if (cfg->tls_cert.n && !(s->tls = tls_open(s, a, why)))
        good = false;
    else
        good = listen_open(s, a, why) == 0;
    if (good)
        return s;
    http_free(s);
    return NULL;
}

int http_port(const struct http_server *s)
{
    return s->port;
}

int http_connections(const struct http_server *s)
{
    return atomic_load(&s->n_conns);
}

static int start_workers(struct http_server *s)
{
    for (int i = 0; i < s->cfg.limits.threads; i++) {
        if (pthread_create(&s->workers[i].thread, NULL, worker_main, &s->workers[i]) != 0)
            return -1;
        s->n_started++;
    }
    return 0;
}

int http_start(struct http_server *s)
{
    sigset_t all, before;
    int result;

    /* Signals are the main thread's; SIGPIPE of a sendfile stays blocked here. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = start_workers(s);
    if (result == 0)
        result = ws_loop_start(s->ws);
    if (result == 0)
        result = sweep_start(s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0)
        http_stop(s);
    return result;
}

/* Waits until no connection is open, at most so long.  New idle ones (a reply has just left) are closed too.
 */
static void wait_closed(struct http_server *s, int64_t most_ms)
{
    int64_t until_us = clock_mono_us() + most_ms * 1000;
    struct timespec step = {.tv_nsec = STOP_STEP_US * 1000};

    while (http_connections(s) > 0 && clock_mono_us() < until_us) {
        sweep_close(s, false);
        nanosleep(&step, NULL);
    }
}

void http_stop(struct http_server *s)
{
    uint64_t one = 1;

    atomic_store(&s->stopping, true);
    listen_close(s);
    ws_loop_close_all(s->ws);
    if (s->n_started > 0) {
        wait_closed(s, s->cfg.limits.drain_ms);
        sweep_close(s, true);
        wait_closed(s, STOP_GRACE_MS);
    }
    while (write(s->stop_fd, &one, sizeof(one)) < 0)
        ;
    for (; s->n_started > 0; s->n_started--)
        pthread_join(s->workers[s->n_started - 1].thread, NULL);
    sweep_stop(s);
    ws_loop_stop(s->ws);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void http_free(struct http_server *s)
{
    if (!s)
        return;
    ws_loop_free(s->ws);
    slots_free(s);
    hasher_free(s->place.hasher);
    for (int i = 0; i < s->cfg.limits.threads; i++)
        worker_free(&s->workers[i]);
    close_fd(s->listen_fd);
    close_fd(s->wake_fd);
    close_fd(s->stop_fd);
    close_fd(s->epoll);
    SSL_CTX_free(s->tls);
    pthread_cond_destroy(&s->quit_changed);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->tls_lock);
    arena_free(s->arena);
    free(s);
}

struct str http_header(const struct http_request *req, struct str name)
{
    for (int i = 0; i < req->n_headers; i++) {
        if (str_eq_nocase(req->headers[i].name, name))
            return req->headers[i].value;
    }
    return S("");
}
