/* libtaut against a server that says what it is told: arguments, replies, errors, waits, lists, files, and memory that
 * runs out at every place. */
#include <string.h>
#include <taut/taut.h>

#include "check.h"
#include "counted.h"
#include "fake.h"

static struct taut *client(struct fake *f, const struct taut_options *more)
{
    struct taut_options o = more ? *more : (struct taut_options){0};

    o.url = fake_url(f);
    o.token = "xoxb-1";
    return taut_new(&o);
}

#define FAKE(...) fake_new((const char *const[]){__VA_ARGS__, NULL})

static void arguments(void)
{
    struct fake *f = FAKE(fake_json("{\"ok\":true}"), fake_json("{\"ok\":true}"));
    struct taut *t = client(f, NULL);
    struct taut_chat_post_message_args args = {
        .channel = "C1", .text = "a b&c=\xC3\xA9%", .mrkdwn = TAUT_FALSE, .link_names = true};
    struct taut_conversations_list_args list = {.limit = TAUT_ZERO};
    const char *asked;

    CHECK(taut_chat_post_message(t, &args, NULL) == TAUT_OK);
    asked = fake_request(f, 0);
    CHECK(strstr(asked, "POST /api/chat.postMessage HTTP/1.1\r\n") == asked);
    CHECK(strstr(asked, "\r\nAuthorization: Bearer xoxb-1\r\n"));
    CHECK(strstr(asked, "\r\n\r\nchannel=C1&link_names=true&mrkdwn=false&text=a+b%26c%3D%C3%A9%25"));
    CHECK(taut_conversations_list(t, &list, NULL) == TAUT_OK);
    CHECK(strstr(fake_request(f, 1), "\r\n\r\nlimit=0"));
    taut_free(t);
    fake_free(f);
}

/* What another server may say that this one does not. */
static void replies(void)
{
    struct fake *f = FAKE(fake_json(
        "{\"ok\":true,\"channel\":{\"id\":\"C1\",\"name\":\"n\\ud83d\\u0000\\ud83d\\ude00\",\"created\":12.75,"
        "\"is_member\":true,\"news\":{\"x\":[1,2]},\"topic\":{\"value\":\"v\"},\"previous_names\":[\"a\",\"b\"],"
        "\"num_members\":\"7\",\"purpose\":null,\"latest\":{\"ts\":\"1.2\"},\"unlinked\":\"none\"},"
        "\"warning\":\"missing_charset\",\"extra\":[{}]}"));
    struct taut *t = client(f, NULL);
    struct taut_conversations_info_reply *r;
    struct taut_json_each each = {0};

    CHECK(taut_conversations_info(t, &(struct taut_conversations_info_args){.channel = "C1"}, &r) == TAUT_OK);
    taut_free(t); /* a reply outlives its client */
    CHECK(strcmp(r->channel->name, "n\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80") == 0);
    CHECK(r->channel->created == 12 && r->channel->num_members == 7 && r->channel->unlinked == 0);
    CHECK(r->channel->is_member && !r->channel->is_archived && r->channel->purpose == NULL);
    CHECK(r->channel->n_previous_names == 2 && strcmp(r->channel->previous_names[1], "b") == 0);
    CHECK(strcmp(r->channel->topic->value, "v") == 0 && strcmp(r->channel->topic->creator, "") == 0);
    CHECK(strcmp(taut_json_text(taut_json_get(r->channel->latest, "ts")), "1.2") == 0);
    CHECK(strcmp(r->head.warning, "missing_charset") == 0);
    CHECK(taut_json_count(taut_json_get(taut_json_get(r->channel->json, "news"), "x")) == 2);
    while (taut_json_each(r->head.json, &each))
        CHECK(each.key[0] && each.value);
    CHECK(each.i == 4);
    taut_reply_free(r);
    fake_free(f);
}

