#include "core/block_value.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "core/blocks.h"
#include "core/channel.h"
#include "core/file.h"
#include "core/mrkdwn.h"

#include <math.h>
#include <stdlib.h>

enum { TEXT_MAX_CHARS = 3000, ITEMS_MAX = 100, FILES_MAX = 10 };

#define K(text)                                                                                                        \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }
static const struct block_value_kind kinds[] = {
    {"plain_text_input", K("initial_value"), K("value"), VALUE_TEXT, false},
    {"email_text_input", K("initial_value"), K("value"), VALUE_EMAIL, false},
    {"url_text_input", K("initial_value"), K("value"), VALUE_URL, false},
    {"number_input", K("initial_value"), K("value"), VALUE_NUMERAL, false},
    {"rich_text_input", K("initial_value"), K("rich_text_value"), VALUE_RICH, false},
    {"checkboxes", K("initial_options"), K("selected_options"), VALUE_OPTIONS, false},
    {"radio_buttons", K("initial_option"), K("selected_option"), VALUE_OPTION, false},
    {"static_select", K("initial_option"), K("selected_option"), VALUE_OPTION, false},
    {"external_select", K("initial_option"), K("selected_option"), VALUE_OPTION, true},
    {"users_select", K("initial_user"), K("selected_user"), VALUE_USER, false},
    {"channels_select", K("initial_channel"), K("selected_channel"), VALUE_CHANNEL, false},
    {"conversations_select", K("initial_conversation"), K("selected_conversation"), VALUE_CHANNEL, false},
    {"multi_static_select", K("initial_options"), K("selected_options"), VALUE_OPTIONS, false},
    {"multi_external_select", K("initial_options"), K("selected_options"), VALUE_OPTIONS, true},
    {"multi_users_select", K("initial_users"), K("selected_users"), VALUE_USERS, false},
    {"multi_channels_select", K("initial_channels"), K("selected_channels"), VALUE_CHANNELS, false},
    {"multi_conversations_select", K("initial_conversations"), K("selected_conversations"), VALUE_CHANNELS, false},
    {"datepicker", K("initial_date"), K("selected_date"), VALUE_DATE, false},
    {"timepicker", K("initial_time"), K("selected_time"), VALUE_TIME, false},
    {"datetimepicker", K("initial_date_time"), K("selected_date_time"), VALUE_SECONDS, false},
    {"file_input", K(""), K("files"), VALUE_FILES, false},
};

const struct block_value_kind *block_value_kind(struct str type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(type, str_c(kinds[i].type)))
            return &kinds[i];
    return NULL;
}

bool block_value_many(const struct block_value_kind *k)
{
    return k->value == VALUE_OPTIONS || k->value == VALUE_USERS || k->value == VALUE_CHANNELS ||
           k->value == VALUE_FILES;
}

bool block_value_empty(const struct json *v)
{
    return !v || v->kind == JSON_NULL || (v->kind == JSON_STRING && v->text.n == 0) ||
           (v->kind == JSON_ARRAY && v->count == 0);
}

struct chooser {
    struct call *c;
    const struct json *element;
    const struct block_value_kind *k;
    bool strict;
    struct json_out *o;
};

/* --- texts ---------------------------------------------------------------------------------------------------- */

static bool limit_of(const struct chooser *w, struct str key, int64_t *n)
{
    return json_i64(json_get(w->element, key), n);
}

static const char *check_length(const struct chooser *w, struct str s)
{
    int64_t n = (int64_t)utf8_count(s), limit;
    struct arena *a = w->c->arena;

    if (limit_of(w, S("min_length"), &limit) && n < limit)
        return arena_cstr(a, arena_printf(a, "At least %lld characters are needed", (long long)limit));
    if (limit_of(w, S("max_length"), &limit) && n > limit)
        return arena_cstr(a, arena_printf(a, "At most %lld characters are allowed", (long long)limit));
    return NULL;
}

static const char *check_email(struct str s)
{
    ptrdiff_t at = str_chr(s, '@');
    struct str host = at < 0 ? S("") : str_skip(s, (size_t)at + 1);

    return at > 0 && str_chr(host, '.') > 0 && !str_ends(host, S(".")) && str_chr(host, '@') < 0 && str_chr(s, ' ') < 0
               ? NULL
               : "This is no e-mail address";
}

/* A number written as text; decimals only where the element allows them. */
static bool read_number(struct arena *a, struct str s, bool decimals, double *out)
{
    char *text = arena_cstr(a, s), *end;
    size_t digits = strspn(text, decimals ? "-0123456789." : "-0123456789");

    *out = strtod(text, &end);
    return digits == s.n && s.n > 0 && *end == 0 && isfinite(*out);
}

