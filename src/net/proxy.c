/* What a trusted proxy says about the client in front of it. */
#include <arpa/inet.h>

#include "net/server.h"

static bool is_address(struct str s)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[sizeof(struct in6_addr)];

    if (s.n == 0 || s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

bool proxy_list(struct http_server *s, struct str list)
{
    struct str rest = list, piece;
    int n = 0;

    while (rest.n && str_cut(&rest, ',', &piece))
        n++;
    s->trusted = ARENA_ARRAY(s->arena, struct str, n);
    while (list.n && str_cut(&list, ',', &piece)) {
        piece = str_trim(piece);
        if (!is_address(piece))
            return false;
        s->trusted[s->n_trusted++] = piece;
    }
    return true;
}

static bool is_trusted(const struct http_server *s, struct str peer)
{
    for (int i = 0; i < s->n_trusted; i++) {
        if (str_eq_nocase(s->trusted[i], peer))
            return true;
    }
    return false;
}

/* The last entry of the last X-Forwarded-For: the one the trusted proxy itself wrote. */
static struct str last_hop(const struct http_request *req)
{
    struct str hop = {NULL, 0}, list;

    for (int i = 0; i < req->n_headers; i++) {
        if (!str_eq_nocase(req->headers[i].name, S("X-Forwarded-For")))
            continue;
        list = req->headers[i].value;
        while (list.n && str_cut(&list, ',', &hop))
            hop = str_trim(hop);
    }
    return hop;
}

void proxy_apply(const struct http_conn *c, struct http_request *req)
{
    struct str hop;

    req->remote_addr = str_of(c->peer, c->peer_n);
    req->secure = c->tls != NULL;
    if (!is_trusted(c->server, req->remote_addr))
        return;
    req->secure = req->secure || str_eq_nocase(http_header(req, S("X-Forwarded-Proto")), S("https"));
    hop = last_hop(req);
    if (is_address(hop))
        req->remote_addr = hop;
}
