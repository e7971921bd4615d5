/* Checking blocks against the tables, and writing what is stored, in one walk. */
#include "core/blocks.h"

#include "base/clock.h"
#include "base/rand.h"
#include "base/utf8.h"
#include "core/blocks_kinds.h"
#include "core/mrkdwn.h"

enum {
    CHILD_BLOCKS = 10,
    ACTIONS_MAX = 32,
    POINTER_MAX_BYTES = 4096,
    SHOWN_BYTES = 100,
    FAULT_MAX_BYTES = 512,
    ID_CHARS = 5
};

struct id_list {
    struct str *v;
    int n, cap;
};

struct walk {
    struct arena *arena;
    const struct blocks_in *in;
    struct blocks_out *result;
    struct json_out out;
    struct buf path; /* JSON pointer of the value looked at */
    int faults;
    unsigned surface;
    int chars;                      /* most characters of the text object looked at */
    bool verbatim;                  /* what it says about links */
    struct id_list blocks, actions; /* ids taken: in the message, in the block */
};

static void read_field(struct walk *w, const struct block_field *f, struct str key, const struct json *v);

/* --- faults --------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void fault(struct walk *w, const char *fmt, ...)
{
    struct str text, pointer = buf_view(&w->path);
    va_list args;

    w->faults++;
    if (w->result->lines_n == BLOCKS_LINES)
        return;
    va_start(args, fmt);
    text = utf8_vprintf(w->arena, FAULT_MAX_BYTES, fmt, args);
    va_end(args);
    w->result->lines[w->result->lines_n++] =
        arena_printf(w->arena, "[ERROR] %.*s [json-pointer:%.*s]", STR_FMT(text), STR_FMT(pointer));
}

/* Puts a line about the whole before the lines about its parts, which began at `first`. */
static void fault_before(struct walk *w, int first, const char *text)
{
    struct blocks_out *r = w->result;
    int last = r->lines_n;
    struct str line;

    if (last == BLOCKS_LINES)
        return;
    fault(w, "%s", text);
    line = r->lines[last];
    memmove(r->lines + first + 1, r->lines + first, (size_t)(last - first) * sizeof(line));
    r->lines[first] = line;
}

static struct str shown(struct str s)
{
    return s.n <= SHOWN_BYTES ? s : utf8_head(s, SHOWN_BYTES / 4);
}

/* The path goes one step down; returns where it was, for step_back. */
static size_t step_name(struct walk *w, struct str name)
{
    size_t was = w->path.n;

    buf_printf(&w->path, "/%.*s", STR_FMT(name));
    return was;
}

static size_t step_item(struct walk *w, uint32_t i)
{
    size_t was = w->path.n;

    buf_printf(&w->path, "/%u", i);
    return was;
}

static void step_back(struct walk *w, size_t was)
{
    w->path.n = was;
}

/* --- words and numbers ---------------------------------------------------------------------------------------- */

/* 3, -3, 3.25 */
static bool is_numeral(struct str s)
{
    struct str rest = str_starts(s, S("-")) ? str_skip(s, 1) : s;
    bool point = false;

    for (size_t i = 0; i < rest.n; i++) {
        bool digit = rest.p[i] >= '0' && rest.p[i] <= '9';
        if (!digit && (rest.p[i] != '.' || point || i == 0 || i == rest.n - 1))
            return false;
        point = point || !digit;
    }
    return rest.n > 0;
}

/* --- strings -------------------------------------------------------------------------------------------------- */

static void check_chars(struct walk *w, struct str s, int min, int max)
{
    size_t n = s.n;

    if (n > (size_t)min && (max == 0 || n <= (size_t)max)) /* bytes already say so */
        return;
    n = utf8_count(s);
    if (n < (size_t)min)
        fault(w, "must be more than %d characters", min - 1);
    else if (max && n > (size_t)max)
        fault(w, "must be less than %d characters", max + 1);
}

static void check_form(struct walk *w, const struct block_field *f, struct str s)
{
    switch (f->type) {
    case FIELD_WORD:
    case FIELD_WORDS:
        if (!str_in_list(str_c(f->words), ' ', s))
            fault(w, "must be a valid enum value");
        return;
    case FIELD_URL:
        if (s.n && !mrkdwn_is_url(s))
            fault(w, "invalid url");
        return;
    case FIELD_DATE:
        if (!date_valid(s))
            fault(w, "input must match regex pattern: ^\\d{4}-\\d{2}-\\d{2}$");
        return;
    case FIELD_TIME:
        if (!time_valid(s))
            fault(w, "input must match regex pattern: ^\\d{2}:\\d{2}$");
        return;
    case FIELD_NUMERAL:
        if (!is_numeral(s))
            fault(w, "must provide a number");
        return;
    default:
        return;
    }
}

