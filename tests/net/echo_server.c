/* A server for the socket tests: tells what it received, late if asked to, and answers with bodies of any
 * size.
 *
 *   echo_server [name=value …]    listen cert key proxies temp threads, and every limit of struct http_limits
 *
 * It prints "port N" when it listens, and "stopped" after SIGTERM has drained it. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/download.h"
#include "net/form.h"
#include "net/websocket.h"

static _Atomic int released;

/* Requests that wait for the thread that completes them, oldest first. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_request *queue[4096];
    int n;
    bool over;
} late = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static int64_t argument(struct http_request *req, struct str name, int64_t preset)
{
    struct form_field *fields;
    int64_t v;
    int n;

    if (!form_parse(req->arena, req->query, &fields, &n))
        return preset;
    for (int i = 0; i < n; i++) {
        if (str_eq(fields[i].name, name) && str_to_i64(fields[i].value, &v))
            return v;
    }
    return preset;
}

static void sleep_ms(int64_t ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

static void tell_part(struct buf *b, const struct http_part *p)
{
    char bytes[64];
    struct str start = str_head(p->data, sizeof(bytes));
    ssize_t n;

    if (p->fd >= 0) {
        n = pread(p->fd, bytes, sizeof(bytes), 0);
        start = str_of(bytes, n > 0 ? (size_t)n : 0);
    }
    buf_printf(b, "part=%.*s|%.*s|%.*s|%lld|%s|%.*s\n", STR_FMT(p->name), STR_FMT(p->filename),
               STR_FMT(p->content_type), (long long)p->size_bytes, p->fd >= 0 ? "file" : "memory", STR_FMT(start));
}

/* Is it this thread, and no other, that runs requests as this worker?  Handlers keep things for each worker. */
static bool is_own_worker(int worker)
{
    static _Atomic pthread_t owners[256];
    pthread_t nobody = 0, self = pthread_self();

    return atomic_compare_exchange_strong(&owners[worker], &nobody, self) || nobody == self;
}

/* worker: whose thread runs it, as far as that is known. */
static void tell(struct http_request *req, struct http_reply *r, const char *worker)
{
    struct buf b = buf_in(req->arena, 16 << 20);

    buf_printf(&b, "method=%.*s\npath=%.*s\nquery=%.*s\nhost=%.*s\ntype=%.*s\n", STR_FMT(req->method),
               STR_FMT(req->path), STR_FMT(req->query), STR_FMT(req->host), STR_FMT(req->content_type));
    buf_printf(&b, "worker=%s\n", worker);
    buf_printf(&b, "remote=%.*s\nsecure=%d\nhas_body=%d\ncut=%d\nmultipart=%d\nbad=%d\nheaders=%d\n",
               STR_FMT(req->remote_addr), req->secure, req->has_body, req->body_cut, req->is_multipart,
               req->multipart_bad, req->n_headers);
    for (int i = 0; i < req->n_parts; i++)
        tell_part(&b, &req->parts[i]);
    buf_printf(&b, "bytes=%zu\n\n", req->body.n);
    buf_str(&b, req->body);
    r->body = buf_view(&b);
}

static void free_body(void *p)
{
    atomic_fetch_add(&released, 1);
    free(p);
}

static void big(struct http_request *req, struct http_reply *r)
{
    int64_t n = argument(req, S("n"), 1000);
    char *p = malloc((size_t)n + 1);

    for (int64_t i = 0; i < n; i++)
        p[i] = (char)('a' + i % 26);
    r->body = str_of(p, (size_t)n);
    r->release = free_body;
    r->release_arg = p;
}

/* A file without a name of n bytes, a to z over and over. */
static int letters(int64_t n)
{
    char block[26 * 1000];
    FILE *f = tmpfile();
    int fd;

    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)('a' + i % 26);
    for (int64_t left = n; left > 0; left -= (int64_t)sizeof(block))
        fwrite(block, 1, left < (int64_t)sizeof(block) ? (size_t)left : sizeof(block), f);
    fflush(f);
    fd = dup(fileno(f));
    fclose(f);
    return fd;
}