static void errors(void)
{
    struct fake *f = FAKE(
        fake_json("{\"ok\":false,\"error\":\"is_archived\"}"),
        fake_json("{\"ok\":false,\"error\":\"brand_new\",\"response_metadata\":{\"messages\":[\"[ERROR] no\"]}}"),
        fake_json("{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"chat:write\",\"provided\":\"pins:read\"}"),
        "HTTP/1.1 502 Bad\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno", fake_json("[]"));
    struct taut *t = client(f, NULL);
    struct taut_chat_delete_args args = {.channel = "C1", .ts = "1.1"};
    const struct taut_failure *why = taut_last_failure(t);
    struct taut_chat_delete_reply *r = (void *)1;

    CHECK(taut_chat_delete(t, &args, &r) == TAUT_ERR_IS_ARCHIVED && r == NULL && why->http_status == 200);
    CHECK(strcmp(why->code, "is_archived") == 0 && strstr(why->message, "chat.delete: is_archived: "));
    CHECK(taut_chat_delete(t, &args, &r) == TAUT_OTHER && strcmp(why->code, "brand_new") == 0);
    CHECK(strstr(why->message, "[ERROR] no"));
    CHECK(taut_chat_delete(t, &args, &r) == TAUT_ERR_MISSING_SCOPE && strcmp(why->needed, "chat:write") == 0);
    CHECK(strstr(why->message, "needs chat:write") && strcmp(why->provided, "pins:read") == 0);
    CHECK(taut_chat_delete(t, &args, &r) == TAUT_BAD_REPLY && why->http_status == 502);
    CHECK(taut_chat_delete(t, &args, &r) == TAUT_BAD_REPLY && strstr(why->message, "[]"));
    CHECK(taut_call(t, &(struct taut_request){.method = "a/../b"}, NULL) == TAUT_BAD_ARGUMENT);
    CHECK(taut_error_find("channel_not_found") == TAUT_ERR_CHANNEL_NOT_FOUND && taut_error_find("?") == TAUT_OTHER);
    CHECK(strcmp(taut_error_name(TAUT_ERR_CHANNEL_NOT_FOUND), "channel_not_found") == 0);
    taut_free(t);
    fake_free(f);
}

static int waited, last_wait;

static bool note_wait(void *context, const char *method, int seconds)
{
    waited++;
    last_wait = seconds;
    return !context && strcmp(method, "api.test") == 0;
}

#define LATER(s) "HTTP/1.1 429 Slow\r\nRetry-After: " s "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static void waits(void)
{
    struct fake *f = FAKE(LATER("0"), LATER("0"), fake_json("{\"ok\":true}"), LATER("61"), LATER("0"), LATER("1"));
    struct taut_options o = {.max_waits = 2, .on_wait = note_wait};
    struct taut *t = client(f, &o);

    CHECK(taut_api_test(t, NULL, NULL) == TAUT_OK && waited == 2 && fake_asked(f) == 3);
    CHECK(taut_api_test(t, NULL, NULL) == TAUT_ERR_RATELIMITED && waited == 2); /* longer than max_wait_s */
    CHECK(taut_last_failure(t)->retry_after_s == 61 && taut_last_failure(t)->http_status == 429);
    taut_free(t);
    o.context = &o;
    t = client(f, &o);
    CHECK(taut_api_test(t, NULL, NULL) == TAUT_ERR_RATELIMITED && waited == 3); /* the program did not want to */
    taut_free(t);
    o.max_waits = -1;
    t = client(f, &o);
    CHECK(taut_api_test(t, NULL, NULL) == TAUT_ERR_RATELIMITED && waited == 3 && last_wait == 0);
    taut_free(t);
    fake_free(f);
}

#define CHANNELS(items, cursor)                                                                                        \
    fake_json("{\"ok\":true,\"channels\":[" items "],\"response_metadata\":{\"next_cursor\":\"" cursor "\"}}")

