/* Pages of the server's own: plain forms, no script. */
#ifndef TAUT_FRONT_HTML_H
#define TAUT_FRONT_HTML_H

#include "base/buf.h"
#include "net/http.h"

/* Appends text with & < > " ' escaped: for content and for quoted attributes. */
void html_text(struct buf *b, struct str text);
/* <input type=hidden name=… value=…> */
void html_hidden(struct buf *b, const char *name, struct str value);
/* Fills the reply: the page around body (HTML already).  title is text. */
void html_reply(struct http_request *req, int status, const char *title, struct str body);
/* A page that says one thing; text is text. */
void html_say(struct http_request *req, int status, const char *title, struct str text);
/* Sends the browser elsewhere by GET (303).  where has no control characters. */
void html_go(struct http_request *req, struct str where, struct str more_headers);

#endif
