#include "live/sending.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum { ARENA_BYTES = 1 << 12, BATCH_US = US_PER_S, ASK_EACH_MAX_S = 300 };

struct id_text app_text(int64_t id)
{
    struct id_text out;

    out.text[id_format(id, out.text)] = '\0';
    return out;
}

/* --- lines ---------------------------------------------------------------------------------------------------- */

static void answered(struct http_out_request *request, const struct http_result *result);

/* Under the lock. */
struct line *line_of(struct events_api *ev, int64_t app)
{
    struct line *line = ev->lines;

    while (line && line->app != app)
        line = line->next;
    if (line)
        return line;
    line = calloc(1, sizeof(*line));
    if (!line)
        abort();
    line->app = app;
    line->owner = ev;
    line->arena = arena_new(ARENA_BYTES);
    line->request.done = answered;
    line->next = ev->lines;
    ev->lines = line;
    return line;
}

/* Under the lock. */
void events_wake(struct events_api *ev)
{
    ev->awake = true;
    pthread_cond_signal(&ev->told);
}

/* Under the lock: whoever has a line passes it on. */
void line_pass_on(struct line *line, enum line_stage stage)
{
    line->stage = stage;
    events_wake(line->owner);
}

/* Under the lock, so that the client is there. */
void line_send(struct line *line)
{
    struct events_api *ev = line->owner;

    if (ev->stopping) {
        line_pass_on(line, LINE_ENDED);
        return;
    }
    line->stage = LINE_SENDING;
    if (line->socket)
        socket_hub_send(ev->hub, &ev->sender, line->app, str_of(line->envelope, sizeof(line->envelope)),
                        line->request.body);
    else
        http_client_send(ev->client, &line->request);
}

/* --- what goes next ------------------------------------------------------------------------------------------- */

/* What an app is told when events were left out. */
static struct str limited_body(struct line *line, int64_t team, int64_t now_us)
{
    struct buf b = buf_in(line->arena, 1 << 12);
    struct json_out o = {.b = &b};
    char text[ID_MAX];

    json_open(&o, S(""), '{');
    json_str(&o, S("token"), line->token);
    json_str(&o, S("type"), S("app_rate_limited"));
    json_str(&o, S("team_id"), str_of(text, id_format(team, text)));
    json_int(&o, S("minute_rate_limited"), now_us / US_PER_S / 60 * 60);
    json_str(&o, S("api_app_id"), str_of(text, id_format(line->app, text)));
    json_close(&o, '}');
    return buf_view(&b);
}

/* Drops rows past the hour's number.  False: what goes next is the word that they were. */
static bool pass_meter(struct line *line)
{
    int64_t now_us = clock_now_us();

    while (line->at < line->n) {
        struct delivery *d = &line->rows[line->at];
        enum meter_answer answer = d->attempts ? METER_GO : meter_take(&line->meters, d->team, now_us);
        if (answer == METER_GO)
            return true;
        d->state = DELIVERY_DONE;
        line->at++;
        if (answer == METER_TELL) {
            line_prepare_body(line, limited_body(line, d->team, now_us));
            line->telling = true;
            return false;
        }
    }
    return true;
}

/* Under the lock.  Results are written once a second at least: after a crash, little is delivered twice. */
void line_go_on(struct line *line)
{
    const struct events_api *ev = line->owner;
    bool has_row;

    if (clock_mono_us() - line->begun_us > BATCH_US) {
        line_pass_on(line, LINE_ENDED);
        return;
    }
    line_pass_late(line, clock_now_us());
    has_row = !ev->opt.limited || pass_meter(line);
    if (has_row && line->at == line->n) {
        line_pass_on(line, LINE_ENDED);
        return;
    }
    if (has_row)
        line_prepare(line);
    line_send(line);
}

/* --- answers, on the client's thread -------------------------------------------------------------------------- */

/* Once, until it answers. */
static void warn_forbidden(struct line *line, const struct http_result *result)
{
    bool forbidden = result->outcome == HTTP_OUT_FORBIDDEN;

    if (forbidden && !line->forbidden)
        log_warn("event_url_forbidden", "app=%s hint=\"the setting outgoing_allow lets apps be there\"",
                 app_text(line->app).text);
    line->forbidden = forbidden;
}