static void file(struct http_request *req, struct http_reply *r)
{
    int64_t n = argument(req, S("n"), 1000);

    r->file_fd = letters(n + 10);
    r->file_offset = argument(req, S("from"), 0);
    r->file_bytes = n;
}

static void download(struct http_request *req)
{
    int64_t n = argument(req, S("n"), 1000);
    struct download d = {.fd = letters(n), .bytes = n, .content_type = S("text/plain"), .headers = S("X-One: 1\r\n")};

    if (argument(req, S("tag"), 1))
        d.etag = S("\"abc\"");
    download_reply(req, &d);
}

static void *complete_later(void *arg)
{
    (void)arg;
    for (;;) {
        struct http_request *batch[4096];
        int n;

        pthread_mutex_lock(&late.lock);
        while (late.n == 0 && !late.over)
            pthread_cond_wait(&late.changed, &late.lock);
        n = late.n;
        memcpy(batch, late.queue, sizeof(batch[0]) * (size_t)n);
        late.n = 0;
        pthread_mutex_unlock(&late.lock);
        if (n == 0)
            return NULL;
        sleep_ms(argument(batch[0], S("ms"), 0));
        for (int i = 0; i < n; i++) {
            tell(batch[i], &batch[i]->reply, "late");
            http_complete(batch[i]);
        }
    }
    return NULL;
}

static void end_late(pthread_t completer)
{
    pthread_mutex_lock(&late.lock);
    late.over = true;
    pthread_cond_signal(&late.changed);
    pthread_mutex_unlock(&late.lock);
    pthread_join(completer, NULL);
}

static enum http_verdict hand_over(struct http_request *req)
{
    pthread_mutex_lock(&late.lock);
    late.queue[late.n++] = req;
    pthread_cond_signal(&late.changed);
    pthread_mutex_unlock(&late.lock);
    return HTTP_LATER;
}

/* --- WebSockets: /ws answers what it gets, but for "!send N BYTES" and "!close CODE" ---------------------------- */

static _Atomic int ws_opened, ws_closed;

static void ws_opens(struct ws *w, void *user)
{
    (void)w;
    (void)user;
    atomic_fetch_add(&ws_opened, 1);
}

static void ws_ends(struct ws *w, void *user)
{
    (void)w;
    (void)user;
    atomic_fetch_add(&ws_closed, 1);
}

static void ws_never(void *user)
{
    (void)user;
}

/* n frames of so many bytes, one and the same. */
static void ws_send_many(struct ws *w, int n, size_t bytes)
{
    char *text = malloc(bytes + 1);
    struct ws_frame *f;

    memset(text, 'x', bytes);
    f = frame_new(WS_TEXT, str_of(text, bytes));
    for (int i = 0; i < n; i++)
        ws_send(w, f);
    frame_unref(f);
    free(text);
}

static void ws_says(struct ws *w, void *user, enum ws_opcode kind, struct str payload)
{
    struct ws_frame *f;
    char text[64] = {0};
    size_t bytes;
    int n;

    (void)user;
    memcpy(text, payload.p, payload.n < sizeof(text) ? payload.n : sizeof(text) - 1);
    if (sscanf(text, "!send %d %zu", &n, &bytes) == 2) {
        ws_send_many(w, n, bytes);
        return;
    }
    if (sscanf(text, "!close %d", &n) == 1) {
        ws_close(w, n, S("as asked"));
        return;
    }
    f = frame_new(kind, payload);
    ws_send(w, f);
    frame_unref(f);
}

static const struct ws_handler ws_echo = {
    .max_bytes = 1 << 20, .open = ws_opens, .message = ws_says, .closed = ws_ends, .never = ws_never};

static enum http_verdict handle(void *ctx, struct http_request *req)
{
    static const char whoami[] = "{\"ok\":true,\"url\":\"http://127.0.0.1:8065/\",\"team\":\"A team of some "
                                 "length\",\"user\":\"somebody\","
                                 "\"team_id\":\"T0123456789\",\"user_id\":\"U0123456789\",\"bot_id\":"
                                 "\"B0123456789\",\"is_enterprise_install\":false,"
                                 "\"enterprise_id\":\"E0123456789\",\"expires_in\":43200,\"more\":\"text "
                                 "that fills the reply to 300\"}";
    struct http_reply *r = &req->reply;

