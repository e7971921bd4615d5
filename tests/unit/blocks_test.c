/* core/blocks: what is refused, what is stored, what it says in words. */
#include "check.h"

#include "core/blocks.h"

static struct arena *arena;
static struct blocks_out out;

static uint64_t count_up(void *ctx)
{
    return ++*(uint64_t *)ctx;
}

static enum err read_json(const char *json)
{
    static uint64_t counter;
    struct blocks_in in = {.pointer = "/blocks", .max_blocks = BLOCKS_PER_MESSAGE, .random = count_up, .ctx = &counter};

    counter = 0;
    return blocks_read(arena, json_parse(arena, str_c(json), NULL), &in, &out);
}

static bool same(struct str got, const char *want)
{
    if (str_eq(got, str_c(want)))
        return true;
    fprintf(stderr, "got:  %.*s\nwant: %s\n", STR_FMT(got), want);
    return false;
}

static bool stored(const char *json, const char *want)
{
    enum err e = read_json(json);

    if (e != OK)
        fprintf(stderr, "%s: %s %.*s\n", json, err_name(e), STR_FMT(out.lines[0]));
    return e == OK && same(out.json, want);
}

/* Refused, with this first line and, unless NULL, this second one. */
static bool refused(const char *json, const char *first, const char *second)
{
    if (read_json(json) != ERR_INVALID_BLOCKS || out.lines_n < 1)
        return false;
    return same(out.lines[0], first) && (second ? out.lines_n >= 2 && same(out.lines[1], second) : out.lines_n == 1);
}

static const char *text_of(char c, int n)
{
    char *text = arena_bytes(arena, (size_t)n + 1);

    memset(text, c, (size_t)n);
    text[n] = 0;
    return text;
}

static const char *print(const char *fmt, const char *text)
{
    struct str s = arena_printf(arena, fmt, text);

    return arena_cstr(arena, s);
}

static void stored_forms(void)
{
    CHECK(stored("[]", ""));
    CHECK(stored("[{\"type\":\"divider\"}]", "[{\"type\":\"divider\",\"block_id\":\"10000\"}]"));
    CHECK(stored(
        "[{\"text\":{\"text\":\"a & b http://c.d\",\"type\":\"mrkdwn\"},\"block_id\":\"b1\",\"type\":\"section\"}]",
        "[{\"type\":\"section\",\"block_id\":\"b1\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"a &amp; b "
        "<http://c.d>\",\"verbatim\":false}}]"));
    CHECK(stored("[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"http://c.d <\",\"verbatim\":true}}]",
                 "[{\"type\":\"section\",\"block_id\":\"10000\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"http://c.d "
                 "&lt;\",\"verbatim\":true}}]"));
    CHECK(stored(
        "[{\"type\":\"header\",\"text\":{\"type\":\"plain_text\",\"text\":\"R&D <@U1> &amp;\"},\"block_id\":null}]",
        "[{\"type\":\"header\",\"block_id\":\"10000\",\"text\":{\"type\":\"plain_text\",\"text\":\"R&amp;D "
        "&lt;@U1&gt; &amp;\",\"emoji\":true}}]"));
    CHECK(stored(
        "[{\"type\":\"actions\",\"elements\":[{\"type\":\"button\",\"text\":{\"type\":\"plain_text\",\"text\":"
        "\"Go\",\"emoji\":false},\"value\":\"1\",\"style\":\"primary\"}]}]",
        "[{\"type\":\"actions\",\"block_id\":\"10000\",\"elements\":[{\"type\":\"button\",\"action_id\":\"20000\","
        "\"text\":{\"type\":\"plain_text\",\"text\":\"Go\",\"emoji\":false},\"value\":\"1\",\"style\":"
        "\"primary\"}]}]"));
}