/* Under the lock. */
static void judge_challenge(struct line *line, const struct http_result *result)
{
    int64_t wait_s = line->refusals < 8 ? INT64_C(1) << line->refusals : ASK_EACH_MAX_S;

    line->answered = line_answers_challenge(line, result);
    line->refusals = line->answered ? 0 : line->refusals + 1;
    line->ask_at_us = clock_mono_us() + wait_s * US_PER_S;
    warn_forbidden(line, result);
    if (line->refusals == 1)
        log_warn("event_url_unverified", "app=%s outcome=%s status=%d hint=\"it has to answer the challenge\"",
                 app_text(line->app).text, http_out_reason(result), result->status);
    line_pass_on(line, LINE_ENDED);
}

/* Under the lock.  Without a connection nothing fails: what is not acknowledged in Socket Mode disables nobody. */
static void judge_row(struct line *line, const struct http_result *result)
{
    int64_t now_us = clock_now_us();
    bool ok = result->outcome == HTTP_OUT_ANSWERED && result->status / 100 == 2;

    warn_forbidden(line, result);
    line->failing = !line->socket && health_note(&line->health, ok, now_us);
    if (!line_judge(line, result, now_us))
        line->at++;
}

/* Under the lock. */
static void judge(struct line *line, const struct http_result *result)
{
    const struct events_api *ev = line->owner;

    if (ev->stopping && result->outcome == HTTP_OUT_FAILED)
        line_pass_on(line, LINE_ENDED); /* cut off by us: it counts for nothing */
    else if (line->asking)
        judge_challenge(line, result);
    else {
        if (!line->telling)
            judge_row(line, result);
        line->telling = false;
        if (line->failing)
            line_pass_on(line, LINE_ENDED);
        else
            line_go_on(line);
    }
}

static void answered(struct http_out_request *request, const struct http_result *result)
{
    struct line *line = request->user;
    struct events_api *ev = line->owner;

    pthread_mutex_lock(&ev->lock);
    judge(line, result);
    pthread_mutex_unlock(&ev->lock);
}

/* --- the same of Socket Mode ---------------------------------------------------------------------------------- */

/* Under the lock: the line of which this envelope is under way; NULL when it is none any more. */
static struct line *line_sending(struct events_api *ev, int64_t app, struct str envelope_id)
{
    struct line *line = ev->lines;

    while (line && line->app != app)
        line = line->next;
    if (line && line->stage == LINE_SENDING && line->socket &&
        str_eq(envelope_id, str_of(line->envelope, sizeof(line->envelope))))
        return line;
    return NULL;
}

static void socket_acknowledged(void *ctx, int64_t app, struct str envelope_id, struct str payload)
{
    struct events_api *ev = ctx;
    struct line *line;

    (void)payload;
    pthread_mutex_lock(&ev->lock);
    line = line_sending(ev, app, envelope_id);
    if (line)
        judge(line, &(struct http_result){.outcome = HTTP_OUT_ANSWERED, .status = 200});
    pthread_mutex_unlock(&ev->lock);
}

/* What could not even be sent is no attempt: it waits for a connection. */
static void socket_lost(void *ctx, int64_t app, struct str envelope_id, enum socket_loss how)
{
    struct events_api *ev = ctx;
    struct line *line;

    pthread_mutex_lock(&ev->lock);
    line = line_sending(ev, app, envelope_id);
    if (line && how == SOCKET_NONE)
        line_pass_on(line, LINE_ENDED);
    else if (line)
        judge(line, &(struct http_result){.outcome = how == SOCKET_LATE ? HTTP_OUT_TIMEOUT : HTTP_OUT_FAILED});
    pthread_mutex_unlock(&ev->lock);
}

void sending_opened(void *ctx, int64_t app)
{
    struct events_api *ev = ctx;

    pthread_mutex_lock(&ev->lock);
    line_of(ev, app)->pending = true;
    events_wake(ev);
    pthread_mutex_unlock(&ev->lock);
}

struct socket_sender sending_sender(struct events_api *ev)
{
    return (struct socket_sender){.ctx = ev, .acknowledged = socket_acknowledged, .lost = socket_lost};
}
