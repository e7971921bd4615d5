#include "core/profile_fields.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/count.h"
#include "core/mrkdwn.h"

enum { FIELD_MAX_CHARS = 256, FIELD_NAME_MAX_CHARS = 255, FIELDS_MAX_BYTES = 64 << 10, PEOPLE_AT_ONCE = 500 };

bool profile_field_type(struct str type)
{
    return str_eq(type, S("text")) || str_eq(type, S("date")) || str_eq(type, S("link")) ||
           str_eq(type, S("options_list")) || str_eq(type, S("user"));
}

/* --- what a value must be -------------------------------------------------------------------------------------- */

static bool is_choice(struct call *c, struct str choices, struct str value)
{
    const struct json *list = json_parse(c->arena, choices, NULL), *item = list ? json_child(list) : NULL;

    for (uint32_t i = 0; list && i < list->count; i++, item = json_next(item))
        if (str_eq(item->text, value))
            return true;
    return false;
}

static enum err check_people(struct call *c, struct str value)
{
    struct str piece;
    struct user_row u;
    bool found;

    while (str_cut(&value, ',', &piece)) {
        int64_t id = id_parse_kind(str_trim(piece), "UW");
        if (!id)
            return ERR_PROFILE_SET_FAILED;
        TRY(sql_user_in_team(c->db, c->arena, id, c->team, &u, &found));
        if (!found || !u.is_member)
            return ERR_PROFILE_SET_FAILED;
    }
    return OK;
}

static enum err check_value(struct call *c, const struct profile_field_row *f, struct str value)
{
    bool good = true;

    if (str_eq(f->type, S("user")))
        return check_people(c, value);
    if (str_eq(f->type, S("date")))
        good = date_valid(value);
    else if (str_eq(f->type, S("link")))
        good = mrkdwn_is_url(value);
    else if (str_eq(f->type, S("options_list")))
        good = is_choice(c, f->choices, value);
    return good ? OK : ERR_PROFILE_SET_FAILED;
}

/* --- filling in ------------------------------------------------------------------------------------------------ */

/* What stands there and is not named anew. */
static void keep_others(struct json_out *o, const struct json *old, const struct json *anew)
{
    const struct json *key = old ? json_child(old) : NULL;

    for (uint32_t i = 0; old && i < old->count; i++, key = json_next(json_next(key))) {
        if (json_get(anew, key->text))
            continue;
        json_key_text(o, key->text);
        json_text(o, S(""), json_raw(json_next(key)));
    }
}

/* Of somebody who cleared all it is as of somebody who never filled one in. */
static struct str stored(const struct buf *b)
{
    struct str fields = buf_view(b);

    return str_eq(fields, S("{}")) ? S("") : fields;
}

static const struct profile_field_row *find_field(const struct profile_field_row *rows, int n, struct str id)
{
    for (int i = 0; i < n; i++)
        if (str_eq(rows[i].id, id))
            return &rows[i];
    return NULL;
}

static bool is_text_or_none(const struct json *v)
{
    return !v || v->kind == JSON_STRING || v->kind == JSON_NULL;
}

/* {"value": …, "alt": …}, or the value alone; null is none. */
static bool is_filling(const struct json *field)
{
    return is_text_or_none(field) || (field->kind == JSON_OBJECT && is_text_or_none(json_get(field, S("value"))) &&
                                      is_text_or_none(json_get(field, S("alt"))));
}

static enum err put_field(struct call *c, struct json_out *o, const struct profile_field_row *f, struct str id,
                          const struct json *field)
{
    struct str text = field->kind == JSON_STRING ? field->text : json_get_str(field, S("value"));
    struct str alt = json_get_str(field, S("alt"));

    if (!is_filling(field))
        return ERR_INVALID_PROFILE;
    if (utf8_count(text) > FIELD_MAX_CHARS || utf8_count(alt) > FIELD_MAX_CHARS ||
        utf8_count(id) > FIELD_NAME_MAX_CHARS)
        return ERR_TOO_LONG;
    if (text.n == 0) /* clears the field, one that was taken out meanwhile as well */
        return OK;
    if (!f)
        return ERR_PROFILE_SET_FAILED;
    TRY(check_value(c, f, text));
    json_key_text(o, id);
    json_open(o, S(""), '{');
    json_str(o, S("value"), text);
    json_str(o, S("alt"), alt);
    json_close(o, '}');
    return OK;
}

enum err profile_fields_apply(struct call *c, struct user_row *u, const struct json *value,
                              struct profile_change *change)
{
    const struct json *old = u->fields.n ? json_parse(c->arena, u->fields, NULL) : NULL, *key;
    struct buf b = buf_in(c->arena, FIELDS_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct profile_field_row *rows;
    int n;

    if (value->kind != JSON_OBJECT || value->count > PROFILE_FIELDS_MAX)
        return ERR_INVALID_PROFILE;
    TRY(sql_profile_fields(c->db, c->arena, c->team, &rows, &n));
    json_open(&o, S(""), '{');
    keep_others(&o, old, value);
    key = json_child(value);
    for (uint32_t i = 0; i < value->count; i++, key = json_next(json_next(key)))
        TRY(put_field(c, &o, find_field(rows, n, key->text), key->text, json_next(key)));
    json_close(&o, '}');
    if (b.over)
        return ERR_TOO_LONG;
    u->fields = stored(&b);
    change->fields = true;
    change->any = true;
    return OK;
}

/* --- defining -------------------------------------------------------------------------------------------------- */

enum err profile_field_create(struct call *c, struct str label, struct str type, struct str choices, struct str *id)
{
    struct profile_field_row *rows;
    char text[ID_MAX];
    size_t id_n;
    int64_t changed;
    int n;

    TRY(sql_profile_fields(c->db, c->arena, c->team, &rows, &n));
    for (int i = 0; i < n; i++)
        if (str_eq(rows[i].label, label))
            return ERR_NAME_TAKEN;
    id_n = id_format(id_new('F'), text);
    *id = arena_printf(c->arena, "Xf%.*s", (int)id_n - 1, text + 1);
    return sql_profile_field_add(c->db, c->arena, c->team, *id, n ? rows[n - 1].ordering + 1 : 0, label, S(""), type,
                                 choices, false, &changed);
}

static enum err clear(struct call *c, struct str field, const struct profile_filled_row *r)
{
    const struct json *old = json_parse(c->arena, r->fields, NULL);
    const struct json *anew = json_parse(c->arena, ARENA_JOIN(c->arena, S("{\""), field, S("\":\"\"}")), NULL);
    struct buf b = buf_in(c->arena, FIELDS_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct kept_member kept;
    int64_t changed;

    json_open(&o, S(""), '{');
    keep_others(&o, old, anew);
    json_close(&o, '}');
    TRY(count_keep_member(c, r->user_id, &kept));
    return sql_user_set_fields(c->db, c->arena, kept, stored(&b), c->now_us, &changed);
}

enum err profile_field_remove(struct call *c, struct str id)
{
    struct profile_filled_row *rows;
    int64_t after = 0, changed;
    int n;

    TRY(sql_profile_field_drop(c->db, c->arena, c->team, id, &changed));
    do {
        TRY(sql_profile_filled(c->db, c->arena, c->team, after, PEOPLE_AT_ONCE, &rows, &n));
        for (int i = 0; i < n; i++) {
            after = rows[i].user_id;
            if (str_find(rows[i].fields, id) >= 0)
                TRY(clear(c, id, &rows[i]));
        }
    } while (n == PEOPLE_AT_ONCE);
    return OK;
}