    (void)ctx;
    r->status = (int)argument(req, S("status"), 200);
    r->content_type = S("application/json; charset=utf-8");
    r->no_gzip = argument(req, S("plain"), 0) != 0;
    r->close = argument(req, S("close"), 0) != 0;
    if (str_eq(req->path, S("/api/auth.test"))) {
        r->body = str_c(whoami);
    } else if (str_eq(req->path, S("/later"))) {
        return hand_over(req);
    } else if (str_eq(req->path, S("/ws"))) {
        ws_accept(req, &ws_echo, NULL);
    } else if (str_eq(req->path, S("/big"))) {
        big(req, r);
    } else if (str_eq(req->path, S("/file"))) {
        file(req, r);
    } else if (str_eq(req->path, S("/download"))) {
        download(req);
    } else if (str_eq(req->path, S("/stats"))) {
        r->headers = S("X-One: 1\r\nX-Two: 2\r\n");
        r->body = arena_printf(req->arena, "released=%d\nws_opened=%d\nws_closed=%d\n", atomic_load(&released),
                               atomic_load(&ws_opened), atomic_load(&ws_closed));
    } else {
        sleep_ms(argument(req, S("ms"), 0));
        tell(req, r, is_own_worker(req->worker) ? "own" : "another's");
    }
    return HTTP_DONE;
}

static int64_t body_limit(void *ctx, const struct http_request *req)
{
    (void)ctx;
    return str_eq(req->path, S("/small")) ? 10 : str_eq(req->path, S("/huge")) ? 1 << 30 : 4 << 20;
}

static void set(struct http_config *cfg, struct str name, struct str value)
{
    struct http_limits *l = &cfg->limits;
    const struct {
        struct str name;
        struct str *text;
        int *number;
    } rows[] = {
        {S("listen"), &cfg->listen, NULL},
        {S("cert"), &cfg->tls_cert, NULL},
        {S("key"), &cfg->tls_key, NULL},
        {S("proxies"), &cfg->trusted_proxies, NULL},
        {S("temp"), &cfg->temp_dir, NULL},
        {S("threads"), NULL, &l->threads},
        {S("connections"), NULL, &l->max_connections},
        {S("head_bytes"), NULL, &l->head_bytes},
        {S("headers"), NULL, &l->headers_n},
        {S("parts"), NULL, &l->parts_n},
        {S("head_ms"), NULL, &l->head_ms},
        {S("idle_ms"), NULL, &l->idle_ms},
        {S("write_ms"), NULL, &l->write_ms},
        {S("body_ms"), NULL, &l->body_ms},
        {S("drain_ms"), NULL, &l->drain_ms},
        {S("ws_ping_ms"), NULL, &l->ws_ping_ms},
    };
    int64_t v = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!str_eq(rows[i].name, name))
            continue;
        if (rows[i].text)
            *rows[i].text = value;
        else if (str_to_i64(value, &v))
            *rows[i].number = (int)v;
        return;
    }
    fprintf(stderr, "no such setting: %.*s\n", STR_FMT(name));
    exit(2);
}

int main(int argc, char **argv)
{
    struct http_config cfg = {.listen = S("127.0.0.1:0"), .limits = http_limits_default, .handler = handle};
    struct arena *a = arena_new(4096);
    struct http_server *s;
    struct str why;
    pthread_t completer;
    sigset_t stop;
    int sig;

    cfg.body_limit = body_limit;
    for (int i = 1; i < argc; i++) {
        struct str rest = str_c(argv[i]), name;

        str_cut(&rest, '=', &name);
        set(&cfg, name, rest);
    }
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    s = http_open(&cfg, a, &why);
    if (!s) {
        printf("refused: %.*s\n", STR_FMT(why));
        arena_free(a);
        return 1;
    }
    if (pthread_create(&completer, NULL, complete_later, NULL) != 0 || http_start(s) != 0)
        return 1;
    printf("port %d\n", http_port(s));
    fflush(stdout);
    sigwait(&stop, &sig);
    http_stop(s);
    printf("stopped with %d open\n", http_connections(s));
    end_late(completer);
    http_free(s);
    arena_free(a);
    return 0;
}
