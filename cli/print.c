#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/utf8.h"

enum { CELL_MAX_BYTES = 1 << 16, PATH_MAX_BYTES = 128 };

bool print_is_terminal(void)
{
    return isatty(1);
}

/* --- JSON ------------------------------------------------------------------------------------------------------ */

static void indent(int depth)
{
    printf("\n%*s", depth * 2, "");
}

static void pretty_value(const struct taut_json *j, int depth)
{
    struct taut_json_each e = {0};
    bool object = taut_json_kind(j) == TAUT_JSON_OBJECT;
    const char *raw;
    size_t n;

    if (taut_json_count(j) == 0) {
        raw = taut_json_raw(j, &n);
        fwrite(raw, 1, n, stdout);
        return;
    }
    putchar(object ? '{' : '[');
    while (taut_json_each(j, &e)) {
        if (e.i > 1)
            putchar(',');
        indent(depth + 1);
        if (object) {
            struct buf key = buf_heap(1 << 20);
            json_quote(&key, str_c(e.key));
            printf("%.*s: ", (int)key.n, key.p);
            buf_free(&key);
        }
        pretty_value(e.value, depth + 1);
    }
    indent(depth);
    putchar(object ? '}' : ']');
}

void print_json(const struct taut_json *j, bool pretty)
{
    size_t n;
    const char *raw = taut_json_raw(j, &n);

    if (pretty)
        pretty_value(j, 0);
    else
        fwrite(raw, 1, n, stdout);
    putchar('\n');
}

/* --- values ---------------------------------------------------------------------------------------------------- */

void print_clean(struct buf *b, const char *text)
{
    struct str s = str_c(text);
    uint32_t cp;
    size_t n;

    for (; (n = utf8_decode(s, &cp)); s = str_skip(s, n)) {
        if (cp == '\n' || cp == '\t' || cp == '\r')
            buf_char(b, ' ');
        else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
            buf_str(b, S("\xEF\xBF\xBD"));
        else
            buf_put(b, s.p, n);
    }
}

const struct taut_json *print_path(const struct taut_json *j, const char *path)
{
    char key[PATH_MAX_BYTES];
    size_t n;

    for (; j && *path; path += n + (path[n] == '.')) {
        n = strcspn(path, ".");
        if (n >= sizeof(key))
            return NULL;
        memcpy(key, path, n);
        key[n] = '\0';
        j = taut_json_get(j, key);
    }
    return j;
}

void print_value(struct buf *b, const struct taut_json *j)
{
    const char *raw;
    size_t n;

    if (taut_json_kind(j) == TAUT_JSON_STRING) {
        print_clean(b, taut_json_text(j));
    } else if (taut_json_kind(j) != TAUT_JSON_NULL) {
        raw = taut_json_raw(j, &n);
        buf_put(b, raw, n);
    }
}

/* --- tables ---------------------------------------------------------------------------------------------------- */

enum { COLUMNS_MAX = 16, COLUMNS_CHOSEN = 5 };

struct table {
    const struct options *o;
    struct arena *arena;
    const char *columns[COLUMNS_MAX];
    int n_columns, n_rows, cap;
    struct str *cells; /* row by row */
};

struct table *table_new(const struct options *o)
{
    struct arena *a = arena_new(1 << 16);
    struct table *t = ARENA_NEW(a, struct table);

    *t = (struct table){.o = o, .arena = a};
    return t;
}

static void add_column(struct table *t, const char *name, size_t n)
{
    if (n && t->n_columns < COLUMNS_MAX)
        t->columns[t->n_columns++] = arena_cstr(t->arena, str_of(name, n));
}

static bool is_plain(const struct taut_json *j)
{
    enum taut_json_kind kind = taut_json_kind(j);

    return kind != TAUT_JSON_ARRAY && kind != TAUT_JSON_OBJECT && kind != TAUT_JSON_NULL;
}

/* What people look for first, as far as the row has it; then what comes first. */
static void choose_columns(struct table *t, const struct taut_json *row)
{
    static const char *const first[] = {"id",        "ts",      "date",          "type",        "name",
                                        "user",      "user_id", "channel",       "channel_id",  "title",
                                        "real_name", "text",    "email_address", "num_members", "size"};
    struct taut_json_each e = {0};

    for (size_t i = 0; i < sizeof(first) / sizeof(*first) && t->n_columns < COLUMNS_CHOSEN; i++)
        if (is_plain(taut_json_get(row, first[i])))
            add_column(t, first[i], strlen(first[i]));
    while (t->n_columns < 2 && taut_json_each(row, &e)) {
        bool there = t->n_columns && strcmp(t->columns[0], e.key) == 0;
        if (is_plain(e.value) && !there)
            add_column(t, e.key, strlen(e.key));
    }
    if (t->n_columns == 0)
        add_column(t, "value", 5);
}