static const char *check_number(const struct chooser *w, struct str s)
{
    const struct json *decimals = json_get(w->element, S("is_decimal_allowed"));
    struct str least = json_get_str(w->element, S("min_value")), most = json_get_str(w->element, S("max_value"));
    struct arena *a = w->c->arena;
    double n, limit;

    if (!read_number(a, s, decimals && decimals->kind == JSON_TRUE, &n))
        return decimals && decimals->kind == JSON_TRUE ? "This is no number" : "This is no whole number";
    if (least.n && read_number(a, least, true, &limit) && n < limit)
        return arena_cstr(a, arena_printf(a, "The least is %.*s", STR_FMT(least)));
    if (most.n && read_number(a, most, true, &limit) && n > limit)
        return arena_cstr(a, arena_printf(a, "The most is %.*s", STR_FMT(most)));
    return NULL;
}

const char *block_value_check_form(struct arena *a, enum block_value_type type, struct str s)
{
    double n;

    switch (type) {
    case VALUE_EMAIL:
        return check_email(s);
    case VALUE_URL:
        return mrkdwn_is_url(s) ? NULL : "This is no address of a web page";
    case VALUE_NUMERAL:
        return read_number(a, s, true, &n) ? NULL : "This is no number";
    default:
        return NULL;
    }
}

static const char *check_text(const struct chooser *w, struct str s)
{
    if (w->k->value == VALUE_TEXT)
        return check_length(w, s);
    return w->k->value == VALUE_NUMERAL ? check_number(w, s) : block_value_check_form(w->c->arena, w->k->value, s);
}

static const char *put_text(const struct chooser *w, const struct json *v)
{
    const char *fault = NULL;

    if (v->kind != JSON_STRING)
        return "This has to be a text";
    if (utf8_count(v->text) > TEXT_MAX_CHARS)
        return "At most 3000 characters are allowed";
    if (w->strict)
        fault = check_text(w, v->text);
    json_str(w->o, w->k->key, v->text);
    return fault;
}

static const char *put_valid(const struct chooser *w, const struct json *v, bool (*valid)(struct str),
                             const char *fault)
{
    struct str s = v->kind == JSON_STRING ? v->text : S("");

    if (!valid(s))
        return fault;
    json_str(w->o, w->k->key, s);
    return NULL;
}

static const char *put_seconds(const struct chooser *w, const struct json *v)
{
    int64_t n;

    if (!json_i64(v, &n) || n < 0)
        return "This has to be a time in seconds since 1970";
    json_int(w->o, w->k->key, n);
    return NULL;
}

static uint64_t random_bits(void *ctx)
{
    (void)ctx;
    return rand_u64();
}

/* A rich_text block, checked as those of messages are. */
static const char *put_rich(const struct chooser *w, const struct json *v)
{
    struct blocks_in in = {.pointer = "", .max_blocks = 1, .random = random_bits};
    struct arena *a = w->c->arena;
    struct blocks_out out;
    struct str list = ARENA_JOIN(a, S("["), json_raw(v), S("]"));

    if (!str_eq(json_get_str(v, S("type")), S("rich_text")) ||
        blocks_read(a, json_parse(a, list, NULL), &in, &out) != OK)
        return "This has to be a rich_text block";
    json_text(w->o, w->k->key, str_of(out.json.p + 1, out.json.n - 2));
    return NULL;
}

/* --- options -------------------------------------------------------------------------------------------------- */

static const struct json *option_in(const struct json *options, struct str value)
{
    const struct json *o;

    if (!options || options->kind != JSON_ARRAY)
        return NULL;
    o = json_child(options);
    for (uint32_t i = 0; i < options->count; i++, o = json_next(o))
        if (str_eq(json_get_str(o, S("value")), value))
            return o;
    return NULL;
}

const struct json *block_value_find_option(const struct json *element, struct str value)
{
    const struct json *groups = json_get(element, S("option_groups")), *g,
                      *o = option_in(json_get(element, S("options")), value);

    if (o || !groups || groups->kind != JSON_ARRAY)
        return o;
    g = json_child(groups);
    for (uint32_t i = 0; i < groups->count && !o; i++, g = json_next(g))
        o = option_in(json_get(g, S("options")), value);
    return o;
}

/* One that the app gave for what was typed: a text and a value. */
static bool external_option(const struct json *v)
{
    struct str text = json_get_str(json_get(v, S("text")), S("text")), value = json_get_str(v, S("value"));

    return text.n && value.n && utf8_count(text) <= 75 && utf8_count(value) <= 150;
}