/* One of everything else, as the reference pages show them; and what is stored is taken again as it is. */
static const char *const examples[] = {
    "{\"type\":\"image\",\"image_url\":\"https://a.b/"
    "c.png\",\"alt_text\":\"c\",\"title\":{\"type\":\"plain_text\",\"text\":"
    "\"C\"},\"image_width\":10}",
    "{\"type\":\"image\",\"slack_file\":{\"id\":\"F0123456\"},\"alt_text\":\"\"}",
    "{\"type\":\"context\",\"elements\":[{\"type\":\"image\",\"image_url\":\"https://a.b/c.png\",\"alt_text\":\"c\"},"
    "{\"type\":\"mrkdwn\",\"text\":\"*x*\"},{\"type\":\"plain_text\",\"text\":\"y\"}]}",
    "{\"type\":\"section\",\"fields\":[{\"type\":\"mrkdwn\",\"text\":\"*x*\"}],\"accessory\":{\"type\":\"overflow\","
    "\"options\":[{\"text\":{\"type\":\"plain_text\",\"text\":\"o\"},\"value\":\"v\",\"url\":\"https://a.b\"}]}}",
    "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"x\"},\"accessory\":{\"type\":\"static_select\","
    "\"placeholder\":{\"type\":\"plain_text\",\"text\":\"p\"},\"option_groups\":[{\"label\":{\"type\":\"plain_text\","
    "\"text\":\"l\"},\"options\":[{\"text\":{\"type\":\"plain_text\",\"text\":\"o\"},\"value\":\"v\"}]}],\"confirm\":"
    "{\"title\":{\"type\":\"plain_text\",\"text\":\"t\"},\"text\":{\"type\":\"mrkdwn\",\"text\":\"sure?\"},\"confirm\":"
    "{\"type\":\"plain_text\",\"text\":\"y\"},\"deny\":{\"type\":\"plain_text\",\"text\":\"n\"},\"style\":\"danger\"}}"
    "}",
    "{\"type\":\"actions\",\"elements\":[{\"type\":\"conversations_select\",\"action_id\":\"a\",\"filter\":{"
    "\"include\":"
    "[\"im\",\"public\"]}},{\"type\":\"users_select\"},{\"type\":\"channels_select\"},{\"type\":\"external_select\","
    "\"min_query_length\":0},{\"type\":\"datepicker\",\"initial_date\":\"2024-02-29\"},{\"type\":\"timepicker\","
    "\"initial_time\":\"23:59\"},{\"type\":\"datetimepicker\",\"initial_date_time\":1628633820},{\"type\":"
    "\"checkboxes\","
    "\"options\":[{\"text\":{\"type\":\"mrkdwn\",\"text\":\"o\"},\"value\":\"v\"}]},{\"type\":\"radio_buttons\","
    "\"options\":"
    "[{\"text\":{\"type\":\"plain_text\",\"text\":\"o\"},\"value\":\"v\"}]},{\"type\":\"multi_users_select\","
    "\"initial_users\":[\"U1\"],\"max_selected_items\":2},{\"type\":\"workflow_button\",\"text\":{\"type\":\"plain_"
    "text\","
    "\"text\":\"w\"},\"workflow\":{\"trigger\":{\"url\":\"https://"
    "a.b\",\"customizable_input_parameters\":[{\"name\":\"n\","
    "\"value\":\"v\"}]}}}]}",
    "{\"type\":\"input\",\"label\":{\"type\":\"plain_text\",\"text\":\"l\"},\"element\":{\"type\":\"plain_text_input\","
    "\"multiline\":true,\"dispatch_action_config\":{\"trigger_actions_on\":[\"on_enter_pressed\"]}},\"optional\":true}",
    "{\"type\":\"input\",\"label\":{\"type\":\"plain_text\",\"text\":\"l\"},\"element\":{\"type\":\"number_input\","
    "\"is_decimal_allowed\":false,\"min_value\":\"-1.5\"}}",
    "{\"type\":\"rich_text\",\"elements\":[{\"type\":\"rich_text_section\",\"elements\":[{\"type\":\"text\",\"text\":"
    "\"a & b\","
    "\"style\":{\"bold\":true}},{\"type\":\"emoji\",\"name\":\"wave\",\"unicode\":\"1f44b\"},{\"type\":\"link\","
    "\"url\":"
    "\"https://"
    "a.b\"},{\"type\":\"user\",\"user_id\":\"U1\"},{\"type\":\"date\",\"timestamp\":1,\"format\":\"{date}\"}]},"
    "{\"type\":\"rich_text_list\",\"style\":\"ordered\",\"indent\":0,\"border\":0,\"elements\":[{\"type\":"
    "\"rich_text_section\",\"elements\":[]}]},{\"type\":\"rich_text_quote\",\"elements\":[]},{\"type\":"
    "\"rich_text_preformatted\",\"elements\":[{\"type\":\"text\",\"text\":\"x\"}],\"border\":0}]}",
    "{\"type\":\"file\",\"external_id\":\"x\",\"source\":\"remote\"}",
    "{\"type\":\"video\",\"title\":{\"type\":\"plain_text\",\"text\":\"t\"},\"video_url\":\"https://"
    "a.b\",\"thumbnail_url\":"
    "\"https://a.b\",\"alt_text\":\"a\"}",
    "{\"type\":\"markdown\",\"text\":\"# **x** & y\"}",
    "{\"type\":\"context_actions\",\"elements\":[{\"type\":\"feedback_buttons\",\"positive_button\":{\"text\":{"
    "\"type\":"
    "\"plain_text\",\"text\":\"+\"},\"value\":\"p\"},\"negative_button\":{\"text\":{\"type\":\"plain_text\",\"text\":"
    "\"-\"},"
    "\"value\":\"n\"}},{\"type\":\"icon_button\",\"icon\":\"trash\",\"text\":{\"type\":\"plain_text\",\"text\":\"x\"}}]"
    "}",
    "{\"type\":\"table\",\"rows\":[[{\"type\":\"raw_text\",\"text\":\"a\"},{\"type\":\"raw_number\",\"value\":1.5,"
    "\"text\":"
    "\"1.5\"}],[{\"type\":\"rich_text\",\"elements\":[]}]],\"column_settings\":[{\"align\":\"right\"}]}",
    "{\"type\":\"carousel\",\"elements\":[{\"type\":\"card\",\"title\":{\"type\":\"mrkdwn\",\"text\":\"t\"},"
    "\"actions\":["
    "{\"type\":\"button\",\"text\":{\"type\":\"plain_text\",\"text\":\"b\"}}]}]}",
    "{\"type\":\"alert\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"t\"},\"level\":\"warning\"}",
    "{\"type\":\"plan\",\"title\":\"p\",\"tasks\":[{\"type\":\"task_card\",\"task_id\":\"1\",\"title\":\"t\","
    "\"status\":"
    "\"complete\"}]}",
    "{\"type\":\"container\",\"title\":{\"type\":\"plain_text\",\"text\":\"t\"},\"child_blocks\":[{\"type\":"
    "\"divider\"}]}",
};

