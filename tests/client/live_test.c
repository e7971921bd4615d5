/* RTM and Socket Mode against a server that says what a test tells it to: events, acknowledgements, pings, fragments,
 * and connections that end in every way. */
#include <openssl/evp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <taut/taut.h>
#include <unistd.h>

#include "check.h"
#include "counted.h"
#include "fake.h"

/* What one connection is sent before it ends. */
struct script {
    struct {
        unsigned char first; /* FIN, RSV and opcode */
        const char *payload;
    } frames[8];
    bool waits; /* it ends when the client ends it, or has sent something that is no pong */
};

static struct {
    int listener, port, connections;
    const struct script *scripts;
    char heard[4096]; /* payloads that clients sent, one a line */
    char tokens[1024];
    pthread_mutex_t lock;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note(char *to, size_t size, const char *text, size_t n)
{
    pthread_mutex_lock(&server.lock);
    if (strlen(to) + n + 2 < size) {
        strncat(to, text, n);
        strcat(to, "\n");
    }
    pthread_mutex_unlock(&server.lock);
}

static bool heard(const char *text)
{
    bool there = false;

    for (int i = 0; i < 500 && !there; i++) {
        pthread_mutex_lock(&server.lock);
        there = strstr(server.heard, text);
        pthread_mutex_unlock(&server.lock);
        if (!there)
            poll(NULL, 0, 10);
    }
    return there;
}

static bool read_all(int fd, void *p, size_t n)
{
    for (ssize_t got; n; n -= (size_t)got, p = (char *)p + got)
        if ((got = read(fd, p, n)) <= 0)
            return false;
    return true;
}

static void say(int fd, const void *p, size_t n)
{
    ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

    (void)sent; /* the client may have gone: some scripts make it */
}

static void say_frame(int fd, unsigned char first, const char *payload)
{
    size_t n = strlen(payload);
    unsigned char head[4] = {first, (unsigned char)(n < 126 ? n : 126), (unsigned char)(n >> 8), (unsigned char)n};

    say(fd, head, n < 126 ? 2 : 4);
    say(fd, payload, n);
}

/* A frame of the client: masked, and short.  False: there are no more. */
static bool take_frame(int fd, char *payload, size_t *n, int *opcode)
{
    unsigned char head[2], mask[4], more[2];

    if (!read_all(fd, head, 2) || !(head[1] & 0x80))
        return false;
    *opcode = head[0] & 0x0F;
    *n = head[1] & 0x7F;
    if (*n == 126) {
        CHECK(read_all(fd, more, 2));
        *n = (size_t)more[0] << 8 | more[1];
    }
    CHECK(*n < 4096 && read_all(fd, mask, 4) && read_all(fd, payload, *n));
    for (size_t i = 0; i < *n; i++)
        payload[i] ^= (char)mask[i & 3];
    return true;
}

static void open_socket(int fd, const char *head)
{
    const char *key = strstr(head, "Sec-WebSocket-Key: ");
    unsigned char sha[EVP_MAX_MD_SIZE];
    char text[256], accept[64];
    size_t n;

    CHECK(key && strstr(head, "Upgrade: websocket\r\n"));
    snprintf(text, sizeof(text), "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
    CHECK(EVP_Q_digest(NULL, "SHA1", NULL, text, strlen(text), sha, &n));
    EVP_EncodeBlock((unsigned char *)accept, sha, (int)n);
    n = (size_t)snprintf(
        text, sizeof(text),
        "HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: WebSocket\r\nsec-websocket-accept: %s\r\n\r\n", accept);
    say(fd, text, n);
}

static void run_script(int fd)
{
    const struct script *s = &server.scripts[server.connections++];
    char payload[4096];
    int opcode;
    size_t n;

    for (int i = 0; s->frames[i].payload; i++)
        say_frame(fd, s->frames[i].first, s->frames[i].payload);
    while (s->waits && take_frame(fd, payload, &n, &opcode)) {
        note(server.heard, sizeof(server.heard), payload, n);
        if (opcode == 8 || (opcode == 1 && strstr(server.heard, "bye")))
            break;
    }
}

static void answer(int fd)
{
    char head[4096] = "", text[512];
    size_t n = 0;
    const char *token;

    while (!strstr(head, "\r\n\r\n") && n < sizeof(head) - 1 && read_all(fd, head + n, 1))
        n++;
    if (strncmp(head, "GET /ws", 7) == 0) {
        open_socket(fd, head);
        run_script(fd);
        return;
    }
    token = strstr(head, "Bearer ");
    note(server.tokens, sizeof(server.tokens), token ? token : "", token ? strcspn(token, "\r") : 0);
    n = (size_t)snprintf(text, sizeof(text), "{\"ok\":true,\"url\":\"ws://127.0.0.1:%d/ws?ticket=1\"}", server.port);
    snprintf(head, sizeof(head),
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
             n, text);
    say(fd, head, strlen(head));
}

static void *serve(void *with)
{
    int fd;

    (void)with;
    while ((fd = accept(server.listener, NULL, NULL)) >= 0) {
        answer(fd);
        close(fd);
    }
    return NULL;
}

static pthread_t start(const struct script *scripts)
{
    pthread_t thread;

    server.scripts = scripts;
    server.connections = 0;
    server.heard[0] = server.tokens[0] = '\0';
    server.listener = fake_listen(&server.port);
    CHECK(pthread_create(&thread, NULL, serve, NULL) == 0);
    return thread;
}

static void stop(pthread_t thread)
{
    shutdown(server.listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(server.listener);
}

static struct taut *client(const struct taut_allocator *from)
{
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api/", server.port);
    return taut_new(&(struct taut_options){.url = url, .token = "xoxb-1", .app_token = "xapp-1", .allocator = from});
}

#define TEXT 0x81
#define HELLO                                                                                                          \
    {                                                                                                                  \
        TEXT, "{\"type\":\"hello\"}"                                                                                   \
    }

static void rtm(void)
{
    static const struct script scripts[] = {
        {{HELLO,
          {0x1, "{\"type\":\"me"},
          {0x89, "hi"},
          {0x80, "ssage\",\"text\":\"in pieces\"}"},
          {TEXT, "not JSON at al"},
          {TEXT, "{\"reply_to\":1,\"ts\":\"1.000\"}"}},
         .waits = true},
    };
    pthread_t thread = start(scripts);
    struct taut *t = client(NULL);
    const struct taut_event *e;
    struct taut_live *live;
    int64_t id;

    CHECK(taut_live_rtm(t, &live) == TAUT_OK);
    CHECK(taut_live_next(live, -1, &e) == TAUT_OK && strcmp(e->type, "hello") == 0 && !e->after_gap);
    CHECK(poll(&(struct pollfd){.fd = taut_live_fd(live), .events = POLLIN}, 1, 5000) == 1);
    CHECK(taut_live_next(live, 5000, &e) == TAUT_OK && strcmp(e->type, "message") == 0);
    CHECK(strcmp(e->text, "in pieces") == 0 && strcmp(taut_event_message(e)->text, "in pieces") == 0);
    CHECK(!taut_event_reaction_added(e) && heard("hi\n")); /* the pong */
    CHECK(taut_live_say(live, "C1", "what \"he\" said", NULL, &id) == TAUT_OK && id == 1);
    CHECK(heard("{\"id\":1,\"type\":\"message\",\"channel\":\"C1\",\"text\":\"what \\\"he\\\" said\"}\n"));
    CHECK(taut_live_next(live, 5000, &e) == TAUT_OK && e->reply_to == 1 && strcmp(e->ts, "1.000") == 0);
    CHECK(taut_live_next(live, 0, &e) == TAUT_OK && !e);
    CHECK(poll(&(struct pollfd){.fd = taut_live_fd(live), .events = POLLIN}, 1, 0) == 0);
    CHECK(taut_live_answer(live, NULL) == TAUT_BAD_ARGUMENT);
    taut_live_close(live);
    taut_free(t);
    stop(thread);
    CHECK(strcmp(server.tokens, "Bearer xoxb-1\n") == 0);
}

/* The server moves the connection, closes it, and breaks the rules: the program sees hellos after gaps, and events. */
static void moves(void)
{
    static const struct script scripts[] = {
        {{HELLO, {TEXT, "{\"type\":\"disconnect\",\"reason\":\"warning\",\"debug_info\":{}}  "}}, .waits = false},
        {{HELLO, {0x88, "\x03\xE8"}}, .waits = false},
        {{HELLO, {0xC1, "x"}}, .waits = false},
        {{HELLO,
          {TEXT, "{\"envelope_id\":\"e1\",\"type\":\"events_api\",\"payload\":{\"event\":{\"type\":\"message\","
                 "\"channel\":\"C1\",\"user\":\"U1\",\"n\":9}}}"},
          {TEXT,
           "{\"envelope_id\":\"e2\",\"type\":\"slash_commands\",\"payload\":{},\"accepts_response_payload\":true}"}},
         .waits = true},
    };
    pthread_t thread = start(scripts);
    struct taut *t = client(NULL);
    const struct taut_event *e;
    struct taut_live *live;
    int fd, gaps = 0;

    CHECK(taut_live_socket_mode(t, &live) == TAUT_OK);
    fd = taut_live_fd(live);
    do {
        CHECK(taut_live_next(live, 20000, &e) == TAUT_OK && e);
        gaps += e->after_gap;
    } while (strcmp(e->type, "hello") == 0);
    CHECK(gaps == 3 && server.connections == 4 && fd == taut_live_fd(live));
    CHECK(strcmp(e->type, "message") == 0 && strcmp(e->user, "U1") == 0 &&
          taut_json_int(taut_json_get(e->json, "n")) == 9);
    CHECK(strcmp(taut_json_text(taut_json_get(e->whole, "envelope_id")), "e1") == 0 && !e->wants_answer);
    CHECK(taut_live_next(live, 5000, &e) == TAUT_OK && heard("{\"envelope_id\":\"e1\"}\n"));
    CHECK(strcmp(e->type, "slash_commands") == 0 && e->wants_answer);
    CHECK(taut_live_answer(live, "{\"text\":\"bye\"}") == TAUT_OK);
    CHECK(taut_live_answer(live, NULL) == TAUT_BAD_ARGUMENT);
    CHECK(heard("{\"envelope_id\":\"e2\",\"payload\":{\"text\":\"bye\"}}\n"));
    taut_live_close(live);
    taut_free(t);
    stop(thread);
    CHECK(strncmp(server.tokens, "Bearer xapp-1\n", 14) == 0);
}

/* Every allocation fails in its turn: nothing is kept, and what failed says so. */
static void memory(void)
{
    static struct script scripts[200];
    struct counted c;
    struct taut_allocator from = {counted_resize, &c};
    bool done = false;
    pthread_t thread;

    for (int i = 0; i < 200; i++)
        scripts[i] = (struct script){{HELLO, {0x1, "[\"a\","}, {0x80, "\"b\"]"}, HELLO}, .waits = true};
    thread = start(scripts);
    for (int i = 0; !done; i++) {
        struct taut_live *live = NULL;
        const struct taut_event *e;
        struct taut *t;
        c = (struct counted){.left = i};
        t = client(&from);
        if (t && taut_live_rtm(t, &live) == TAUT_OK) {
            CHECK(taut_live_next(live, 0, &e) == TAUT_OK || taut_last_failure(t)->error == TAUT_NO_MEMORY);
            done =
                taut_live_next(live, 3000, &e) == TAUT_OK && e && taut_live_say(live, "C1", "x", NULL, NULL) == TAUT_OK;
        } else if (t) {
            CHECK(taut_last_failure(t)->error == TAUT_NO_MEMORY);
        }
        taut_live_close(live);
        taut_free(t);
        CHECK(c.live == 0 && i < 100);
    }
    stop(thread);
}

int main(void)
{
    rtm();
    moves();
    memory();
    return 0;
}