static void read_string(struct walk *w, const struct block_field *f, struct str key, const struct json *v)
{
    struct str s = v->text;

    if (v->kind != JSON_STRING) {
        fault(w, "must provide a string");
        return;
    }
    if (f->type == FIELD_MRKDWN || f->type == FIELD_PLAIN)
        check_chars(w, s, f->min, w->chars);
    else if (f->type != FIELD_WORDS && f->type != FIELD_STRINGS) /* those limit items, not characters */
        check_chars(w, s, f->min, f->max);
    check_form(w, f, s);
    if (f->type == FIELD_MRKDWN)
        s = mrkdwn_store(w->arena, s, MRKDWN_NONE, w->verbatim);
    else if (f->type == FIELD_PLAIN)
        s = mrkdwn_store_plain(w->arena, s);
    json_str(&w->out, key, s);
}

static void read_int(struct walk *w, const struct block_field *f, struct str key, const struct json *v)
{
    int64_t n;

    if (v->kind != JSON_NUMBER || !json_i64(v, &n)) {
        fault(w, "must provide an integer");
        return;
    }
    if (n < f->min)
        fault(w, "must be greater than %d", f->min);
    else if (f->max && n > f->max)
        fault(w, "must be less than %d", f->max);
    json_int(&w->out, key, n);
}

/* --- ids ------------------------------------------------------------------------------------------------------ */

static bool id_taken(const struct id_list *list, struct str id)
{
    for (int i = 0; i < list->n; i++)
        if (str_eq(list->v[i], id))
            return true;
    return false;
}

static void id_take(struct id_list *list, struct str id)
{
    if (list->n < list->cap)
        list->v[list->n++] = id;
}

static struct str id_make(struct walk *w, const struct id_list *taken)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    struct str id = {arena_bytes(w->arena, ID_CHARS), ID_CHARS};

    do {
        uint64_t bits = w->in->random ? w->in->random(w->in->ctx) : rand_u64();
        char *to = (char *)id.p;
        for (int i = 0; i < ID_CHARS; i++, bits /= 62)
            to[i] = digits[bits % 62];
    } while (id_taken(taken, id));
    return id;
}

/* block_id or action_id: the caller's, once, or one of ours. */
static void read_id(struct walk *w, const struct json *obj, const struct block_field *f, bool fill,
                    struct id_list *taken)
{
    const struct json *v = json_get(obj, f->name);
    struct str text;
    size_t was;

    if (!v || v->kind == JSON_NULL || (v->kind == JSON_STRING && v->text.n == 0)) {
        if (fill) {
            struct str id = id_make(w, taken);
            id_take(taken, id);
            json_str(&w->out, f->name, id);
        }
        return;
    }
    was = step_name(w, f->name);
    read_field(w, f, f->name, v);
    text = shown(v->text);
    if (v->kind == JSON_STRING && id_taken(taken, v->text))
        fault(w, "`%.*s` \"%.*s\" already exists", STR_FMT(f->name), STR_FMT(text));
    id_take(taken, v->text);
    step_back(w, was);
}

/* --- objects -------------------------------------------------------------------------------------------------- */

static bool on_surface(const struct walk *w, const struct block_kind *k)
{
    return !k->only || (k->only & w->surface);
}

static const struct block_kind *find_kind(struct walk *w, const struct block_kind *const *of, const struct json *v)
{
    const struct json *type;
    struct str text;
    size_t was;

    if (!of[0]->type)
        return of[0];
    type = json_get(v, S("type"));
    if (!type) {
        fault(w, "missing required field: type");
        return NULL;
    }
    for (int i = 0; of[i]; i++)
        if (type->kind == JSON_STRING && str_eq(type->text, str_c(of[i]->type)) && on_surface(w, of[i]))
            return of[i];
    was = step_name(w, S("type"));
    text = shown(type->text);
    if (type->kind != JSON_STRING)
        fault(w, "must provide a string");
    else if (of[1])
        fault(w, "unsupported type: %.*s", STR_FMT(text));
    else
        fault(w, "must be a valid enum value");
    step_back(w, was);
    return NULL;
}

/* The field of that name, and its place in the kind's list (shared ones after the kind's own). */
static const struct block_field *find_field(const struct block_kind *k, struct str name, int *at)
{
    int n = 0;

    for (; k->fields[n].name.n; n++) {
        if (str_eq(k->fields[n].name, name)) {
            *at = n;
            return &k->fields[n];
        }
    }
    for (int i = 0; i < SHARED_FIELDS; i++) {
        if ((k->has & 1u << i) && str_eq(block_shared_fields[i].name, name)) {
            *at = n + i;
            return &block_shared_fields[i];
        }
    }
    return NULL;
}

