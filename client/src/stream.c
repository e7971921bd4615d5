#include "stream.h"

#include "own.h"

enum { BUFFER_BYTES = 256 << 10, ONCE_BYTES = 64 << 10, POLL_MS = 1000, FORM_MAX_BYTES = 1 << 20 };

struct stream {
    struct taut *t;
    const char *method;
    CURLM *multi;
    CURL *curl;
    struct curl_slist *headers;
    struct buf url, body;
    struct http_request request;       /* points into these */
    struct taut_reply_memory *refusal; /* where an answer goes that is no file */
    bool is_file, known, paused, done;
    int retry_after_s;
    CURLcode result;
    size_t at, n;
    char bytes[BUFFER_BYTES];
};

/* --- what libcurl calls ---------------------------------------------------------------------------------------- */

static bool is_file(struct stream *s)
{
    const char *type = NULL;

    if (!s->known) {
        curl_easy_getinfo(s->curl, CURLINFO_CONTENT_TYPE, &type);
        s->is_file = type && !str_starts(str_c(type), S("application/json"));
        s->known = true;
    }
    return s->is_file;
}

static size_t take(char *p, size_t size, size_t n, void *with)
{
    struct stream *s = with;

    n *= size;
    if (!is_file(s)) {
        buf_put(&s->refusal->body, p, n);
        return s->refusal->body.over ? 0 : n;
    }
    if (n > sizeof(s->bytes) - s->n) {
        s->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(s->bytes + s->n, p, n);
    s->n += n;
    return n;
}

static size_t take_header(char *p, size_t size, size_t n, void *with)
{
    struct stream *s = with;

    s->retry_after_s = retry_after(str_of(p, size * n), s->retry_after_s);
    return size * n;
}

/* --- reading --------------------------------------------------------------------------------------------------- */

/* Lets libcurl work until there are bytes, or the end. */
static void run(struct stream *s)
{
    struct quiet quiet;
    CURLMsg *told;
    int running, left;

    quiet_begin(&quiet);
    if (s->paused) {
        s->paused = false;
        curl_easy_pause(s->curl, CURLPAUSE_CONT);
    }
    while (s->n == 0 && !s->done) {
        if (curl_multi_perform(s->multi, &running) != CURLM_OK) {
            s->result = CURLE_OUT_OF_MEMORY;
            s->done = true;
        }
        while (!s->done && (told = curl_multi_info_read(s->multi, &left)))
            if (told->msg == CURLMSG_DONE) {
                s->result = told->data.result;
                s->done = true;
            }
        if (s->n == 0 && !s->done)
            curl_multi_poll(s->multi, NULL, 0, POLL_MS, NULL);
    }
    quiet_end(&quiet);
}

ptrdiff_t stream_read(struct stream *s, void *p, size_t n)
{
    if (s->at == s->n) {
        s->at = s->n = 0;
        run(s);
    }
    if (s->n == 0)
        return http_failure(s->t, s->result, s->url.p) ? -1 : 0;
    if (n > s->n - s->at)
        n = s->n - s->at;
    memcpy(p, s->bytes + s->at, n);
    s->at += n;
    return (ptrdiff_t)n;
}

/* --- opening --------------------------------------------------------------------------------------------------- */

static enum taut_error prepare(struct stream *s)
{
    enum taut_error e = http_prepare(s->t, s->curl, &s->request, &s->headers);

    if (e)
        return e;
    curl_easy_setopt(s->curl, CURLOPT_ACCEPT_ENCODING, NULL); /* the file is packed as it is */
    curl_easy_setopt(s->curl, CURLOPT_BUFFERSIZE, (long)ONCE_BYTES);
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->request.body.n);
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, s->request.body.n ? s->request.body.p : "");
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(s->curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(s->curl, CURLOPT_HEADERDATA, s);
    return curl_multi_add_handle(s->multi, s->curl) == CURLM_OK ? TAUT_OK : no_memory(s->t);
}

static void let_go(struct stream *s)
{
    curl_multi_remove_handle(s->multi, s->curl);
    curl_slist_free_all(s->headers);
    s->headers = NULL;
}

/* One request, as far as the first bytes of the file; or all of an answer that is none. */
static enum taut_error ask(struct stream *s, int *status)
{
    enum taut_error e = prepare(s);
    long code = 0;

    if (e)
        return e;
    s->known = s->is_file = s->done = false;
    s->retry_after_s = -1;
    s->refusal->body.n = 0;
    run(s);
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
    *status = s->t->failure.http_status = (int)code;
    return s->n ? TAUT_OK : http_failure(s->t, s->result, s->url.p);
}

static enum taut_error refused(struct stream *s, int status)
{
    struct taut_reply_memory *m = s->refusal;
    void *reply = NULL;
    enum taut_error e;

    s->refusal = NULL;
    e = reply_read(s->t, s->method, m, status, NULL, sizeof(struct taut_reply), &reply);
    if (e)
        return e;
    taut_reply_free(reply);
    return failure(s->t, TAUT_BAD_REPLY, "%s: the answer is no file.", s->method);
}

static enum taut_error open_it(struct stream *s, const struct taut_request *q)
{
    int status, waits = 0;
    enum taut_error e;

    s->curl = curl_easy_init();
    s->multi = curl_multi_init();
    s->refusal = reply_memory_new(s->t);
    if (!s->curl || !s->multi || !s->refusal)
        return no_memory(s->t);
    if (q->part)
        return failure(s->t, TAUT_BAD_ARGUMENT, "Who asks for a file's rows sends no file along.");
    e = request_make(s->t, q, &s->url, &s->body, &s->request);
    if (e)
        return e;
    s->request.transfer = true; /* lasts as long as bytes move */
    for (;;) {
        e = ask(s, &status);
        if (e || s->is_file)
            return e;
        if (!wait_for_turn(s->t, s->method, status, s->retry_after_s, &waits))
            return refused(s, status);
        let_go(s);
    }
}

enum taut_error stream_open(struct taut *t, const struct taut_request *q, struct stream **out)
{
    struct stream *s = t->memory.resize(t->memory.context, NULL, sizeof(*s));
    enum taut_error e;

    *out = NULL;
    if (!s)
        return no_memory(t);
    memset(s, 0, offsetof(struct stream, bytes));
    s->t = t;
    s->method = q->method;
    s->url = buf_from(&t->memory, 1 << 16);
    s->body = buf_from(&t->memory, FORM_MAX_BYTES);
    e = open_it(s, q);
    if (e)
        stream_close(s);
    else
        *out = s;
    return e;
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    if (s->multi && s->curl)
        let_go(s);
    curl_easy_cleanup(s->curl);
    curl_multi_cleanup(s->multi);
    reply_memory_free(s->refusal);
    buf_free(&s->url);
    buf_free(&s->body);
    s->t->memory.resize(s->t->memory.context, s, 0);
}
