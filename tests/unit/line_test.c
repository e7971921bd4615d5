/* An app's line: the hour's number of events, when one is disabled, what an answer to a challenge or an event means. */
#include "check.h"

#include "live/line.h"

#define MINUTE_US INT64_C(60000000)

static void meters(void)
{
    struct line_meter *meters = NULL;
    int64_t now_us = 1000 * MINUTE_US;

    for (int i = 0; i < METER_EVENTS_MAX; i++)
        CHECK(meter_take(&meters, 1, now_us) == METER_GO);
    CHECK(meter_take(&meters, 1, now_us) == METER_TELL);
    CHECK(meter_take(&meters, 1, now_us) == METER_DROP);
    CHECK(meter_take(&meters, 2, now_us) == METER_GO); /* another workspace */
    CHECK(meter_take(&meters, 1, now_us + MINUTE_US) == METER_TELL);
    CHECK(meter_take(&meters, 1, now_us + 60 * MINUTE_US) == METER_GO);
    meters_free(meters);
}

static void health(void)
{
    struct line_health h = {0};
    int64_t now_us = 1000 * MINUTE_US;

    for (int i = 0; i < 49; i++)
        CHECK(!health_note(&h, true, now_us));
    for (int i = 49; i < HEALTH_EVENTS_MIN - 1; i++)
        CHECK(!health_note(&h, false, now_us)); /* too few to tell */
    CHECK(health_note(&h, false, now_us));
    CHECK(!health_note(&h, false, now_us + 60 * MINUTE_US)); /* another hour */
    h = (struct line_health){0};
    for (int i = 0; i < 2 * HEALTH_EVENTS_MIN; i++)
        CHECK(!health_note(&h, i % 20 == 0, now_us)); /* 95 of a hundred are not more than 95 */
}

static void challenges(void)
{
    struct line line = {.arena = arena_new(1 << 10), .challenge = S("abc123")};
    static const struct {
        const char *body;
        int status;
        bool good;
    } answers[] = {
        {"abc123", 200, true},
        {" abc123\n", 200, true},
        {"challenge=abc123", 200, true},
        {"{\"challenge\":\"abc123\"}", 200, true},
        {"abc1234", 200, false},
        {"{\"challenge\":\"abc\"}", 200, false},
        {"abc123", 201, false},
        {"", 200, false},
        {"{\"challenge\":1}", 200, false},
    };

    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
        CHECK(line_answers_challenge(&line, &(struct http_result){.outcome = HTTP_OUT_ANSWERED,
                                                                  .status = answers[i].status,
                                                                  .body = str_c(answers[i].body)}) == answers[i].good);
    CHECK(!line_answers_challenge(&line, &(struct http_result){.outcome = HTTP_OUT_TIMEOUT}));
    arena_free(line.arena);
}

static void failures(void)
{
    struct delivery d = {0};
    struct line line = {.rows = &d, .n = 1};
    struct http_result bad = {.outcome = HTTP_OUT_ANSWERED, .status = 500}, good = bad;

    CHECK(line_judge(&line, &bad, 0) && d.attempts == 1 && str_eq(d.reason, S("http_error")));
    CHECK(!line_judge(&line, &bad, 0) && d.state == DELIVERY_LATER && d.due_us == MINUTE_US);
    CHECK(!line_judge(&line, &bad, 0) && d.state == DELIVERY_LATER && d.due_us == 5 * MINUTE_US);
    CHECK(!line_judge(&line, &bad, 0) && d.state == DELIVERY_DONE); /* given up */
    d = (struct delivery){0};
    bad.no_retry = true;
    CHECK(!line_judge(&line, &bad, 0) && d.state == DELIVERY_DONE);
    d = (struct delivery){0};
    good.status = 204;
    CHECK(!line_judge(&line, &good, 0) && d.state == DELIVERY_DONE && d.attempts == 0);
}

static void lateness(void)
{
    struct delivery rows[] = {{.created_us = 0}, {.created_us = 1}, {.created_us = MINUTE_US}, {.created_us = 0}};
    struct line line = {.rows = rows, .n = 4};

    line_pass_late(&line, 120 * MINUTE_US);
    CHECK(line.at == 0 && line.late == 0); /* two hours are in time */
    line_pass_late(&line, 120 * MINUTE_US + 2);
    CHECK(line.at == 2 && line.late == 2);
    CHECK(rows[0].state == DELIVERY_DONE && rows[1].state == DELIVERY_DONE && rows[2].state == DELIVERY_WAITS);
    line_pass_late(&line, 200 * MINUTE_US);
    CHECK(line.at == 4 && line.late == 4);
}

int main(void)
{
    meters();
    health();
    challenges();
    failures();
    lateness();
    return 0;
}