static int count_given(const char *names, const struct json *obj)
{
    struct str rest = str_c(names), name;
    int n = 0;

    while (str_cut(&rest, ' ', &name)) {
        const struct json *v = json_get(obj, name);
        n += v && v->kind != JSON_NULL;
    }
    return n;
}

/* What is not there: required fields, choices, and what is written for those left out. */
static void check_absent(struct walk *w, const struct block_kind *k, const struct json *obj, uint64_t seen)
{
    for (int i = 0; k->fields[i].name.n; i++) {
        const struct block_field *f = &k->fields[i];
        if (seen & UINT64_C(1) << i)
            continue;
        if (f->required)
            fault(w, "missing required field: %.*s", STR_FMT(f->name));
        if (f->preset)
            json_text(&w->out, f->name, str_c(f->preset));
    }
    if (k->some_of && count_given(k->some_of, obj) == 0)
        fault(w, "must provide at least one of: %s", k->some_of);
    if (k->one_of && count_given(k->one_of, obj) != 1)
        fault(w, "must provide exactly one of: %s", k->one_of);
}

static void read_members(struct walk *w, const struct block_kind *k, const struct json *obj)
{
    const struct json *key = json_child(obj);
    uint64_t seen = 0;

    for (uint32_t i = 0; i < obj->count; i++, key = json_next(json_next(key))) {
        const struct json *v = json_next(key);
        const struct block_field *f;
        struct str name = shown(key->text);
        size_t was;
        int at;

        if (v->kind == JSON_NULL || (k->type && str_eq(key->text, S("type"))))
            continue;
        f = find_field(k, key->text, &at);
        if (!f) {
            fault(w, "invalid additional property: %.*s", STR_FMT(name));
            continue;
        }
        if (f == &block_shared_fields[0] || f == &block_shared_fields[1]) /* ids: written before */
            continue;
        seen |= UINT64_C(1) << at;
        was = step_name(w, f->name);
        read_field(w, f, f->name, v);
        step_back(w, was);
    }
    check_absent(w, k, obj, seen);
}

static void read_object(struct walk *w, const struct block_kind *k, bool ids, struct str key, const struct json *v)
{
    int outer = w->actions.n;

    json_open(&w->out, key, '{');
    if (k->type)
        json_str(&w->out, S("type"), str_c(k->type));
    if (k->has & HAS_BLOCK_ID) {
        w->actions.n = 0;
        read_id(w, v, &block_shared_fields[0], ids, &w->blocks);
    }
    if (k->has & HAS_ACTION_ID)
        read_id(w, v, &block_shared_fields[1], true, &w->actions);
    read_members(w, k, v);
    if (k->has & HAS_BLOCK_ID) /* rich text in an element has no actions: those around it still stand there */
        w->actions.n = outer;
    json_close(&w->out, '}');
}

/* plain_text or mrkdwn and nothing else. */
static bool is_text_choice(const struct block_field *f)
{
    return f->of[0]->fields[0].type == FIELD_PLAIN && f->of[1];
}

static void read_one(struct walk *w, const struct block_field *f, struct str key, const struct json *v)
{
    const struct json *verbatim = json_get(v, S("verbatim"));
    const struct block_kind *k;
    int faults = w->faults, first = w->result->lines_n;

    if (v->kind != JSON_OBJECT) {
        fault(w, "must provide an object");
        return;
    }
    w->chars = f->chars ? f->chars : TEXT_MAX_CHARS;
    w->verbatim = verbatim && verbatim->kind == JSON_TRUE;
    k = find_kind(w, f->of, v);
    if (k)
        read_object(w, k, f->ids, key, v);
    if (w->faults > faults && is_text_choice(f))
        fault_before(w, first, "failed to match all allowed schemas");
}

/* --- arrays --------------------------------------------------------------------------------------------------- */

/* False when v is not looked into. */
static bool check_items(struct walk *w, const struct json *v, int min, int max)
{
    if (v->kind != JSON_ARRAY) {
        fault(w, "must provide an array");
        return false;
    }
    if (v->count < (uint32_t)min)
        fault(w, "must provide at least %d items", min);
    if (max && v->count > (uint32_t)max) {
        fault(w, "no more than %d items allowed", max);
        return false;
    }
    return true;
}

static void read_array(struct walk *w, const struct block_field *f, struct str key, const struct json *v,
                       void (*read_item)(struct walk *, const struct block_field *, struct str, const struct json *))
{
    const struct json *item = json_child(v);

    json_open(&w->out, key, '[');
    for (uint32_t i = 0; i < v->count; i++, item = json_next(item)) {
        size_t was = step_item(w, i);
        read_item(w, f, S(""), item);
        step_back(w, was);
    }
    json_close(&w->out, ']');
}

