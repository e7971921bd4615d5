/* Requests, by libcurl. */
#include <limits.h>
#include <signal.h>

#include "own.h"

enum { CONNECT_MS = 10000, STALL_S = 60, URL_SHOWN = 200 };

static size_t take_body(char *p, size_t size, size_t n, void *with)
{
    struct buf *b = with;

    buf_put(b, p, size * n);
    return b->over ? 0 : size * n;
}

/* A source that is being sent. */
struct sending {
    const struct taut_source *source;
    int64_t given;
    bool failed, ended_early;
};

static size_t give_body(char *p, size_t size, size_t n, void *with)
{
    struct sending *s = with;
    ptrdiff_t got = s->source->read(s->source->context, p, size * n);

    s->failed = got < 0;
    s->given += got;
    s->ended_early = got == 0 && s->given < s->source->bytes; /* the server would wait for the rest */
    return s->failed || s->ended_early ? CURL_READFUNC_ABORT : (size_t)got;
}

int retry_after(struct str line, int before)
{
    struct str name = S("");
    int64_t v;

    if (!str_cut(&line, ':', &name) || !str_eq_nocase(name, S("retry-after")) || !str_to_i64(str_trim(line), &v))
        return before;
    return v < 0 ? 0 : v > INT_MAX ? INT_MAX : (int)v;
}

static size_t take_header(char *p, size_t size, size_t n, void *with)
{
    struct http_answer *answer = with;

    answer->retry_after_s = retry_after(str_of(p, size * n), answer->retry_after_s);
    return size * n;
}

static int progress(void *with, curl_off_t of_got, curl_off_t got, curl_off_t of_sent, curl_off_t sent)
{
    const struct taut *t = with;

    return t->options.on_progress(t->options.context, sent, of_sent, got, of_got) ? 0 : 1;
}

/* Appends a header; false when there is no memory. */
static bool add_header(struct curl_slist **list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*list, text);

    if (longer)
        *list = longer;
    return longer;
}

static bool add_headers(struct taut *t, const struct http_request *r, struct curl_slist **headers)
{
    struct buf b = buf_from(&t->memory, 1 << 16);
    bool ok = add_header(headers, "Expect:");

    if (r->bearer && *r->bearer) {
        buf_printf(&b, "Authorization: Bearer %s", r->bearer);
        ok = ok && !b.over && add_header(headers, b.p);
        b.n = 0;
    }
    if (r->content_type) {
        buf_printf(&b, "Content-Type: %s", r->content_type);
        ok = ok && !b.over && add_header(headers, b.p);
    }
    buf_free(&b);
    return ok;
}

enum taut_error http_prepare(struct taut *t, CURL *curl, const struct http_request *r, struct curl_slist **headers)
{
    *headers = NULL;
    curl_easy_reset(curl);
    if (!add_headers(t, r, headers) || curl_easy_setopt(curl, CURLOPT_URL, r->url) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_USERAGENT, t->agent) != CURLE_OK) {
        curl_slist_free_all(*headers);
        return no_memory(t);
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    if (*t->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, t->ca_file);
    if (r->transfer) {
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    } else {
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)t->options.timeout_ms);
    }
    if (t->options.on_progress) {
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    }
    return TAUT_OK;
}

/* A multipart form; NULL when there is no memory. */
static curl_mime *make_form(CURL *curl, const struct http_request *r, struct sending *sending)
{
    curl_mime *form = curl_mime_init(curl);
    curl_mimepart *part;
    bool ok = form;

    for (int i = 0; ok && i < r->n_fields; i++) {
        if (!r->fields[i].value)
            continue;
        part = curl_mime_addpart(form);
        ok = part && curl_mime_name(part, r->fields[i].name) == CURLE_OK &&
             curl_mime_data(part, r->fields[i].value, CURL_ZERO_TERMINATED) == CURLE_OK;
    }
    part = ok ? curl_mime_addpart(form) : NULL;
    ok = part && curl_mime_name(part, r->part) == CURLE_OK &&
         curl_mime_filename(part, r->source->filename ? r->source->filename : "file") == CURLE_OK &&
         curl_mime_data_cb(part, r->source->bytes, give_body, NULL, NULL, sending) == CURLE_OK;
    if (ok)
        return form;
    curl_mime_free(form);
    return NULL;
}

