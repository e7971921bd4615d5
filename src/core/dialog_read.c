/* Reading a dialog: every field, by table. */
#include "core/dialog.h"

#include "base/utf8.h"

enum {
    FAULT_MAX_BYTES = 200,
    BODY_MAX_BYTES = 1 << 20,
    ELEMENTS_MAX = 10,
    OPTIONS_MAX = 100,
    TEXT_CHARS = 150,
    AREA_CHARS = 3000
};

struct reader {
    struct call *c;
    struct json_out o;
    bool faulty;
    int element; /* -1: the dialog itself */
};

__attribute__((format(printf, 3, 4))) static void fault(struct reader *r, const char *name, const char *fmt, ...)
{
    struct str text;
    va_list args;

    va_start(args, fmt);
    text = utf8_vprintf(r->c->arena, FAULT_MAX_BYTES, fmt, args);
    va_end(args);
    r->faulty = true;
    if (r->element < 0)
        call_line(r->c, arena_printf(r->c->arena, "The field `%s` %.*s", name, STR_FMT(text)));
    else
        call_line(r->c, arena_printf(r->c->arena, "Element %d field `%s` %.*s", r->element, name, STR_FMT(text)));
}

/* --- fields --------------------------------------------------------------------------------------------------- */

struct text_field {
    const char *name;
    int max; /* characters */
    bool required;
    const char *words; /* the only values, with blanks between; NULL: any */
};

/* The text, written as well; empty when it is not there. */
static struct str read_text(struct reader *r, const struct json *obj, const struct text_field *f)
{
    const struct json *v = json_get(obj, str_c(f->name));

    if (!v || v->kind == JSON_NULL || (v->kind == JSON_STRING && v->text.n == 0)) {
        if (f->required)
            fault(r, f->name, "is required");
        return S("");
    }
    if (v->kind != JSON_STRING) {
        fault(r, f->name, "must be a string");
        return S("");
    }
    if (utf8_count(v->text) > (size_t)f->max)
        fault(r, f->name, "cannot be longer than %d characters", f->max);
    if (f->words && !str_in_list(str_c(f->words), ' ', v->text))
        fault(r, f->name, "must be one of: %s", f->words);
    json_str(&r->o, str_c(f->name), v->text);
    return v->text;
}

static void read_flag(struct reader *r, const struct json *obj, const char *name)
{
    const struct json *v = json_get(obj, str_c(name));

    if (!v || v->kind == JSON_NULL)
        return;
    if (v->kind == JSON_TRUE || v->kind == JSON_FALSE)
        json_bool(&r->o, str_c(name), v->kind == JSON_TRUE);
    else
        fault(r, name, "must be a boolean");
}

/* The number, written as well; preset when it is not there. */
static int64_t read_int(struct reader *r, const struct json *obj, const char *name, int64_t min, int64_t max,
                        int64_t preset)
{
    const struct json *v = json_get(obj, str_c(name));
    int64_t n;

    if (!v || v->kind == JSON_NULL)
        return preset;
    if (!json_i64(v, &n) || n < min || n > max) {
        fault(r, name, "must be a number between %lld and %lld", (long long)min, (long long)max);
        return preset;
    }
    json_int(&r->o, str_c(name), n);
    return n;
}

/* A list with 1 to max members at obj.name; NULL when there is none, or another thing. */
static const struct json *read_list(struct reader *r, const struct json *obj, const char *name, uint32_t max)
{
    const struct json *v = json_get(obj, str_c(name));

    if (!v || v->kind == JSON_NULL)
        return NULL;
    if (v->kind != JSON_ARRAY || v->count == 0 || v->count > max) {
        fault(r, name, "must be a list of 1 to %u", max);
        return NULL;
    }
    return v;
}

/* --- options -------------------------------------------------------------------------------------------------- */

/* Writes the list; false at the first fault. */
static void read_options(struct reader *r, const struct json *obj, const char *name, uint32_t max)
{
    const struct json *list = read_list(r, obj, name, max), *option;

    if (!list)
        return;
    option = json_child(list);
    json_open(&r->o, str_c(name), '[');
    for (uint32_t i = 0; i < list->count; i++, option = json_next(option)) {
        struct str label = json_get_str(option, S("label")), value = json_get_str(option, S("value"));
        if (!label.n || utf8_count(label) > 75)
            fault(r, name, "must have a label of 1 to 75 characters in option %u", i);
        if (!value.n || utf8_count(value) > 75)
            fault(r, name, "must have a value of 1 to 75 characters in option %u", i);
        json_open(&r->o, S(""), '{');
        json_str(&r->o, S("label"), label);
        json_str(&r->o, S("value"), value);
        json_close(&r->o, '}');
    }
    json_close(&r->o, ']');
}