static void read_row(struct walk *w, const struct block_field *f, struct str key, const struct json *v)
{
    if (check_items(w, v, 1, f->cells))
        read_array(w, f, key, v, read_one);
}

/* --- fields --------------------------------------------------------------------------------------------------- */

static void read_field(struct walk *w, const struct block_field *f, struct str key, const struct json *v)
{
    switch (f->type) {
    case FIELD_BOOL:
        if (v->kind != JSON_TRUE && v->kind != JSON_FALSE)
            fault(w, "must provide a boolean");
        json_bool(&w->out, key, v->kind == JSON_TRUE);
        return;
    case FIELD_INT:
        read_int(w, f, key, v);
        return;
    case FIELD_NUMBER:
        if (v->kind != JSON_NUMBER)
            fault(w, "must provide a number");
        json_text(&w->out, key, json_raw(v));
        return;
    case FIELD_WORDS:
    case FIELD_STRINGS:
        if (check_items(w, v, f->min, f->max))
            read_array(w, f, key, v, read_string);
        return;
    case FIELD_ONE:
        read_one(w, f, key, v);
        return;
    case FIELD_MANY:
        if (check_items(w, v, f->min, f->max))
            read_array(w, f, key, v, read_one);
        return;
    case FIELD_ROWS:
        if (check_items(w, v, f->min, f->max))
            read_array(w, f, key, v, read_row);
        return;
    default:
        read_string(w, f, key, v);
    }
}

/* --- all ------------------------------------------------------------------------------------------------------ */

static bool is_list_of_typed(const struct json *blocks)
{
    const struct json *block;

    if (!blocks || blocks->kind != JSON_ARRAY)
        return false;
    block = json_child(blocks);
    for (uint32_t i = 0; i < blocks->count; i++, block = json_next(block))
        if (json_get_str(block, S("type")).n == 0)
            return false;
    return true;
}

static struct id_list new_list(struct arena *a, int cap)
{
    return (struct id_list){.v = ARENA_ARRAY(a, struct str, cap), .cap = cap};
}

static struct walk new_walk(struct arena *a, const struct blocks_in *in, struct blocks_out *out, struct buf *json,
                            unsigned surface, int max_blocks)
{
    struct walk w = {.arena = a,
                     .in = in,
                     .result = out,
                     .out = {.b = json},
                     .path = buf_in(a, POINTER_MAX_BYTES),
                     .surface = surface,
                     .blocks = new_list(a, max_blocks * (1 + CHILD_BLOCKS)),
                     .actions = new_list(a, ACTIONS_MAX)};

    *out = (struct blocks_out){0};
    buf_str(&w.path, str_c(in->pointer));
    return w;
}

enum err blocks_read(struct arena *a, const struct json *blocks, const struct blocks_in *in, struct blocks_out *out)
{
    struct block_field all = {.type = FIELD_MANY, .max = in->max_blocks, .of = block_kinds, .ids = true};
    struct buf json = buf_in(a, BLOCKS_MAX_BYTES);
    struct walk w;

    *out = (struct blocks_out){0};
    if (!is_list_of_typed(blocks))
        return ERR_INVALID_BLOCKS_FORMAT;
    if (blocks->count == 0)
        return OK;
    w = new_walk(a, in, out, &json, SURFACE_MESSAGE, in->max_blocks);
    read_field(&w, &all, S(""), blocks);
    if (w.faults)
        return ERR_INVALID_BLOCKS;
    if (json.over)
        return ERR_MSG_BLOCKS_TOO_LONG;
    out->json = buf_view(&json);
    return OK;
}

enum err blocks_read_view(struct arena *a, const struct json *view, const struct blocks_in *in, struct blocks_out *out)
{
    static const struct block_field whole = {.type = FIELD_ONE, .of = block_view_kinds};
    /* What is filled in makes it longer than what came. */
    struct buf json = buf_in(a, 2 * VIEW_MAX_BYTES);
    bool home = str_eq(json_get_str(view, S("type")), S("home"));
    struct walk w = new_walk(a, in, out, &json, home ? SURFACE_HOME : SURFACE_MODAL, BLOCKS_PER_VIEW);

    if (json_raw(view).n > VIEW_MAX_BYTES)
        return ERR_VIEW_TOO_LARGE;
    read_field(&w, &whole, S(""), view);
    if (w.faults)
        return ERR_INVALID_ARGUMENTS;
    if (json.over)
        return ERR_VIEW_TOO_LARGE;
    out->json = buf_view(&json);
    return OK;
}
