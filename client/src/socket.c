#include "socket.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <poll.h>

enum {
    IN_BYTES = 16 << 10,
    OUT_MAX_BYTES = 4 << 20,
    MESSAGE_MAX_BYTES = 16 << 20,
    KEY_BYTES = 16,
    KEY_TEXT = 32,
    LEAVE_MS = 1000
};

struct socket {
    struct taut *t;
    CURL *curl;
    curl_socket_t fd;
    struct frame_reader reader;
    struct buf out;
    size_t out_at;
    size_t in_at, in_n;
    char in[IN_BYTES];
};

/* --- bytes ----------------------------------------------------------------------------------------------------- */

/* Takes what has come behind what is there; 0: nothing at the moment; -1: it is over. */
static int take(struct socket *s)
{
    struct quiet quiet;
    CURLcode result;
    size_t n = 0;

    quiet_begin(&quiet);
    result = curl_easy_recv(s->curl, s->in + s->in_n, sizeof(s->in) - s->in_n, &n);
    quiet_end(&quiet);
    if (result == CURLE_AGAIN)
        return 0;
    s->in_n += n;
    return result == CURLE_OK && n ? 1 : -1;
}

bool socket_flush(struct socket *s)
{
    struct quiet quiet;
    CURLcode result = CURLE_OK;
    size_t n;

    quiet_begin(&quiet);
    while (result == CURLE_OK && s->out_at < s->out.n) {
        n = 0;
        result = curl_easy_send(s->curl, s->out.p + s->out_at, s->out.n - s->out_at, &n);
        s->out_at += n;
    }
    quiet_end(&quiet);
    if (s->out_at == s->out.n)
        s->out_at = s->out.n = 0;
    return result == CURLE_OK || result == CURLE_AGAIN;
}

bool socket_is_full(const struct socket *s)
{
    return s->out.n > 0;
}

int socket_fd(const struct socket *s)
{
    return s->fd;
}

bool socket_send(struct socket *s, enum ws_opcode opcode, struct str payload)
{
    char head[FRAME_HEAD_MAX];
    uint8_t mask[4];
    size_t at;

    if (RAND_bytes(mask, sizeof(mask)) != 1)
        return false;
    buf_put(&s->out, head, frame_head(head, (uint8_t)opcode, payload.n, mask));
    at = s->out.n;
    buf_str(&s->out, payload);
    if (s->out.over)
        return false;
    if (payload.n)
        frame_mask(mask, 0, s->out.p + at, payload.n);
    return socket_flush(s);
}

/* --- frames ---------------------------------------------------------------------------------------------------- */

/* The answer to a frame that is not a message. */
static enum socket_step control(struct socket *s, enum frame_step step)
{
    char code[2] = {(char)(s->reader.code >> 8), (char)(s->reader.code & 0xFF)};

    switch (step) {
    case FRAME_PING:
        return socket_send(s, WS_PONG, s->reader.payload) ? SOCKET_SIGN : SOCKET_CLOSED;
    case FRAME_PONG:
        return SOCKET_SIGN;
    default:
        socket_send(s, WS_CLOSE, str_of(code, s->reader.code == WS_NO_CODE ? 0 : 2));
        return SOCKET_CLOSED;
    }
}

enum socket_step socket_read(struct socket *s, struct str *text)
{
    enum frame_step step;
    size_t used;
    int got;

    for (;;) {
        if (s->in_at == s->in_n) {
            s->in_at = s->in_n = 0;
            got = take(s);
            if (got <= 0)
                return got ? SOCKET_CLOSED : SOCKET_NOTHING;
        }
        step = frame_read(&s->reader, s->in + s->in_at, s->in_n - s->in_at, &used);
        s->in_at += used;
        if (step == FRAME_MESSAGE) {
            *text = s->reader.payload;
            return SOCKET_MESSAGE;
        }
        if (step != FRAME_MORE)
            return control(s, step);
    }
}

/* --- the handshake --------------------------------------------------------------------------------------------- */

/* Host and target of the address; false when it has none. */
static bool put_request(struct buf *b, const char *url, const char *key)
{
    char *host = NULL, *port = NULL, *path = NULL, *query = NULL;
    CURLU *u = curl_url();
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK;

    if (ok) {
        curl_url_get(u, CURLUPART_PORT, &port, 0);
        curl_url_get(u, CURLUPART_QUERY, &query, 0);
        buf_printf(b,
                   "GET %s%s%s HTTP/1.1\r\nHost: %s%s%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
                   path, query ? "?" : "", query ? query : "", host, port ? ":" : "", port ? port : "", key);
    }
    curl_free(host);
    curl_free(port);
    curl_free(path);
    curl_free(query);
    curl_url_cleanup(u);
    return ok && !b->over;
}

static bool wait_for(struct socket *s, short what, int64_t until_ms)
{
    struct pollfd p = {.fd = s->fd, .events = what};
    int64_t left = until_ms - now_ms();

    return left > 0 && poll(&p, 1, (int)left) >= 0 && now_ms() < until_ms;
}

static struct str head_line(struct str head, struct str name)
{
    struct str line, key;

    while (str_cut(&head, '\n', &line))
        if (str_cut(&line, ':', &key) && str_eq_nocase(str_trim(key), name))
            return str_trim(line);
    return S("");
}

