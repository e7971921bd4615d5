#include "net/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/address.h"

enum { IDLE_CONNECTIONS = 64 };

struct http_client {
    const struct address_list *allow;
    CURLM *multi;
    pthread_t thread;
    struct transfer *running; /* the thread's */
    pthread_mutex_t lock;     /* for what follows */
    pthread_cond_t first_came;
    bool stop, curl_begun;                  /* from then on curl wakes the thread */
    struct http_out_request *first, **tail; /* handed in, not yet begun */
};

/* A request under way. */
struct transfer {
    struct transfer *next, **link;
    struct http_client *client;
    struct http_out_request *req;
    CURL *easy;
    struct curl_slist *headers;
    struct buf reply;
    bool forbidden, too_large, no_retry;
};

/* --- what curl asks ------------------------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
    struct transfer *t = user;

    buf_put(&t->reply, bytes, size * n);
    t->too_large = t->reply.over;
    return t->too_large ? 0 : size * n;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    struct str line = str_of(bytes, size * n), name;

    if (str_starts(line, S("HTTP/"))) /* of the next answer, after a redirect */
        t->no_retry = false;
    str_cut(&line, ':', &name);
    if (str_eq_nocase(name, S("X-Slack-No-Retry")))
        t->no_retry = str_eq(str_trim(line), S("1"));
    return size * n;
}

/* The last word on where a request goes: after the name was resolved, for each redirect anew. */
static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *t = user;

    (void)purpose;
    if (!address_is_public(&to->addr) && !address_list_has(t->client->allow, &to->addr)) {
        t->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* --- a transfer ----------------------------------------------------------------------------------------------- */

static void add_headers(struct transfer *t)
{
    struct str rest = t->req->headers, line;
    char text[1024];

    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.n == 0 || line.n >= sizeof(text))
            continue;
        memcpy(text, line.p, line.n);
        text[line.n] = '\0';
        t->headers = curl_slist_append(t->headers, text);
    }
    t->headers = curl_slist_append(t->headers, "Expect:"); /* no waiting for 100 */
}

static char *url_text(struct str url)
{
    char *text = malloc(url.n + 1);

    if (!text)
        abort();
    if (url.n)
        memcpy(text, url.p, url.n);
    text[url.n] = '\0';
    return text;
}

static void set_up(struct transfer *t)
{
    const struct http_out_request *req = t->req;
    char *url = url_text(req->url);

    add_headers(t);
    curl_easy_setopt(t->easy, CURLOPT_URL, url);
    free(url);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, req->max_redirects > 0 ? 1L : 0L);
    curl_easy_setopt(t->easy, CURLOPT_MAXREDIRS, (long)req->max_redirects);
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)req->timeout_ms);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_PROXY, ""); /* the environment's proxy would hide where a request goes */
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "taut");
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    if (req->post) {
        curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, req->body.n ? req->body.p : "");
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
        curl_easy_setopt(t->easy, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL);
    }
}

static void begin(struct http_client *client, struct http_out_request *req)
{
    struct transfer *t = calloc(1, sizeof(*t));

    if (!t)
        abort();
    t->client = client;
    t->req = req;
    t->reply = buf_heap(req->max_reply_bytes);
    t->easy = curl_easy_init();
    if (!t->easy)
        abort();
    set_up(t);
    t->next = client->running;
    t->link = &client->running;
    if (t->next)
        t->next->link = &t->next;
    client->running = t;
    curl_multi_add_handle(client->multi, t->easy);
}

static enum http_out outcome_of(const struct transfer *t, CURLcode code)
{
    if (t->forbidden)
        return HTTP_OUT_FORBIDDEN;
    switch (code) {
    case CURLE_OK:
        return HTTP_OUT_ANSWERED;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_OUT_TIMEOUT;
    case CURLE_WRITE_ERROR:
        return t->reply.over ? HTTP_OUT_TOO_LARGE : HTTP_OUT_FAILED;
    case CURLE_TOO_MANY_REDIRECTS:
        return HTTP_OUT_REDIRECTS;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
        return HTTP_OUT_TLS;
    default:
        return HTTP_OUT_FAILED;
    }
}