static void lists(void)
{
    struct fake *f = FAKE(CHANNELS("{\"id\":\"C1\"},{\"id\":\"C2\"}", "two="), CHANNELS("", "three="),
                          CHANNELS("{\"id\":\"C3\"}", ""), fake_json("{\"ok\":true,\"members\":[\"U1\",\"U2\"]}"),
                          CHANNELS("{\"id\":\"C1\"}", "x"), fake_json("{\"ok\":false,\"error\":\"invalid_cursor\"}"),
                          CHANNELS("", "round"), CHANNELS("", "round"));
    struct taut *t = client(f, NULL);
    struct taut_list *l = taut_conversations_list_all(t, &(struct taut_conversations_list_args){.limit = 2});
    const struct taut_conversation *c;
    char ids[64] = "";
    const char *id;

    while ((c = taut_conversations_list_next(l)))
        strcat(ids, c->id);
    CHECK(taut_list_end(l) == TAUT_OK && strcmp(ids, "C1C2C3") == 0);
    CHECK(strstr(fake_request(f, 1), "limit=2") && strstr(fake_request(f, 1), "cursor=two%3D"));
    l = taut_conversations_members_all(t, &(struct taut_conversations_members_args){.channel = "C1"});
    for (*ids = '\0'; (id = taut_conversations_members_next(l));)
        strcat(ids, id);
    CHECK(taut_list_end(l) == TAUT_OK && strcmp(ids, "U1U2") == 0);
    l = taut_conversations_list_all(t, NULL);
    CHECK(taut_conversations_list_next(l) && !taut_conversations_list_next(l) && !taut_conversations_list_next(l));
    CHECK(taut_list_end(l) == TAUT_ERR_INVALID_CURSOR);
    l = taut_conversations_list_all(t, NULL);
    CHECK(!taut_conversations_list_next(l) && fake_asked(f) == 8);
    CHECK(taut_list_end(l) == TAUT_BAD_REPLY && strstr(taut_last_failure(t)->message, "leads to itself"));
    CHECK(taut_list_end(NULL) == TAUT_NO_MEMORY && !taut_conversations_list_next(NULL));
    taut_free(t);
    fake_free(f);
}

/* Lists that have numbers instead of cursors, and one that stands inside an object. */
static void numbered_lists(void)
{
    struct fake *f = FAKE(
        fake_json("{\"ok\":true,\"files\":[{\"id\":\"F1\"}],\"paging\":{\"page\":1,\"pages\":2}}"),
        fake_json("{\"ok\":true,\"files\":[{\"id\":\"F2\"}],\"paging\":{\"page\":2,\"pages\":2}}"),
        fake_json("{\"ok\":true,\"messages\":{\"matches\":[{\"iid\":\"1\"}],\"paging\":{\"page\":1,\"pages\":2}}}"),
        fake_json("{\"ok\":true,\"messages\":{\"matches\":[{\"iid\":\"2\"}],\"paging\":{\"page\":2,\"pages\":2}}}"),
        fake_json("{\"ok\":true}"));
    struct taut *t = client(f, NULL);
    struct taut_list *l = taut_files_list_all(t, NULL);
    struct taut_search_messages_args q = {.query = "x"};

    CHECK(strcmp(taut_files_list_next(l)->id, "F1") == 0 && strcmp(taut_files_list_next(l)->id, "F2") == 0);
    CHECK(!taut_files_list_next(l) && taut_list_end(l) == TAUT_OK && strstr(fake_request(f, 1), "page=2"));
    l = taut_search_messages_all(t, &q);
    CHECK(strcmp(taut_search_messages_next(l)->iid, "1") == 0 && strcmp(taut_search_messages_next(l)->iid, "2") == 0);
    CHECK(!taut_search_messages_next(l) && taut_list_end(l) == TAUT_OK);
    l = taut_search_messages_all(t, &q);
    CHECK(!taut_search_messages_next(l) && taut_list_end(l) == TAUT_OK);
    taut_free(t);
    fake_free(f);
}