static void examples_are_taken(void)
{
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        struct str once;
        CHECK(read_json(print("[%s]", examples[i])) == OK ||
              !fprintf(stderr, "%s %.*s\n", examples[i], STR_FMT(out.lines[0])));
        once = out.json;
        CHECK(read_json(arena_cstr(arena, once)) == OK);
        CHECK(same(out.json, arena_cstr(arena, once)));
    }
}

static void formats(void)
{
    static const char *const bad[] = {"{}",
                                      "\"x\"",
                                      "[1]",
                                      "[null]",
                                      "[{}]",
                                      "[{\"type\":1}]",
                                      "[{\"type\":\"\"}]",
                                      "[[]]",
                                      "[{\"type\":\"divider\"},{}]"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(read_json(bad[i]) == ERR_INVALID_BLOCKS_FORMAT);
    CHECK(read_json("not json") == ERR_INVALID_BLOCKS_FORMAT);
}

static void kinds_and_fields(void)
{
    CHECK(
        refused("[{\"type\":\"sections\"}]", "[ERROR] unsupported type: sections [json-pointer:/blocks/0/type]", NULL));
    CHECK(refused("[{\"type\":\"divider\",\"text\":1}]",
                  "[ERROR] invalid additional property: text [json-pointer:/blocks/0]", NULL));
    CHECK(refused("[{\"type\":\"divider\"},{\"type\":\"header\"}]",
                  "[ERROR] missing required field: text [json-pointer:/blocks/1]", NULL));
    CHECK(refused("[{\"type\":\"section\"}]",
                  "[ERROR] must provide at least one of: text fields [json-pointer:/blocks/0]", NULL));
    CHECK(refused("[{\"type\":\"header\",\"text\":\"x\"}]",
                  "[ERROR] must provide an object [json-pointer:/blocks/0/text]", NULL));
    CHECK(refused("[{\"type\":\"header\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"x\"}}]",
                  "[ERROR] must be a valid enum value [json-pointer:/blocks/0/text/type]", NULL));
    CHECK(refused("[{\"type\":\"section\",\"text\":{\"type\":\"html\",\"text\":\"x\"}}]",
                  "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
                  "[ERROR] unsupported type: html [json-pointer:/blocks/0/text/type]"));
    CHECK(refused("[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"\"}}]",
                  "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
                  "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"));
    CHECK(refused("[{\"type\":\"actions\",\"elements\":[{\"type\":\"plain_text_input\"}]}]",
                  "[ERROR] unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]", NULL));
    CHECK(refused("[{\"type\":\"actions\",\"elements\":{}}]",
                  "[ERROR] must provide an array [json-pointer:/blocks/0/elements]", NULL));
    CHECK(refused("[{\"type\":\"actions\",\"elements\":[]}]",
                  "[ERROR] must provide at least 1 items [json-pointer:/blocks/0/elements]", NULL));
    CHECK(refused("[{\"type\":\"image\",\"alt_text\":\"a\"}]",
                  "[ERROR] must provide exactly one of: image_url slack_file [json-pointer:/blocks/0]", NULL));
    CHECK(refused("[{\"type\":\"image\",\"alt_text\":\"a\",\"image_url\":\"javascript:alert(1)\"}]",
                  "[ERROR] invalid url [json-pointer:/blocks/0/image_url]", NULL));
    CHECK(refused("[{\"type\":\"file\",\"external_id\":\"x\",\"source\":\"local\"}]",
                  "[ERROR] must be a valid enum value [json-pointer:/blocks/0/source]", NULL));
    CHECK(
        refused("[{\"type\":\"rich_text\",\"elements\":[{\"type\":\"rich_text_list\",\"style\":\"bullet\",\"indent\":9,"
                "\"elements\":[]}]}]",
                "[ERROR] must be less than 8 [json-pointer:/blocks/0/elements/0/indent]", NULL));
    CHECK(refused("[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"x\"},\"expand\":1}]",
                  "[ERROR] must provide a boolean [json-pointer:/blocks/0/expand]", NULL));
    CHECK(refused("[{\"type\":\"actions\",\"elements\":[{\"type\":\"datepicker\",\"initial_date\":\"2024-13-01\"}]}]",
                  "[ERROR] input must match regex pattern: ^\\d{4}-\\d{2}-\\d{2}$ "
                  "[json-pointer:/blocks/0/elements/0/initial_date]",
                  NULL));
    CHECK(refused(
        "[{\"type\":\"actions\",\"elements\":[{\"type\":\"timepicker\",\"initial_time\":\"24:00\"}]}]",
        "[ERROR] input must match regex pattern: ^\\d{2}:\\d{2}$ [json-pointer:/blocks/0/elements/0/initial_time]",
        NULL));
}

static void ids(void)
{
    CHECK(refused("[{\"type\":\"divider\",\"block_id\":\"a\"},{\"type\":\"divider\",\"block_id\":\"a\"}]",
                  "[ERROR] `block_id` \"a\" already exists [json-pointer:/blocks/1/block_id]", NULL));
    CHECK(refused("[{\"type\":\"actions\",\"elements\":[{\"type\":\"users_select\",\"action_id\":\"a\"},"
                  "{\"type\":\"users_select\",\"action_id\":\"a\"}]}]",
                  "[ERROR] `action_id` \"a\" already exists [json-pointer:/blocks/0/elements/1/action_id]", NULL));
    /* Elsewhere the same action_id may stand again. */
    CHECK(read_json("[{\"type\":\"actions\",\"elements\":[{\"type\":\"users_select\",\"action_id\":\"a\"}]},"
                    "{\"type\":\"actions\",\"elements\":[{\"type\":\"users_select\",\"action_id\":\"a\"}]}]") == OK);
    CHECK(refused("[{\"type\":\"divider\",\"block_id\":7}]",
                  "[ERROR] must provide a string [json-pointer:/blocks/0/block_id]", NULL));
    CHECK(refused(print("[{\"type\":\"divider\",\"block_id\":\"%s\"}]", text_of('x', 256)),
                  "[ERROR] must be less than 256 characters [json-pointer:/blocks/0/block_id]", NULL));
    CHECK(stored("[{\"type\":\"divider\",\"block_id\":\"\"}]", "[{\"type\":\"divider\",\"block_id\":\"10000\"}]"));
    /* An id of ours never takes one that is there: the first number would give 10000 again. */
    CHECK(stored("[{\"type\":\"divider\",\"block_id\":\"10000\"},{\"type\":\"divider\"}]",
                 "[{\"type\":\"divider\",\"block_id\":\"10000\"},{\"type\":\"divider\",\"block_id\":\"20000\"}]"));
}

/* Each limit: its number is taken, one more is not. */
static void limits(void)
{
    static const struct {
        const char *json;
        int max;
    } texts[] = {
        {"[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"%s\"}}]", 3000},
        {"[{\"type\":\"section\",\"fields\":[{\"type\":\"mrkdwn\",\"text\":\"%s\"}]}]", 2000},
        {"[{\"type\":\"header\",\"text\":{\"type\":\"plain_text\",\"text\":\"%s\"}}]", 150},
        {"[{\"type\":\"markdown\",\"text\":\"%s\"}]", 12000},
        {"[{\"type\":\"divider\",\"block_id\":\"%s\"}]", 255},
        {"[{\"type\":\"actions\",\"elements\":[{\"type\":\"button\",\"text\":{\"type\":\"plain_text\",\"text\":\"%s\"}}"
         "]}]",
         75},
        {"[{\"type\":\"actions\",\"elements\":[{\"type\":\"button\",\"text\":{\"type\":\"plain_text\",\"text\":\"x\"},"
         "\"value\":\"%s\"}]}]",
         2000},
        {"[{\"type\":\"actions\",\"elements\":[{\"type\":\"users_select\",\"placeholder\":{\"type\":\"plain_text\","
         "\"text\":"
         "\"%s\"}}]}]",
         150},
        {"[{\"type\":\"input\",\"label\":{\"type\":\"plain_text\",\"text\":\"%s\"},\"element\":{\"type\":"
         "\"plain_text_input\"}}]",
         2000},
        {"[{\"type\":\"actions\",\"elements\":[{\"type\":\"overflow\",\"options\":[{\"text\":{\"type\":\"plain_text\","
         "\"text\":\"x\"},\"value\":\"%s\"}]}]}]",
         150},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        CHECK(read_json(print(texts[i].json, text_of('x', texts[i].max))) == OK);
        CHECK(read_json(print(texts[i].json, text_of('x', texts[i].max + 1))) == ERR_INVALID_BLOCKS);
    }
    CHECK(refused(print(texts[0].json, text_of('x', 3001)),
                  "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
                  "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"));
}

static const char *repeat(const char *item, int n)
{
    struct buf b = buf_in(arena, 4 << 20);

    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        buf_str(&b, str_c(item));
    }
    return arena_cstr(arena, buf_view(&b));
}

