#include "front/html.h"

enum { PAGE_MAX_BYTES = 1 << 20 };

static const char style[] =
    "<style>:root{color-scheme:light dark}body{font:16px/1.5 "
    "system-ui,sans-serif;margin:0;display:grid;place-items:center;"
    "min-height:100vh;background:light-dark(#f4f5f7,#16191d);color:light-dark(#1d2228,#e6e9ed)}main{box-sizing:border-"
    "box;"
    "width:min(30rem,100% - 2rem);margin:2rem 0;padding:2rem;border-radius:12px;background:light-dark(#fff,#1f242a);"
    "box-shadow:0 1px 3px #0003}h1{font-size:1.4rem;margin:0 0 1rem}h2{font-size:1rem;margin:1.25rem 0 .25rem}"
    "ul{margin:0;padding-left:1.2rem}label{display:block;margin:.75rem "
    "0}input,select{display:block;box-sizing:border-box;width:100%;"
    "font:inherit;padding:.5rem;border:1px solid #8889;border-radius:8px;background:transparent;color:inherit}"
    "button{font:inherit;padding:.5rem 1.25rem;border-radius:8px;border:1px solid "
    "#8889;background:transparent;color:inherit;"
    "cursor:pointer}button.go{background:#1264a3;border-color:#1264a3;color:#fff}.row{display:flex;gap:.75rem;margin-"
    "top:1.5rem}"
    ".bad{color:light-dark(#b3261e,#ff8a80)}code{font-size:.85em;overflow-wrap:anywhere}.dim{opacity:.7;font-size:."
    "9rem}</style>";

void html_text(struct buf *b, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '&':
            buf_str(b, S("&amp;"));
            break;
        case '<':
            buf_str(b, S("&lt;"));
            break;
        case '>':
            buf_str(b, S("&gt;"));
            break;
        case '"':
            buf_str(b, S("&quot;"));
            break;
        case '\'':
            buf_str(b, S("&#39;"));
            break;
        default:
            buf_char(b, text.p[i]);
        }
    }
}

void html_hidden(struct buf *b, const char *name, struct str value)
{
    buf_printf(b, "<input type=hidden name=\"%s\" value=\"", name);
    html_text(b, value);
    buf_str(b, S("\">"));
}

void html_reply(struct http_request *req, int status, const char *title, struct str body)
{
    struct buf b = buf_in(req->arena, PAGE_MAX_BYTES);

    buf_str(&b, S("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
                  "content=\"width=device-width,initial-scale=1\"><title>"));
    html_text(&b, str_c(title));
    buf_printf(&b, "</title>%s<main>", style);
    buf_str(&b, body);
    buf_str(&b, S("</main></html>"));
    req->reply = (struct http_reply){
        .status = status,
        .content_type = S("text/html; charset=utf-8"),
        /* No form-action: browsers hold it against the redirect that follows a consent as well. */
        .headers = S(
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; "
            "frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
            "Cache-Control: no-store\r\n"),
        .body = buf_view(&b),
        .file_fd = -1,
    };
}

void html_say(struct http_request *req, int status, const char *title, struct str text)
{
    struct buf b = buf_in(req->arena, PAGE_MAX_BYTES);

    buf_str(&b, S("<h1>"));
    html_text(&b, str_c(title));
    buf_str(&b, S("</h1><p>"));
    html_text(&b, text);
    buf_str(&b, S("</p>"));
    html_reply(req, status, title, buf_view(&b));
}

void html_go(struct http_request *req, struct str where, struct str more_headers)
{
    html_reply(req, 303, "Elsewhere", S(""));
    req->reply.headers = arena_printf(req->arena, "Location: %.*s\r\n%.*s%.*s", STR_FMT(where), STR_FMT(more_headers),
                                      STR_FMT(req->reply.headers));
}