/* What became of messages, page by page. */
static void activity(void)
{
    struct fake *f = FAKE(
        fake_json(
            "{\"ok\":true,\"message_activities\":[{\"channel_id\":\"C1\",\"timestamp\":\"1.000001\",\"unique_user_"
            "views_count\":142,"
            "\"unique_views_client\":{\"desktop_views_count\":89,\"mobile_views_count\":42,\"web_views_count\":11},"
            "\"unique_stats_by_department\":[{\"department\":\"Sales\",\"views\":45}]}],"
            "\"response_metadata\":{\"next_cursor\":\"b=\"}}"),
        fake_json("{\"ok\":true,\"message_activities\":[{\"timestamp\":\"2.000001\"}],\"response_metadata\":{\"next_"
                  "cursor\":\"\"}}"));
    struct taut *t = client(f, NULL);
    struct taut_list *l = taut_admin_analytics_messages_activity_all(
        t, &(struct taut_admin_analytics_messages_activity_args){.channel = "C1", .oldest_ts = "0.5"});
    const struct taut_message_activity *m = taut_admin_analytics_messages_activity_next(l);

    CHECK(m && m->unique_user_views_count == 142 && m->unique_views_client->mobile_views_count == 42);
    CHECK(m->n_unique_stats_by_department == 1 && strcmp(m->unique_stats_by_department[0].department, "Sales") == 0);
    m = taut_admin_analytics_messages_activity_next(l);
    CHECK(m && strcmp(m->timestamp, "2.000001") == 0 && !m->unique_views_client && m->unique_user_views_count == 0);
    CHECK(!taut_admin_analytics_messages_activity_next(l) && taut_list_end(l) == TAUT_OK);
    CHECK(strstr(fake_request(f, 1), "oldest_ts=0.5") && strstr(fake_request(f, 1), "cursor=b%3D"));
    taut_free(t);
    fake_free(f);
}

struct letters {
    int left;
    bool fails;
};

static ptrdiff_t read_letters(void *context, void *p, size_t n)
{
    struct letters *l = context;

    if (l->left == 0)
        return l->fails ? -1 : 0;
    n = n > (size_t)l->left ? (size_t)l->left : n;
    memset(p, 'x', n);
    l->left -= (int)n;
    return (ptrdiff_t)n;
}

static void files(void)
{
    struct fake *f = FAKE(fake_json("{\"ok\":true,\"file\":{\"id\":\"F1\"}}"), fake_json("{\"ok\":true}"),
                          fake_json("{\"ok\":true}"));
    struct taut *t = client(f, NULL);
    struct letters five = {.left = 5}, some = {.left = 70000}, broken = {.left = 9, .fails = true};
    struct taut_files_upload_args args = {.channels = "C1", .file = {read_letters, &five, 5, "a.txt"}};
    struct taut_files_upload_reply *r;

    CHECK(taut_files_upload(t, &args, &r) == TAUT_OK && strcmp(r->file->id, "F1") == 0);
    CHECK(strstr(fake_request(f, 0), "name=\"channels\"\r\n\r\nC1\r\n"));
    CHECK(strstr(fake_request(f, 0), "name=\"file\"; filename=\"a.txt\"") && strstr(fake_request(f, 0), "xxxxx\r\n--"));
    taut_reply_free(r);
    args.file = (struct taut_source){read_letters, &some, -1, NULL}; /* a pipe: nobody knows how much comes */
    CHECK(taut_files_upload(t, &args, NULL) == TAUT_OK && strlen(fake_request(f, 1)) > 70000);
    args.file = (struct taut_source){read_letters, &broken, 20, "b"};
    CHECK(taut_files_upload(t, &args, NULL) == TAUT_LOCAL_IO &&
          strstr(taut_last_failure(t)->message, "b cannot be read"));
    args.file = (struct taut_source){read_letters, &(struct letters){.left = 5}, 20, "c"}; /* cut while it is read */
    CHECK(taut_files_upload(t, &args, NULL) == TAUT_LOCAL_IO &&
          strstr(taut_last_failure(t)->message, "c ended behind 5 bytes"));
    CHECK(taut_upload(t, &(struct taut_upload){.source = {read_letters, &some, -1, NULL}}, NULL) == TAUT_BAD_ARGUMENT);
    taut_free(t);
    fake_free(f);
}

