#include "fake.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUESTS_MAX = 64, HEAD_MAX = 16384, ANSWERS_RING = 8 };

struct fake {
    const char *const *answers;
    const void *bytes;
    size_t bytes_n;
    int listener;
    pthread_t thread;
    char url[64];
    pthread_mutex_t lock;
    int asked;
    char *requests[REQUESTS_MAX];
};

const char *fake_json(const char *body)
{
    static char ring[ANSWERS_RING][1 << 16];
    static int at;
    char *to = ring[at++ % ANSWERS_RING];

    snprintf(to, sizeof(ring[0]),
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
             strlen(body), body);
    return to;
}

/* Reads a request whole: by Content-Length, or to the end of the last chunk. */
static char *read_request(int fd)
{
    size_t n = 0, cap = HEAD_MAX, want = 0;
    char *p = calloc(1, cap + 1), *body;
    ssize_t got;

    while (p && (got = read(fd, p + n, cap - n)) > 0) {
        n += (size_t)got;
        p[n] = '\0';
        body = strstr(p, "\r\n\r\n");
        if (body) {
            const char *length = strcasestr(p, "\r\ncontent-length:");
            want = (size_t)(body + 4 - p) + (length && length < body ? strtoul(length + 17, NULL, 10) : 0);
            if (strcasestr(p, "\r\ntransfer-encoding: chunked") ? strstr(body, "\r\n0\r\n\r\n") != NULL : n >= want)
                return p;
        }
        if (n == cap) {
            cap *= 2;
            p = realloc(p, cap + 1);
        }
    }
    return p;
}

static void answer(struct fake *f, int fd)
{
    char *request = read_request(fd);
    const char *text;
    ssize_t sent = 0;

    pthread_mutex_lock(&f->lock);
    if (f->asked < REQUESTS_MAX)
        f->requests[f->asked] = request;
    f->asked++;
    text = f->answers && *f->answers ? *f->answers++ : NULL;
    pthread_mutex_unlock(&f->lock);
    if (text)
        sent = write(fd, text, strlen(text));
    else if (f->bytes)
        sent = write(fd, f->bytes, f->bytes_n);
    (void)sent;
    shutdown(fd, SHUT_WR);
    while (read(fd, (char[512]){0}, 512) > 0)
        ;
    close(fd);
}

static void *serve(void *with)
{
    struct fake *f = with;
    int fd;

    while ((fd = accept(f->listener, NULL, NULL)) >= 0)
        answer(f, fd);
    return NULL;
}

int fake_listen(int *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t n = sizeof(a);

    if (bind(fd, (struct sockaddr *)&a, n) || listen(fd, 16) || getsockname(fd, (struct sockaddr *)&a, &n)) {
        perror("fake server");
        exit(1);
    }
    *port = ntohs(a.sin_port);
    return fd;
}

struct fake *fake_new(const char *const *answers)
{
    struct fake *f = calloc(1, sizeof(*f));
    int port;

    f->answers = answers;
    f->listener = fake_listen(&port);
    snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%d/api/", port);
    pthread_mutex_init(&f->lock, NULL);
    if (pthread_create(&f->thread, NULL, serve, f)) {
        perror("fake server");
        exit(1);
    }
    return f;
}

const char *fake_url(const struct fake *f)
{
    return f->url;
}

int fake_asked(struct fake *f)
{
    int n;

    pthread_mutex_lock(&f->lock);
    n = f->asked;
    pthread_mutex_unlock(&f->lock);
    return n;
}

const char *fake_request(struct fake *f, int n)
{
    return n < fake_asked(f) && n < REQUESTS_MAX && f->requests[n] ? f->requests[n] : "";
}

void fake_bytes(struct fake *f, const void *p, size_t n)
{
    f->bytes = p;
    f->bytes_n = n;
}

void fake_free(struct fake *f)
{
    shutdown(f->listener, SHUT_RDWR);
    pthread_join(f->thread, NULL);
    close(f->listener);
    for (int i = 0; i < REQUESTS_MAX; i++)
        free(f->requests[i]);
    pthread_mutex_destroy(&f->lock);
    free(f);
}