static void set_columns(struct table *t, const struct taut_json *row)
{
    const char *f = t->o->fields;

    for (size_t n; f && *f; f += n + (f[n] == ',')) {
        n = strcspn(f, ",");
        add_column(t, f, n);
    }
    if (t->n_columns == 0)
        choose_columns(t, row);
}

void table_add(struct table *t, const struct taut_json *row)
{
    struct str *cells;

    if (t->n_columns == 0)
        set_columns(t, row);
    if (t->n_rows == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 64;
        cells = ARENA_ARRAY(t->arena, struct str, t->cap * t->n_columns);
        if (t->n_rows)
            memcpy(cells, t->cells, sizeof(*cells) * (size_t)(t->n_rows * t->n_columns));
        t->cells = cells;
    }
    for (int i = 0; i < t->n_columns; i++) {
        struct buf b = buf_in(t->arena, CELL_MAX_BYTES);
        bool object = taut_json_kind(row) == TAUT_JSON_OBJECT;
        print_value(&b, object ? print_path(row, t->columns[i]) : i == 0 ? row : NULL);
        t->cells[t->n_rows * t->n_columns + i] = buf_view(&b);
    }
    t->n_rows++;
}

/* Of the terminal; 0: it is none, nothing is cut. */
static int width(const struct table *t)
{
    struct winsize w;

    if (t->o->plain || !print_is_terminal() || ioctl(1, TIOCGWINSZ, &w) == -1)
        return 0;
    return w.ws_col;
}

static void print_cell(struct str cell, int columns, int room, bool last)
{
    int n = (int)utf8_count(cell), fill;

    if (room && n > room) {
        cell = utf8_head(cell, room > 1 ? (size_t)(room - 1) : 1);
        printf("%.*s\xE2\x80\xA6", STR_FMT(cell));
        n = room;
    } else {
        printf("%.*s", STR_FMT(cell));
    }
    fill = columns - n;
    if (!last)
        printf("%*s", (fill > 0 ? fill : 0) + 2, "");
}

static void print_aligned(const struct table *t)
{
    int widths[COLUMNS_MAX], wide = width(t);

    for (int c = 0; c < t->n_columns; c++) {
        widths[c] = (int)strlen(t->columns[c]);
        for (int r = 0; r < t->n_rows; r++) {
            int n = (int)utf8_count(t->cells[r * t->n_columns + c]);
            if (n > widths[c] && c < t->n_columns - 1)
                widths[c] = n > 60 ? 60 : n;
        }
    }
    for (int r = -1; r < t->n_rows; r++) {
        int at = 0;
        for (int c = 0; c < t->n_columns; c++) {
            struct str cell = r < 0 ? str_c(t->columns[c]) : t->cells[r * t->n_columns + c];
            bool last = c == t->n_columns - 1;
            int room = last ? (wide ? wide - at : 0) : widths[c];
            if (wide && room < 1)
                break;
            print_cell(cell, widths[c], room, last);
            at += widths[c] + 2;
        }
        putchar('\n');
    }
}

int table_end(struct table *t)
{
    int n = t->n_rows;

    if (t->o->plain)
        for (int r = 0; r < n; r++)
            for (int c = 0; c < t->n_columns; c++)
                printf("%.*s%c", STR_FMT(t->cells[r * t->n_columns + c]), c == t->n_columns - 1 ? '\n' : '\t');
    else if (n)
        print_aligned(t);
    else if (print_is_terminal() && !t->o->quiet)
        fputs("There is nothing.\n", stderr);
    arena_free(t->arena);
    return n;
}

/* --- fields ---------------------------------------------------------------------------------------------------- */

static void print_field(const char *name, const struct taut_json *value)
{
    struct buf b = buf_heap(CELL_MAX_BYTES);

    print_value(&b, value);
    printf("%-24s %.*s\n", name, (int)b.n, b.n ? b.p : "");
    buf_free(&b);
}

/* The plain members, and those of objects one level below. */
static void print_inside(const struct taut_json *object, const char *prefix)
{
    struct taut_json_each e = {0};
    char name[PATH_MAX_BYTES];

    while (taut_json_each(object, &e)) {
        snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix ? "." : "", e.key);
        if (is_plain(e.value) && strcmp(name, "ok") != 0 && strcmp(name, "warning") != 0)
            print_field(name, e.value);
        else if (taut_json_kind(e.value) == TAUT_JSON_OBJECT && !*prefix && strcmp(name, "response_metadata") != 0)
            print_inside(e.value, name);
    }
}

void print_fields(const struct options *o, const struct taut_json *reply)
{
    const char *f = o->fields;
    char name[PATH_MAX_BYTES];

    if (!f)
        print_inside(reply, "");
    for (size_t n; f && *f; f += n + (f[n] == ',')) {
        n = strcspn(f, ",");
        snprintf(name, sizeof(name), "%.*s", (int)n, f);
        print_field(name, print_path(reply, name));
    }
}