static const char *put_option(const struct chooser *w, struct str key, const struct json *v)
{
    struct str value = json_get_str(v, S("value"));
    const struct json *option = block_value_find_option(w->element, value);

    if (w->k->external && external_option(v)) {
        json_open(w->o, key, '{');
        json_open(w->o, S("text"), '{');
        json_str(w->o, S("type"), S("plain_text"));
        json_str(w->o, S("text"), json_get_str(json_get(v, S("text")), S("text")));
        json_bool(w->o, S("emoji"), true);
        json_close(w->o, '}');
        json_str(w->o, S("value"), value);
        json_close(w->o, '}');
        return NULL;
    }
    if (!value.n || !option)
        return "There is no such option";
    json_text(w->o, key, json_raw(option));
    return NULL;
}

/* --- people, conversations, files ----------------------------------------------------------------------------- */

const char *block_value_check_user(struct call *c, struct str id)
{
    int64_t user = id_parse_kind(id, "UW");
    struct user_row row;
    bool found = false;

    if (!user || sql_user_in_team(c->db, c->arena, user, c->team, &row, &found) != OK || !found || !row.is_member)
        return "There is nobody of this id";
    return NULL;
}

const char *block_value_check_channel(struct call *c, struct str id)
{
    int64_t channel = id_parse_kind(id, "CDG");
    struct channel_row *ch;

    return channel && channel_get(c, channel, &ch) == OK ? NULL : "There is no conversation of this id";
}

/* The id, checked by check. */
static const char *put_id_text(const struct chooser *w, struct str key, const struct json *v,
                               const char *(*check)(struct call *, struct str))
{
    const char *fault = check(w->c, v->kind == JSON_STRING ? v->text : S(""));

    json_str(w->o, key, v->text);
    return fault;
}

static bool filetype_fits(const struct json *element, struct str filetype)
{
    const struct json *types = json_get(element, S("filetypes")), *t;

    if (!types || types->kind != JSON_ARRAY || types->count == 0)
        return true;
    t = json_child(types);
    for (uint32_t i = 0; i < types->count; i++, t = json_next(t))
        if (t->kind == JSON_STRING && str_eq_nocase(t->text, filetype))
            return true;
    return false;
}

/* By id, or an object with it. */
static const char *put_file(const struct chooser *w, struct str key, const struct json *v)
{
    struct str id = v->kind == JSON_STRING ? v->text : json_get_str(v, S("id"));
    struct file_row f;

    if (file_open(w->c, id, &f) != OK || f.user_id != w->c->who.user)
        return "There is no file of yours of this id";
    if (!filetype_fits(w->element, f.filetype))
        return "Files of this type are not allowed";
    json_str(w->o, key, id);
    return NULL;
}

/* --- lists ---------------------------------------------------------------------------------------------------- */

static const char *put_one(const struct chooser *w, struct str key, const struct json *v)
{
    switch (w->k->value) {
    case VALUE_OPTION:
    case VALUE_OPTIONS:
        return put_option(w, key, v);
    case VALUE_USER:
    case VALUE_USERS:
        return put_id_text(w, key, v, block_value_check_user);
    case VALUE_FILES:
        return put_file(w, key, v);
    default:
        return put_id_text(w, key, v, block_value_check_channel);
    }
}

static const char *put_list(const struct chooser *w, const struct json *v)
{
    int64_t most = w->k->value == VALUE_FILES ? FILES_MAX : ITEMS_MAX, limit;
    struct arena *a = w->c->arena;
    const struct json *item;
    const char *fault = NULL;

    if (v->kind != JSON_ARRAY)
        return "This has to be a list";
    if (limit_of(w, w->k->value == VALUE_FILES ? S("max_files") : S("max_selected_items"), &limit) && limit < most)
        most = limit;
    if (v->count > most)
        return arena_cstr(a, arena_printf(a, "At most %lld can be chosen", (long long)most));
    json_open(w->o, w->k->key, '[');
    item = json_child(v);
    for (uint32_t i = 0; i < v->count && !fault; i++, item = json_next(item))
        fault = put_one(w, S(""), item);
    json_close(w->o, ']');
    return fault;
}

const char *block_value_put(struct call *c, const struct json *element, const struct block_value_kind *k,
                            const struct json *v, bool strict, struct json_out *o)
{
    struct chooser w = {c, element, k, strict, o};

    if (block_value_many(k))
        return put_list(&w, v);
    switch (k->value) {
    case VALUE_TEXT:
    case VALUE_EMAIL:
    case VALUE_URL:
    case VALUE_NUMERAL:
        return put_text(&w, v);
    case VALUE_RICH:
        return put_rich(&w, v);
    case VALUE_DATE:
        return put_valid(&w, v, date_valid, "This has to be a date such as 2024-12-31");
    case VALUE_TIME:
        return put_valid(&w, v, time_valid, "This has to be a time such as 23:59");
    case VALUE_SECONDS:
        return put_seconds(&w, v);
    default:
        return put_one(&w, k->key, v);
    }
}
