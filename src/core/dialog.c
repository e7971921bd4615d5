/* What a person sees and fills in. */
#include "core/dialog.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/utf8.h"
#include "core/block_value.h"
#include "objects.h"

/* --- the dialog ----------------------------------------------------------------------------------------------- */

enum err dialog_show(struct call *c, const struct trigger_row *trigger, struct str body)
{
    int64_t changed;

    TRY(sql_dialog_sweep(c->db, c->arena, c->now_us - (int64_t)DIALOG_LIFE_S * US_PER_S, &changed));
    return sql_dialog_add(c->db, c->arena, id_new('Y'), trigger->team_id, trigger->app_id, trigger->user_id,
                          trigger->channel_id, body, c->now_us, &changed);
}

enum err dialog_put(struct call *c, struct json_out *o, struct str key, const struct dialog_row *d)
{
    const struct json *body = json_parse(c->arena, d->body, NULL), *notify = json_get(body, S("notify_on_cancel"));
    struct str submit = json_get_str(body, S("submit_label"));

    put_dialog(o, key,
               &(struct obj_dialog){.id = d->id,
                                    .team_id = d->team_id,
                                    .app_id = d->app_id,
                                    .channel_id = d->channel_id,
                                    .title = json_get_str(body, S("title")),
                                    .callback_id = json_get_str(body, S("callback_id")),
                                    .submit_label = submit.n ? submit : S("Submit"),
                                    .notify_on_cancel = notify && notify->kind == JSON_TRUE,
                                    .elements = json_raw(json_get(body, S("elements")))});
    return OK;
}

const struct json *dialog_element(const struct json *body, struct str name)
{
    const struct json *list = json_get(body, S("elements")), *e = list ? json_child(list) : NULL;

    for (uint32_t i = 0; list && i < list->count; i++, e = json_next(e))
        if (str_eq(json_get_str(e, S("name")), name))
            return e;
    return NULL;
}

static bool option_fits(const struct json *o)
{
    struct str label = json_get_str(o, S("label")), value = json_get_str(o, S("value"));

    return label.n && utf8_count(label) <= 75 && value.n && utf8_count(value) <= 75;
}

static bool group_fits(const struct json *g)
{
    struct str label = json_get_str(g, S("label"));

    return label.n && utf8_count(label) <= 75 && dialog_options_fit(json_get(g, S("options")));
}

static bool all_fit(const struct json *list, bool (*fits)(const struct json *))
{
    const struct json *item;

    if (!list || list->kind != JSON_ARRAY || list->count > 100)
        return false;
    item = json_child(list);
    for (uint32_t i = 0; i < list->count; i++, item = json_next(item))
        if (!fits(item))
            return false;
    return true;
}

bool dialog_options_fit(const struct json *list)
{
    return all_fit(list, option_fits);
}

bool dialog_groups_fit(const struct json *list)
{
    return all_fit(list, group_fits);
}

/* --- one value ------------------------------------------------------------------------------------------------ */

static const char *check_length(struct arena *a, const struct json *e, struct str s)
{
    int64_t min = 0, max = str_eq(json_get_str(e, S("type")), S("text")) ? 150 : 3000, n = (int64_t)utf8_count(s);

    json_i64(json_get(e, S("min_length")), &min);
    json_i64(json_get(e, S("max_length")), &max);
    if (n < min)
        return arena_cstr(a, arena_printf(a, "At least %lld characters are needed", (long long)min));
    if (n > max)
        return arena_cstr(a, arena_printf(a, "At most %lld characters are allowed", (long long)max));
    return NULL;
}

/* Digits, and what stands between and before them in telephone numbers. */
static const char *check_tel(struct str s)
{
    bool digits = false;

    for (size_t i = 0; i < s.n; i++) {
        if (!strchr("+-() ./0123456789", s.p[i]))
            return "This is no telephone number";
        digits = digits || (s.p[i] >= '0' && s.p[i] <= '9');
    }
    return digits ? NULL : "This is no telephone number";
}

static const char *check_typed(struct call *c, const struct json *e, struct str s)
{
    struct str subtype = json_get_str(e, S("subtype"));
    const char *fault = check_length(c->arena, e, s);

    if (fault || !subtype.n)
        return fault;
    if (str_eq(subtype, S("tel")))
        return check_tel(s);
    return block_value_check_form(c->arena,
                                  str_eq(subtype, S("email")) ? VALUE_EMAIL
                                  : str_eq(subtype, S("url")) ? VALUE_URL
                                                              : VALUE_NUMERAL,
                                  s);
}

static const char *check_chosen(struct call *c, const struct json *e, struct str s)
{
    struct str source = json_get_str(e, S("data_source"));

    if (str_eq(source, S("external")))
        return utf8_count(s) > 75 ? "There is no such option" : NULL;
    if (str_eq(source, S("users")))
        return block_value_check_user(c, s);
    if (str_eq(source, S("channels")) || str_eq(source, S("conversations")))
        return block_value_check_channel(c, s);
    return block_value_find_option(e, s) ? NULL : "There is no such option";
}

static const char *check_value(struct call *c, const struct json *e, const struct json *v)
{
    const struct json *optional = json_get(e, S("optional"));

    if (block_value_empty(v))
        return optional && optional->kind == JSON_TRUE ? NULL : "This is needed";
    return str_eq(json_get_str(e, S("type")), S("select")) ? check_chosen(c, e, v->text) : check_typed(c, e, v->text);
}

/* --- all of them ---------------------------------------------------------------------------------------------- */

static enum err check_given(struct call *c, const struct json *body, const struct json *given)
{
    const struct json *name;

    if (given->kind != JSON_OBJECT)
        return call_invalid(c, "the submission has to be an object of texts");
    name = json_child(given);
    for (uint32_t i = 0; i < given->count; i++, name = json_next(json_next(name))) {
        const struct json *v = json_next(name);
        if (!dialog_element(body, name->text) || (v->kind != JSON_STRING && v->kind != JSON_NULL))
            return call_invalid(c, "there is nothing to fill in at %.*s", STR_FMT(name->text));
    }
    return OK;
}

/* Given, or what the dialog says at first. */
static const struct json *value_of(const struct json *e, const struct json *given)
{
    const struct json *v = json_get(given, json_get_str(e, S("name"))), *chosen = json_get(e, S("selected_options"));

    if (!v)
        v = json_get(e, S("value"));
    return v || !chosen ? v : json_get(json_child(chosen), S("value"));
}

enum err dialog_take(struct call *c, const struct json *body, const struct json *given, struct str *submission,
                     struct dialog_fault **faults, int *n)
{
    const struct json *list = json_get(body, S("elements")), *e = json_child(list);
    struct buf b = buf_in(c->arena, 1 << 20);
    struct json_out o = {.b = &b};

    *n = 0;
    *faults = ARENA_ARRAY(c->arena, struct dialog_fault, list->count);
    if (given)
        TRY(check_given(c, body, given));
    json_open(&o, S(""), '{');
    for (uint32_t i = 0; i < list->count; i++, e = json_next(e)) {
        const struct json *v = value_of(e, given);
        struct str name = json_get_str(e, S("name"));
        const char *fault = check_value(c, e, v);
        if (fault)
            (*faults)[(*n)++] = (struct dialog_fault){name, fault};
        json_key_text(&o, name);
        if (block_value_empty(v))
            json_null(&o, S(""));
        else
            json_str(&o, S(""), v->text);
    }
    json_close(&o, '}');
    *submission = buf_view(&b);
    return OK;
}