static void end(struct transfer *t, CURLcode code)
{
    struct http_result result = {.outcome = outcome_of(t, code), .body = buf_view(&t->reply), .no_retry = t->no_retry};
    char *type = NULL;
    long status = 0;

    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    result.status = (int)status;
    result.content_type = str_c(type);
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->req->done(t->req, &result);
    curl_multi_remove_handle(t->client->multi, t->easy);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    buf_free(&t->reply);
    free(t);
}

/* --- the thread ----------------------------------------------------------------------------------------------- */

static bool take(struct http_client *client, struct http_out_request **list)
{
    bool stop;

    pthread_mutex_lock(&client->lock);
    *list = client->first;
    client->first = NULL;
    client->tail = &client->first;
    stop = client->stop;
    pthread_mutex_unlock(&client->lock);
    return !stop;
}

static void begin_all(struct http_client *client, struct http_out_request *list)
{
    while (list) {
        struct http_out_request *req = list;
        list = req->next;
        begin(client, req);
    }
}

static void end_finished(struct http_client *client)
{
    struct transfer *t;
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(client->multi, &left)) != NULL) {
        CURLcode code = m->data.result;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
        end(t, code);
    }
}

/* Curl and the TLS below it cost 3 ms and 3 MB, and most workspaces of a test send nothing.  False: there was no
 * request until the end. */
static bool wait_for_first(struct http_client *client)
{
    bool came;

    pthread_mutex_lock(&client->lock);
    while (!client->first && !client->stop)
        pthread_cond_wait(&client->first_came, &client->lock);
    came = client->first != NULL;
    pthread_mutex_unlock(&client->lock);
    return came;
}

static void begin_curl(struct http_client *client)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(client->multi = curl_multi_init()))
        abort(); /* no memory */
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
    pthread_mutex_lock(&client->lock);
    client->curl_begun = true;
    pthread_mutex_unlock(&client->lock);
}

static void *client_main(void *arg)
{
    struct http_client *client = arg;
    struct http_out_request *list;
    int running;
    bool go_on;

    if (!wait_for_first(client))
        return NULL;
    begin_curl(client);
    do {
        go_on = take(client, &list);
        begin_all(client, list);
        curl_multi_perform(client->multi, &running);
        end_finished(client);
        if (go_on)
            curl_multi_poll(client->multi, NULL, 0, 1000, NULL);
    } while (go_on);
    while (client->running)
        end(client->running, CURLE_ABORTED_BY_CALLBACK);
    return NULL;
}

/* The thread begins with the server: later there may be no room for one. */
struct http_client *http_client_new(const struct address_list *allow)
{
    struct http_client *client = calloc(1, sizeof(*client));

    if (!client)
        abort();
    client->allow = allow;
    client->tail = &client->first;
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->first_came, NULL);
    if (pthread_create(&client->thread, NULL, client_main, client) != 0)
        abort();
    pthread_setname_np(client->thread, "http client");
    return client;
}

/* Under the lock. */
static void wake(struct http_client *client)
{
    if (client->curl_begun)
        curl_multi_wakeup(client->multi);
    else
        pthread_cond_signal(&client->first_came);
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    pthread_mutex_lock(&client->lock);
    client->stop = true;
    wake(client);
    pthread_mutex_unlock(&client->lock);
    pthread_join(client->thread, NULL);
    if (client->curl_begun) {
        curl_multi_cleanup(client->multi);
        curl_global_cleanup();
    }
    pthread_cond_destroy(&client->first_came);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

void http_client_send(struct http_client *client, struct http_out_request *req)
{
    req->next = NULL;
    pthread_mutex_lock(&client->lock);
    *client->tail = req;
    client->tail = &req->next;
    wake(client);
    pthread_mutex_unlock(&client->lock);
}

const char *http_out_reason(const struct http_result *result)
{
    static const char *const reasons[] = {
        [HTTP_OUT_ANSWERED] = "http_error",          [HTTP_OUT_TIMEOUT] = "http_timeout",
        [HTTP_OUT_REDIRECTS] = "too_many_redirects", [HTTP_OUT_TLS] = "ssl_error",
        [HTTP_OUT_FORBIDDEN] = "connection_failed",  [HTTP_OUT_FAILED] = "connection_failed",
        [HTTP_OUT_TOO_LARGE] = "connection_failed",
    };

    return reasons[result->outcome];
}
