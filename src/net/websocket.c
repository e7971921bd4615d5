/* From a request to a WebSocket: RFC 6455, section 4.2, and RFC 7692, section 5.  The Origin is not looked at: what
 * opens a WebSocket here is a secret in the address, and some clients send the origin of another service. */
#include "net/websocket.h"

#include <openssl/sha.h>

#include "base/rand.h"
#include "net/ws_loop.h"

enum { KEY_BYTES = 16 };

/* Does a comma list of this header, over all its lines, hold the word? */
static bool header_has(const struct http_request *req, struct str name, struct str word)
{
    for (int i = 0; i < req->n_headers; i++) {
        struct str list = req->headers[i].value, piece;

        if (!str_eq_nocase(req->headers[i].name, name))
            continue;
        while (list.n && str_cut(&list, ',', &piece))
            if (str_eq_nocase(str_trim(piece), word))
                return true;
    }
    return false;
}

static bool is_flag(struct str name)
{
    return str_eq_nocase(name, S("server_no_context_takeover")) || str_eq_nocase(name, S("client_no_context_takeover"));
}

/* One offer: "permessage-deflate; client_max_window_bits; …".  A window for our side that is smaller than zlib's is
 * declined; the client's may have any size, since ours reads them all. */
static bool offer_is_good(struct str offer)
{
    struct str name;

    str_cut(&offer, ';', &name);
    if (!str_eq_nocase(str_trim(name), S("permessage-deflate")))
        return false;
    while (offer.n && str_cut(&offer, ';', &name)) {
        name = str_trim(name);
        if (!is_flag(name) && !str_eq_nocase(str_head(name, 22), S("client_max_window_bits")) &&
            !str_eq_nocase(name, S("server_max_window_bits=15")))
            return false;
    }
    return true;
}

bool ws_takes_deflate(const struct http_request *req)
{
    for (int i = 0; i < req->n_headers; i++) {
        struct str list = req->headers[i].value, offer;

        if (!str_eq_nocase(req->headers[i].name, S("Sec-WebSocket-Extensions")))
            continue;
        while (list.n && str_cut(&list, ',', &offer))
            if (offer_is_good(str_trim(offer)))
                return true;
    }
    return false;
}

static struct str accept_key(struct http_request *req, struct str key)
{
    struct str text = ARENA_JOIN(req->arena, key, S("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    unsigned char hash[SHA_DIGEST_LENGTH];

    SHA1((const unsigned char *)text.p, text.n, hash);
    return base64_encode(req->arena, str_of((const char *)hash, sizeof(hash)));
}

static bool refuse(struct http_request *req, int status, struct str headers, struct str why)
{
    req->reply = (struct http_reply){.status = status,
                                     .content_type = S("text/plain; charset=utf-8"),
                                     .headers = headers,
                                     .body = why,
                                     .file_fd = -1};
    return false;
}

bool ws_accept(struct http_request *req, const struct ws_handler *h, void *user)
{
    struct str key = http_header(req, S("Sec-WebSocket-Key"));

    if (!str_eq(req->method, S("GET")) || !req->conn->x->http_1_1 || req->has_body ||
        !header_has(req, S("Upgrade"), S("websocket")) || !header_has(req, S("Connection"), S("upgrade")))
        return refuse(req, 426, S("Upgrade: websocket\r\n"), S("this address is for WebSockets\n"));
    if (!str_eq(http_header(req, S("Sec-WebSocket-Version")), S("13")))
        return refuse(req, 426, S("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"), S("WebSocket version 13\n"));
    if (base64_decode(req->arena, key).n != KEY_BYTES)
        return refuse(req, 400, S(""), S("no good Sec-WebSocket-Key\n"));
    req->reply = (struct http_reply){
        .status = 101,
        .headers = ARENA_JOIN(req->arena, S("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "),
                              accept_key(req, key),
                              ws_takes_deflate(req) ? S("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                                                        "server_no_context_takeover; client_no_context_takeover\r\n")
                                                    : S("\r\n")),
        .file_fd = -1,
        .upgrade = h,
        .upgrade_user = user,
    };
    return true;
}