static void items(void)
{
    static const struct {
        const char *json, *item;
        int max;
    } lists[] = {
        {"[%s]", "{\"type\":\"divider\"}", 50},
        {"[{\"type\":\"actions\",\"elements\":[%s]}]", "{\"type\":\"users_select\"}", 25},
        {"[{\"type\":\"context\",\"elements\":[%s]}]", "{\"type\":\"mrkdwn\",\"text\":\"x\"}", 10},
        {"[{\"type\":\"section\",\"fields\":[%s]}]", "{\"type\":\"mrkdwn\",\"text\":\"x\"}", 10},
        {"[{\"type\":\"carousel\",\"elements\":[%s]}]",
         "{\"type\":\"card\",\"title\":{\"type\":\"mrkdwn\",\"text\":\"x\"}}", 10},
        {"[{\"type\":\"actions\",\"elements\":[{\"type\":\"overflow\",\"options\":[%s]}]}]",
         "{\"text\":{\"type\":\"plain_text\",\"text\":\"x\"},\"value\":\"v\"}", 5},
        {"[{\"type\":\"actions\",\"elements\":[{\"type\":\"static_select\",\"options\":[%s]}]}]",
         "{\"text\":{\"type\":\"plain_text\",\"text\":\"x\"},\"value\":\"v\"}", 100},
        {"[{\"type\":\"table\",\"rows\":[%s]}]", "[{\"type\":\"raw_text\",\"text\":\"x\"}]", 100},
        {"[{\"type\":\"table\",\"rows\":[[%s]]}]", "{\"type\":\"raw_text\",\"text\":\"x\"}", 20},
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        CHECK(read_json(print(lists[i].json, repeat(lists[i].item, lists[i].max))) == OK);
        CHECK(read_json(print(lists[i].json, repeat(lists[i].item, lists[i].max + 1))) == ERR_INVALID_BLOCKS);
    }
    CHECK(refused(print("[%s]", repeat("{\"type\":\"divider\"}", 51)),
                  "[ERROR] no more than 50 items allowed [json-pointer:/blocks]", NULL));
}