/* A method that answers with a file is asked as any other: by pairs or by JSON. */
static void rows(void)
{
    struct fake *f = FAKE("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\n{\"n\":7}\n");
    struct taut *t = client(f, NULL);
    struct taut_request q = {.method = "admin.analytics.getFile", .json = "{\"type\":\"member\"}"};
    struct taut_rows *r;

    CHECK(taut_rows_call(t, &q, &r) == TAUT_OK && taut_json_int(taut_json_get(taut_rows_json(r), "n")) == 7);
    CHECK(taut_rows_end(r) == TAUT_OK && strstr(fake_request(f, 0), "\r\n\r\n{\"type\":\"member\"}"));
    CHECK(strstr(fake_request(f, 0), "Content-Type: application/json"));
    CHECK(taut_rows_call(t, &(struct taut_request){.method = "a?b"}, &r) == TAUT_BAD_ARGUMENT && !r);
    CHECK(taut_rows_call(t, &(struct taut_request){.method = "a.b", .part = "file"}, &r) == TAUT_BAD_ARGUMENT && !r);
    taut_free(t);
    fake_free(f);
}

/* --- memory ---------------------------------------------------------------------------------------------------- */

/* A story with every allocation failing in its turn: it ends with TAUT_NO_MEMORY, and nothing is kept. */
static enum taut_error story(struct counted *c)
{
    struct fake *f =
        FAKE(CHANNELS("{\"id\":\"C1\",\"topic\":{\"value\":\"\\u00e9\"},\"previous_names\":[\"a\"]}", "x="),
             CHANNELS("{\"id\":\"C2\"}", ""));
    struct taut_allocator from = {counted_resize, c};
    struct taut *t = client(f, &(struct taut_options){.allocator = &from});
    enum taut_error e = TAUT_NO_MEMORY;
    struct taut_list *l;
    int n = 0;

    if (t) {
        l = taut_conversations_list_all(t, &(struct taut_conversations_list_args){.types = "public_channel"});
        while (taut_conversations_list_next(l))
            n++;
        e = taut_list_end(l);
        if (e)
            CHECK(taut_last_failure(t)->error == TAUT_NO_MEMORY);
        else
            CHECK(n == 2);
    }
    taut_free(t);
    fake_free(f);
    return e;
}

static void memory(void)
{
    int tries = 0;

    for (enum taut_error e = TAUT_NO_MEMORY; e; tries++) {
        struct counted c = {.left = tries};
        e = story(&c);
        CHECK(e == TAUT_OK || e == TAUT_NO_MEMORY);
        CHECK(c.live == 0);
        if (tries > 1000)
            break;
    }
    CHECK(tries > 10 && tries < 1000);
}

static void unreachable(void)
{
    struct taut *t = taut_new(&(struct taut_options){.url = "http://127.0.0.1:1/api", .token = ""});

    CHECK(strcmp(taut_url(t), "http://127.0.0.1:1/api/") == 0);
    CHECK(taut_api_test(t, NULL, NULL) == TAUT_UNREACHABLE && strstr(taut_last_failure(t)->message, "127.0.0.1:1"));
    taut_free(t);
    t = taut_new(&(struct taut_options){.url = "gopher://x"});
    CHECK(taut_api_test(t, NULL, NULL) == TAUT_BAD_ARGUMENT);
    taut_free(t);
}

int main(void)
{
    arguments();
    replies();
    errors();
    waits();
    lists();
    numbered_lists();
    activity();
    files();
    rows();
    memory();
    unreachable();
    return 0;
}