static enum taut_error put_body(struct taut *t, const struct http_request *r, struct sending *sending, curl_mime **form)
{
    *form = NULL;
    if (r->source) /* it cannot be sent twice, so no connection that the server may have closed meanwhile */
        curl_easy_setopt(t->curl, CURLOPT_FRESH_CONNECT, 1L);
    if (r->part) {
        *form = make_form(t->curl, r, sending);
        if (!*form)
            return no_memory(t);
        curl_easy_setopt(t->curl, CURLOPT_MIMEPOST, *form);
    } else if (r->source) {
        curl_easy_setopt(t->curl, CURLOPT_POST, 1L);
        curl_easy_setopt(t->curl, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(t->curl, CURLOPT_READDATA, sending);
        curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->source->bytes);
    } else if (r->content_type) {
        curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "");
    }
    return TAUT_OK;
}

enum taut_error http_failure(struct taut *t, CURLcode result, const char *url)
{
    int shown = (int)strcspn(url, "?");

    if (shown > URL_SHOWN)
        shown = URL_SHOWN;
    switch (result) {
    case CURLE_OK:
        return TAUT_OK;
    case CURLE_OUT_OF_MEMORY:
        return no_memory(t);
    case CURLE_OPERATION_TIMEDOUT:
        return failure(t, TAUT_TIMED_OUT, "%.*s did not answer in time.", shown, url);
    case CURLE_ABORTED_BY_CALLBACK:
        return failure(t, TAUT_STOPPED, "It was stopped.");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return failure(t, TAUT_BAD_ARGUMENT, "%.*s is no http or https address.", shown, url);
    case CURLE_PEER_FAILED_VERIFICATION:
        return failure(t, TAUT_UNREACHABLE,
                       "The certificate of %.*s is not trusted; for one of your own name its CA in SSL_CERT_FILE.",
                       shown, url);
    default:
        return failure(t, TAUT_UNREACHABLE, "%.*s cannot be reached: %s.", shown, url, curl_easy_strerror(result));
    }
}

static void read_answer(struct taut *t, struct http_answer *answer)
{
    const char *type = NULL;
    long status = 0;

    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    answer->status = (int)status;
    answer->gzip = type && str_starts(str_c(type), S("application/gzip"));
    t->failure.http_status = answer->status;
}

static enum taut_error result_of(struct taut *t, const struct http_request *r, const struct http_answer *answer,
                                 const struct sending *sending, CURLcode result)
{
    const struct buf *b = answer->body;
    const char *name = r->source && r->source->filename ? r->source->filename : "The file";

    if (sending->failed)
        return failure(t, TAUT_LOCAL_IO, "%s cannot be read.", name);
    if (sending->ended_early)
        return failure(t, TAUT_LOCAL_IO, "%s ended behind %lld bytes, before it had all it was to have.", name,
                       (long long)sending->given);
    if (result != CURLE_WRITE_ERROR || !b->over)
        return http_failure(t, result, r->url);
    if (b->max - b->n > CURL_MAX_WRITE_SIZE)
        return no_memory(t);
    return failure(t, TAUT_BAD_REPLY, "The answer is larger than the %zu bytes of max_reply_bytes.", b->max);
}

enum taut_error http_do(struct taut *t, const struct http_request *r, struct http_answer *answer)
{
    struct sending sending = {.source = r->source};
    struct curl_slist *headers;
    curl_mime *form = NULL;
    struct quiet quiet;
    CURLcode result;
    enum taut_error e = http_prepare(t, t->curl, r, &headers);

    answer->retry_after_s = -1;
    if (e)
        return e;
    curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, answer->body);
    curl_easy_setopt(t->curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(t->curl, CURLOPT_HEADERDATA, answer);
    e = put_body(t, r, &sending, &form);
    if (!e) {
        quiet_begin(&quiet);
        result = curl_easy_perform(t->curl);
        quiet_end(&quiet);
        read_answer(t, answer);
        e = result_of(t, r, answer, &sending, result);
    }
    curl_easy_reset(t->curl); /* it pointed to what goes now */
    curl_mime_free(form);
    curl_slist_free_all(headers);
    return e;
}