static void size(void)
{
    const char *section =
        print("{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"%s\"}}", text_of('x', 2900));

    CHECK(read_json(print("[%s]", repeat(section, 33))) == OK);
    CHECK(read_json(print("[%s]", repeat(section, 35))) == ERR_MSG_BLOCKS_TOO_LONG);
}

/* More faults than lines: the first ones are told. */
static void many_faults(void)
{
    CHECK(read_json(print("[%s]", repeat("{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"\"}}", 50))) ==
          ERR_INVALID_BLOCKS);
    CHECK(out.lines_n == BLOCKS_LINES);
    for (int i = 0; i < BLOCKS_LINES; i++)
        CHECK(out.lines[i].n > 0);
}

/* --- views ---------------------------------------------------------------------------------------------------- */

static enum err read_view(const char *json)
{
    static uint64_t counter;
    struct blocks_in in = {.pointer = "/view", .random = count_up, .ctx = &counter};

    counter = 0;
    return blocks_read_view(arena, json_parse(arena, str_c(json), NULL), &in, &out);
}

static bool view_refused(const char *json, const char *first)
{
    return read_view(json) == ERR_INVALID_ARGUMENTS && out.lines_n >= 1 && same(out.lines[0], first);
}

#define MODAL(rest) "{\"type\":\"modal\",\"title\":{\"type\":\"plain_text\",\"text\":\"T\"}," rest "}"

