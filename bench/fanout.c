/* Many WebSocket clients in one process, for bench/fanout.py.
 *
 *   fanout hold PORT            reads addresses of places from standard input, one a line ("/websocket/…"), connects
 * each, tells of each hundred, and after "go" says "ready"; then for each number on standard input waits until so many
 *                               messages have come in all, and says when the first and the last did (CLOCK_MONOTONIC)
 *   fanout bare N BYTES         a bare loop in a process of its own, with N sockets to this one: for each line on
 * standard input it writes one frame of so many bytes to all; says when it was told and the last came fanout latency
 * PORT         as hold, but prints for every message "at NUMBER" when it came
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 20000, READ_BYTES = 1 << 16 };

static int fds[MOST], n_fds, epoll_fd;
/* Of each client: bytes of the frame at hand that are still to come, and a head that is not whole. */
static struct {
    uint32_t left, head_n;
    unsigned char head[4];
} readers[MOST];

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(int i)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (uint32_t)i};

    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fds[i], &ev) != 0)
        die("epoll_ctl");
}

/* Sources of 127.x, since one address has too few ports for all. */
static int dial(int port, int i)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7F000002u + (uint32_t)i / 10000)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

/* The handshake, and what comes with it up to the end of hello. */
static void open_client(int port, const char *path)
{
    char text[4096];
    size_t n = 0;
    int fd = dial(port, n_fds);

    dprintf(fd,
            "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            path, port);
    while (n < sizeof(text) - 1) {
        ssize_t got = read(fd, text + n, sizeof(text) - 1 - n);

        if (got <= 0) {
            fprintf(stderr, "client %d was not let in: %.*s\n", n_fds, (int)n, text);
            exit(1);
        }
        n += (size_t)got;
        text[n] = '\0';
        if (strstr(text, "\"hello\"}"))
            break;
    }
    fds[n_fds++] = fd;
    watch(n_fds - 1);
}

/* Eats bytes of one client; returns how many text messages have begun and ended in them.  Every frame of the server is
 * unmasked; pings are passed over. */
static int eat(int i, const unsigned char *p, size_t n, int print)
{
    int whole = 0;

    while (n) {
        uint32_t take;

        if (readers[i].left == 0) {
            readers[i].head[readers[i].head_n++] = *p++;
            n--;
            if (readers[i].head_n < 2 || (readers[i].head[1] == 126 && readers[i].head_n < 4))
                continue;
            readers[i].left = readers[i].head[1] == 126 ? (uint32_t)(readers[i].head[2] << 8 | readers[i].head[3])
                                                        : readers[i].head[1];
            readers[i].head_n = 0;
            if (readers[i].left == 0)
                continue;
        }
        take = n < readers[i].left ? (uint32_t)n : readers[i].left;
        if (print && take == readers[i].left) {
            const char *text = memmem(p, take, "\"text\":\"at ", 11);

            if (text)
                printf("%lld %.20s\n", (long long)now_us(), text + 11);
        }
        readers[i].left -= take;
        p += take;
        n -= take;
        if (readers[i].left == 0 && (readers[i].head[0] & 15) == 1)
            whole++;
    }
    return whole;
}

/* Reads until so many messages have come in all; a silent second ends it too. */
static int gather(int want, int print, int64_t *first, int64_t *last)
{
    static unsigned char buffer[READ_BYTES];
    struct epoll_event events[512];
    int got = 0;

    *first = *last = 0;
    while (got < want) {
        int n = epoll_wait(epoll_fd, events, 512, 30000);

        if (n <= 0)
            break;
        for (int k = 0; k < n; k++) {
            int i = (int)events[k].data.u32;
            ssize_t bytes = recv(fds[i], buffer, sizeof(buffer), MSG_DONTWAIT);

            if (bytes == 0)
                die("a connection ended");
            if (bytes < 0)
                continue;
            got += eat(i, buffer, (size_t)bytes, print);
            *last = now_us();
            *first = *first ? *first : *last;
        }
    }
    return got;
}

static void hold(int port, int print)
{
    char line[256];
    int64_t first, last;

    while (fgets(line, sizeof(line), stdin) && strcmp(line, "go\n") != 0) {
        line[strcspn(line, "\n")] = '\0';
        open_client(port, line);
        if (n_fds % 100 == 0) {
            printf("in %d\n", n_fds);
            fflush(stdout);
        }
    }
    printf("ready %d\n", n_fds);
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        int got = gather(atoi(line), print, &first, &last);

        printf("done %d %lld %lld\n", got, (long long)first, (long long)last);
        fflush(stdout);
    }
}

/* --- the baseline --------------------------------------------------------------------------------------------- */

static int port_of_bare;
static size_t frame_bytes;

/* As a server would that does nothing else: one frame, a send for each socket. */
static void *bare_server(void *arg)
{
    int lfd = *(int *)arg, order = ((int *)arg)[1], n = ((int *)arg)[2];
    int *peers = calloc((size_t)n, sizeof(int));
    unsigned char *frame = calloc(1, frame_bytes + 4);
    char go;

    frame[0] = 0x81;
    frame[1] = 126;
    frame[2] = (unsigned char)(frame_bytes >> 8);
    frame[3] = (unsigned char)frame_bytes;
    for (int i = 0; i < n; i++) {
        int on = 1;

        peers[i] = accept4(lfd, NULL, NULL, SOCK_NONBLOCK);
        if (peers[i] < 0)
            die("accept");
        setsockopt(peers[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    while (read(order, &go, 1) == 1)
        for (int i = 0; i < n; i++)
            if (send(peers[i], frame, frame_bytes + 4, MSG_NOSIGNAL) < 0)
                die("send");
    return NULL;
}

/* One process writes, another reads: as with the server that is measured. */
static void bare(int n)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    int lfd = socket(AF_INET, SOCK_STREAM, 0), order[2], args[3];
    char line[64];

    if (bind(lfd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(lfd, 4096) != 0 || pipe(order) != 0)
        die("listen");
    getsockname(lfd, (struct sockaddr *)&at, &size);
    port_of_bare = ntohs(at.sin_port);
    args[0] = lfd;
    args[1] = order[0];
    args[2] = n;
    if (fork() == 0) {
        close(order[1]);
        bare_server(args);
        exit(0);
    }
    close(order[0]);
    for (; n_fds < n; n_fds++) {
        fds[n_fds] = dial(port_of_bare, n_fds);
        watch(n_fds);
    }
    printf("ready %d\n", n_fds);
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        int64_t begin = now_us(), first, last;
        int got;

        if (write(order[1], "x", 1) != 1)
            die("order");
        got = gather(n_fds, 0, &first, &last);
        printf("done %d %lld %lld\n", got, (long long)begin, (long long)last);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll_fd = epoll_create1(0);
    if (argc == 4 && strcmp(argv[1], "bare") == 0) {
        frame_bytes = (size_t)atoi(argv[3]);
        bare(atoi(argv[2]));
    } else if (argc == 3 && strcmp(argv[1], "hold") == 0) {
        hold(atoi(argv[2]), 0);
    } else if (argc == 3 && strcmp(argv[1], "latency") == 0) {
        hold(atoi(argv[2]), 1);
    } else {
        fprintf(stderr, "usage: fanout hold PORT | latency PORT | bare N BYTES\n");
        return 2;
    }
    return 0;
}
