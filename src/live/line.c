#include "live/line.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/rand.h"
#include "live/envelope.h"
#include "live/signature.h"

enum { REPLY_MAX_BYTES = 1 << 16, TIMEOUT_MS = 3000, REDIRECTS_MAX = 2, CHALLENGE_CHARS = 52 };

/* Failures so far, and how long the event then waits; past the last it is given up. */
static const int64_t waits_s[] = {[1] = 0, [2] = 60, [3] = 300};
enum { FAILURES_MAX = 4 };

#define LATE_US (INT64_C(7200) * US_PER_S)

/* --- requests ------------------------------------------------------------------------------------------------- */

/* The row's envelope in one of Socket Mode. */
static void prepare_envelope(struct line *line, const struct delivery *d)
{
    socket_envelope_name(line->envelope);
    line->request.body = socket_envelope_make(
        line->arena, &(struct socket_envelope){
                         .id = str_of(line->envelope, sizeof(line->envelope)),
                         .type = S("events_api"),
                         .payload = envelope_with_token(line->arena, d->body, line->token),
                         .retries = true,
                         .attempt = d->attempts,
                         .reason = str_starts(d->reason, S("http_")) ? str_skip(d->reason, 5) : d->reason,
                     });
}

void line_prepare_body(struct line *line, struct str body)
{
    void (*done)(struct http_out_request *, const struct http_result *) = line->request.done;

    line->request = (struct http_out_request){
        .url = line->url,
        .post = true,
        .headers = signature_headers(line->arena, line->signing_secret, S("application/json"), body),
        .body = body,
        .timeout_ms = TIMEOUT_MS,
        .max_redirects = REDIRECTS_MAX,
        .max_reply_bytes = REPLY_MAX_BYTES,
        .done = done,
        .user = line,
    };
}

void line_prepare(struct line *line)
{
    const struct delivery *d = &line->rows[line->at];

    if (line->socket) {
        prepare_envelope(line, d);
        return;
    }
    line_prepare_body(line, envelope_with_token(line->arena, d->body, line->token));
    if (d->attempts)
        line->request.headers = ARENA_JOIN(line->arena, line->request.headers, S("X-Slack-Retry-Num: "),
                                           arena_printf(line->arena, "%lld", (long long)d->attempts),
                                           S("\r\nX-Slack-Retry-Reason: "), d->reason, S("\r\n"));
}

/* --- the challenge -------------------------------------------------------------------------------------------- */

void line_prepare_challenge(struct line *line)
{
    struct buf b = buf_in(line->arena, 1 << 12);
    struct json_out o = {.b = &b};

    line->challenge = rand_token(line->arena, CHALLENGE_CHARS);
    json_open(&o, S(""), '{');
    json_str(&o, S("token"), line->token);
    json_str(&o, S("challenge"), line->challenge);
    json_str(&o, S("type"), S("url_verification"));
    json_close(&o, '}');
    line_prepare_body(line, buf_view(&b));
}

/* As plain text, as challenge=… of a form, or as {"challenge": …}. */
bool line_answers_challenge(struct line *line, const struct http_result *result)
{
    struct str body = str_trim(result->body);
    const struct json *json;

    if (result->outcome != HTTP_OUT_ANSWERED || result->status != 200)
        return false;
    if (str_eq(body, line->challenge) ||
        (str_starts(body, S("challenge=")) && str_eq(str_skip(body, 10), line->challenge)))
        return true;
    json = json_parse(line->arena, body, NULL);
    return json && str_eq(json_get_str(json, S("challenge")), line->challenge);
}

/* --- answers -------------------------------------------------------------------------------------------------- */

bool line_judge(struct line *line, const struct http_result *result, int64_t now_us)
{
    struct delivery *d = &line->rows[line->at];

    if (result->outcome == HTTP_OUT_ANSWERED && result->status / 100 == 2) {
        d->state = DELIVERY_DONE;
        return false;
    }
    d->attempts++;
    d->reason = str_c(http_out_reason(result));
    if (d->attempts >= FAILURES_MAX || (result->no_retry && result->outcome == HTTP_OUT_ANSWERED)) {
        d->state = DELIVERY_DONE;
        return false;
    }
    d->due_us = now_us + waits_s[d->attempts] * US_PER_S;
    d->state = waits_s[d->attempts] ? DELIVERY_LATER : DELIVERY_WAITS;
    return d->state == DELIVERY_WAITS;
}

/* --- what comes too late -------------------------------------------------------------------------------------- */

void line_pass_late(struct line *line, int64_t now_us)
{
    for (; line->at < line->n && now_us - line->rows[line->at].created_us > LATE_US; line->at++, line->late++)
        line->rows[line->at].state = DELIVERY_DONE;
}