static void views(void)
{
    CHECK(read_view(MODAL("\"blocks\":[{\"type\":\"divider\"}]")) == OK &&
          same(out.json, "{\"type\":\"modal\",\"title\":{\"type\":\"plain_text\",\"text\":\"T\",\"emoji\":true},"
                         "\"blocks\":[{\"type\":\"divider\",\"block_id\":\"10000\"}]}"));
    CHECK(read_view("{\"type\":\"home\",\"blocks\":[]}") == OK);
    CHECK(view_refused("{}", "[ERROR] missing required field: type [json-pointer:/view]"));
    CHECK(view_refused("{\"type\":\"modal\"}", "[ERROR] missing required field: title [json-pointer:/view]"));
    CHECK(view_refused("[]", "[ERROR] must provide an object [json-pointer:/view]"));
    CHECK(view_refused(MODAL("\"blocks\":[],\"id\":\"V1\""),
                       "[ERROR] invalid additional property: id [json-pointer:/view]"));
    CHECK(view_refused(MODAL("\"blocks\":[{}]"), "[ERROR] missing required field: type [json-pointer:/view/blocks/0]"));
    CHECK(view_refused(MODAL("\"blocks\":{}"), "[ERROR] must provide an array [json-pointer:/view/blocks]"));
    CHECK(view_refused(print(MODAL("\"blocks\":[],\"private_metadata\":\"%s\""), text_of('x', 3001)),
                       "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]"));
    CHECK(read_view(print(MODAL("\"blocks\":[],\"private_metadata\":\"%s\""), text_of('x', 3000))) == OK);
}