static void read_groups(struct reader *r, const struct json *obj)
{
    const struct json *list = read_list(r, obj, "option_groups", OPTIONS_MAX), *group;

    if (!list)
        return;
    group = json_child(list);
    json_open(&r->o, S("option_groups"), '[');
    for (uint32_t i = 0; i < list->count; i++, group = json_next(group)) {
        struct str label = json_get_str(group, S("label"));
        if (!label.n || utf8_count(label) > 75 || !json_get(group, S("options")))
            fault(r, "option_groups", "must have a label of 1 to 75 characters, and options, in group %u", i);
        json_open(&r->o, S(""), '{');
        json_str(&r->o, S("label"), label);
        read_options(r, group, "options", OPTIONS_MAX);
        json_close(&r->o, '}');
    }
    json_close(&r->o, ']');
}

/* --- elements ------------------------------------------------------------------------------------------------- */

static void read_typed(struct reader *r, const struct json *e, int most)
{
    const struct text_field value = {"value", most, false, NULL};
    const struct text_field hint = {"hint", 150, false, NULL};
    const struct text_field subtype = {"subtype", 20, false, "email number tel url"};
    int64_t min, max;

    read_text(r, e, &value);
    read_text(r, e, &hint);
    read_text(r, e, &subtype);
    min = read_int(r, e, "min_length", 0, most, 0);
    max = read_int(r, e, "max_length", 1, most, most);
    if (min > max)
        fault(r, "min_length", "cannot be more than `max_length`");
}

static void read_select(struct reader *r, const struct json *e)
{
    const struct text_field source = {"data_source", 20, false, "static users channels conversations external"};
    const struct text_field value = {"value", 75, false, NULL};
    struct str from = read_text(r, e, &source);

    read_text(r, e, &value);
    read_options(r, e, "options", OPTIONS_MAX);
    read_groups(r, e);
    read_options(r, e, "selected_options", 1);
    read_int(r, e, "min_query_length", 0, 100, 0);
    if ((!from.n || str_eq(from, S("static"))) && !json_get(e, S("options")) && !json_get(e, S("option_groups")))
        fault(r, "options", "is required");
}

static void read_element(struct reader *r, const struct json *e)
{
    static const struct text_field shared[] = {{"name", 300, true, NULL},
                                               {"label", 48, true, NULL},
                                               {"placeholder", 150, false, NULL},
                                               {"type", 20, true, "text textarea select"}};
    struct str type = S("");

    json_open(&r->o, S(""), '{');
    for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
        type = read_text(r, e, &shared[i]);
    read_flag(r, e, "optional");
    if (str_eq(type, S("select")))
        read_select(r, e);
    else if (str_eq(type, S("text")) || str_eq(type, S("textarea")))
        read_typed(r, e, str_eq(type, S("text")) ? TEXT_CHARS : AREA_CHARS);
    json_close(&r->o, '}');
}

static void check_names(struct reader *r, const struct json *list)
{
    const struct json *e = json_child(list);

    for (uint32_t i = 0; i < list->count; i++, e = json_next(e)) {
        const struct json *other = json_child(list);
        struct str name = json_get_str(e, S("name"));
        r->element = (int)i;
        for (uint32_t k = 0; k < i && name.n; k++, other = json_next(other))
            if (str_eq(json_get_str(other, S("name")), name))
                fault(r, "name", "must be unique");
    }
    r->element = -1;
}

static void read_elements(struct reader *r, const struct json *dialog)
{
    const struct json *list = json_get(dialog, S("elements")), *e;

    if (!list || list->kind == JSON_NULL) {
        fault(r, "elements", "is required");
        return;
    }
    list = read_list(r, dialog, "elements", ELEMENTS_MAX);
    if (!list)
        return;
    e = json_child(list);
    json_open(&r->o, S("elements"), '[');
    for (r->element = 0; r->element < (int)list->count; r->element++, e = json_next(e))
        read_element(r, e);
    json_close(&r->o, ']');
    check_names(r, list);
}

enum err dialog_read(struct call *c, const struct json *dialog, struct str *body)
{
    static const struct text_field fields[] = {{"title", 24, true, NULL},
                                               {"callback_id", 255, true, NULL},
                                               {"submit_label", 24, false, NULL},
                                               {"state", 3000, false, NULL}};
    struct buf b = buf_in(c->arena, BODY_MAX_BYTES);
    struct reader r = {.c = c, .o = {.b = &b}, .element = -1};

    if (!dialog || dialog->kind != JSON_OBJECT) {
        call_line(c, S("The dialog must be a JSON object"));
        return ERR_VALIDATION_ERRORS;
    }
    json_open(&r.o, S(""), '{');
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        read_text(&r, dialog, &fields[i]);
    read_flag(&r, dialog, "notify_on_cancel");
    read_elements(&r, dialog);
    json_close(&r.o, '}');
    *body = buf_view(&b);
    return r.faulty || b.over ? ERR_VALIDATION_ERRORS : OK;
}