/* Does the answer agree, and to this key? */
static bool agrees(struct str head, const char *key)
{
    unsigned char sha[EVP_MAX_MD_SIZE];
    char text[128], accept[64];
    size_t n = 0;

    snprintf(text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    if (!EVP_Q_digest(NULL, "SHA1", NULL, text, strlen(text), sha, &n))
        return false;
    EVP_EncodeBlock((unsigned char *)accept, sha, (int)n);
    return str_starts(head, S("HTTP/1.1 101")) && str_eq_nocase(head_line(head, S("upgrade")), S("websocket")) &&
           str_eq(head_line(head, S("sec-websocket-accept")), str_c(accept));
}

/* Reads as far as the end of the head; what comes behind it stays for the frames. */
static enum taut_error read_head(struct socket *s, const char *key, int64_t until_ms)
{
    ptrdiff_t end = -1;
    struct str head = S("");

    while (end < 0) {
        int got = s->in_n < sizeof(s->in) ? take(s) : -1;
        if (got < 0)
            return failure(s->t, TAUT_UNREACHABLE, "The server closed the WebSocket before it was open.");
        if (got == 0 && !wait_for(s, POLLIN, until_ms))
            return failure(s->t, TAUT_TIMED_OUT, "The server did not open the WebSocket in time.");
        head = str_of(s->in, s->in_n);
        end = str_find(head, S("\r\n\r\n"));
    }
    s->in_at = (size_t)end + 4;
    head.n = (size_t)end;
    if (agrees(head, key))
        return TAUT_OK;
    return failure(s->t, TAUT_BAD_REPLY, "The server does not open a WebSocket: %.*s", (int)strcspn(s->in, "\r\n"),
                   s->in);
}

static enum taut_error shake_hands(struct socket *s, const char *url)
{
    int64_t until_ms = now_ms() + s->t->options.timeout_ms;
    unsigned char random[KEY_BYTES];
    char key[KEY_TEXT];

    if (RAND_bytes(random, sizeof(random)) != 1)
        return failure(s->t, TAUT_LOCAL_IO, "There are no random numbers.");
    EVP_EncodeBlock((unsigned char *)key, random, sizeof(random));
    if (!put_request(&s->out, url, key))
        return s->out.over ? no_memory(s->t)
                           : failure(s->t, TAUT_BAD_ARGUMENT, "The server gave no WebSocket address.");
    while (socket_is_full(s)) {
        if (!socket_flush(s))
            return failure(s->t, TAUT_UNREACHABLE, "The server closed the WebSocket before it was open.");
        if (socket_is_full(s) && !wait_for(s, POLLOUT, until_ms))
            return failure(s->t, TAUT_TIMED_OUT, "The server did not open the WebSocket in time.");
    }
    return read_head(s, key, until_ms);
}

static enum taut_error dial(struct socket *s, const char *url)
{
    struct http_request r = {.url = url};
    struct curl_slist *headers;
    struct quiet quiet;
    CURLcode result;
    enum taut_error e = http_prepare(s->t, s->curl, &r, &headers);

    if (e)
        return e;
    curl_easy_setopt(s->curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(s->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(s->curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    quiet_begin(&quiet);
    result = curl_easy_perform(s->curl);
    quiet_end(&quiet);
    if (result == CURLE_OK)
        result = curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &s->fd);
    curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    return http_failure(s->t, result, url);
}

/* ws and wss are http and https until the server agrees. */
static enum taut_error open_it(struct socket *s, const char *url)
{
    struct buf http = buf_from(&s->t->memory, 1 << 16);
    enum taut_error e;

    if (strncmp(url, "ws", 2) != 0)
        return failure(s->t, TAUT_BAD_REPLY, "The server gave an address that is no WebSocket's.");
    buf_printf(&http, "http%s", url + 2);
    e = http.over ? no_memory(s->t) : dial(s, http.p);
    if (!e)
        e = shake_hands(s, http.p);
    buf_free(&http);
    return e;
}

enum taut_error socket_open(struct taut *t, const char *url, struct socket **out)
{
    struct socket *s = t->memory.resize(t->memory.context, NULL, sizeof(*s));
    enum taut_error e;

    *out = NULL;
    if (!s)
        return no_memory(t);
    memset(s, 0, offsetof(struct socket, in));
    s->t = t;
    s->out = buf_from(&t->memory, OUT_MAX_BYTES);
    s->reader = (struct frame_reader){.max_bytes = MESSAGE_MAX_BYTES, .from_server = true, .memory = &t->memory};
    s->curl = curl_easy_init();
    e = s->curl ? open_it(s, url) : no_memory(t);
    if (e)
        socket_free(s);
    else
        *out = s;
    return e;
}

void socket_leave(struct socket *s)
{
    int64_t until_ms = now_ms() + LEAVE_MS;
    bool open = socket_send(s, WS_CLOSE, S("\x03\xE8"));
    enum socket_step step;
    struct str text;

    while (open && now_ms() < until_ms) {
        step = socket_read(s, &text);
        open = step != SOCKET_CLOSED && socket_flush(s);
        if (open && step == SOCKET_NOTHING)
            open = wait_for(s, (short)(POLLIN | (socket_is_full(s) ? POLLOUT : 0)), until_ms);
    }
}

void socket_free(struct socket *s)
{
    struct quiet quiet;

    if (!s)
        return;
    quiet_begin(&quiet);
    curl_easy_cleanup(s->curl);
    quiet_end(&quiet);
    frame_reader_end(&s->reader);
    buf_free(&s->out);
    s->t->memory.resize(s->t->memory.context, s, 0);
}