/* Blocks and elements that only some surfaces have. */
static void surfaces(void)
{
    CHECK(view_refused(MODAL("\"blocks\":[{\"type\":\"markdown\",\"text\":\"x\"}]"),
                       "[ERROR] unsupported type: markdown [json-pointer:/view/blocks/0/type]"));
    CHECK(read_json("[{\"type\":\"markdown\",\"text\":\"x\"}]") == OK);
    CHECK(read_view(MODAL("\"blocks\":[{\"type\":\"input\",\"label\":{\"type\":\"plain_text\",\"text\":\"l\"},"
                          "\"element\":{\"type\":\"file_input\"}}]")) == OK);
    CHECK(view_refused("{\"type\":\"home\",\"blocks\":[{\"type\":\"input\",\"label\":{\"type\":\"plain_text\","
                       "\"text\":\"l\"},\"element\":{\"type\":\"file_input\"}}]}",
                       "[ERROR] unsupported type: file_input [json-pointer:/view/blocks/0/element/type]"));
}

static void view_sizes(void)
{
    const char *many = repeat("{\"type\":\"divider\"}", 100);

    CHECK(read_view(print(MODAL("\"blocks\":[%s]"), many)) == OK);
    CHECK(view_refused(print(MODAL("\"blocks\":[%s,{\"type\":\"divider\"}]"), many),
                       "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"));
    CHECK(read_view(print(MODAL("\"blocks\":[],\"callback_id\":\"%s\""), text_of('x', VIEW_MAX_BYTES))) ==
          ERR_VIEW_TOO_LARGE);
}

static struct str words(const char *json)
{
    return blocks_text(arena, json_parse(arena, str_c(json), NULL));
}

static void in_words(void)
{
    CHECK(
        same(words("[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"a <@U1> &\"},\"fields\":[{\"type\":"
                   "\"plain_text\",\"text\":\"f <\"}]},{\"type\":\"divider\"},{\"type\":\"header\",\"text\":{\"type\":"
                   "\"plain_text\",\"text\":\"h\"}}]"),
             "a <@U1> &amp;\nf &lt;\nh"));
    CHECK(same(
        words("[{\"type\":\"rich_text\",\"elements\":[{\"type\":\"rich_text_section\",\"elements\":[{\"type\":\"text\","
              "\"text\":\"a & \"},{\"type\":\"user\",\"user_id\":\"U1\"},{\"type\":\"text\",\"text\":\" \"},{\"type\":"
              "\"link\",\"url\":\"https://a.b/?x&y\",\"text\":\"l\"},{\"type\":\"emoji\",\"name\":\"wave\"},"
              "{\"type\":\"broadcast\",\"range\":\"here\"},{\"type\":\"channel\",\"channel_id\":\"C1\"}]},"
              "{\"type\":\"rich_text_list\",\"style\":\"ordered\",\"offset\":1,\"elements\":[{\"type\":"
              "\"rich_text_section\",\"elements\":[{\"type\":\"text\",\"text\":\"x\"}]},{\"type\":"
              "\"rich_text_section\",\"elements\":[{\"type\":\"text\",\"text\":\"y\"}]}]},{\"type\":"
              "\"rich_text_quote\",\"elements\":[{\"type\":\"text\",\"text\":\"q\"}]}]}]"),
        "a &amp; <@U1> <https://a.b/?x&amp;y|l>:wave:<!here><#C1>\n2. x\n3. y\n&gt; q"));
    CHECK(same(
        words("[{\"type\":\"image\",\"alt_text\":\"pic\"},{\"type\":\"table\",\"rows\":[[{\"type\":\"raw_text\","
              "\"text\":\"c1\"},{\"type\":\"raw_text\",\"text\":\"c2\"}]]},{\"type\":\"no_such\",\"text\":\"x\"}]"),
        "pic\nc1\nc2"));
    CHECK(same(words("{}"), ""));
    CHECK(same(blocks_text(arena, NULL), ""));
}

int main(void)
{
    arena = arena_new(1 << 16);
    stored_forms();
    examples_are_taken();
    formats();
    kinds_and_fields();
    ids();
    limits();
    items();
    size();
    many_faults();
    views();
    surfaces();
    view_sizes();
    in_words();
    arena_free(arena);
    return 0;
}
