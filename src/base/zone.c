#include "base/zone.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 1 << 16, HEADER_BYTES = 44, TYPES_MAX = 256, DAY_S = 86400, RULES = 2 };

static const char folder[] = "/usr/share/zoneinfo";

/* "M3.5.0/2": the fifth (last) Sunday of March, two hours after its midnight. */
struct rule {
    int month, week, weekday;
    int64_t time_s;
};

struct zone {
    struct zone *next;
    char name[NAME_MAX_BYTES];
    size_t name_n;
    bool is_there; /* else there is no such zone, which is remembered too */
    int n;
    int64_t *at_s;              /* when offsets change */
    int32_t *offsets;           /* n + 1: before the first change, and from each on */
    int32_t standard, daylight; /* from the last change on */
    bool has_rules;
    struct rule rules[RULES]; /* daylight begins, and ends */
};

/* --- dates ----------------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a date (Howard Hinnant's days_from_civil). */
static int64_t days_of(int64_t y, int m, int d)
{
    int64_t era, year_of_era;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    year_of_era = y - era * 400;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1 - 719468;
}

static int64_t year_of(int64_t s)
{
    int64_t days = s / DAY_S, y = 1970 + days / 366;

    while (days_of(y + 1, 1, 1) <= days)
        y++;
    return y;
}

/* Wall-clock seconds at which the rule has it in a year. */
static int64_t rule_s(const struct rule *r, int64_t year)
{
    int64_t first = days_of(year, r->month, 1);
    int64_t end = r->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, r->month + 1, 1);
    int64_t day = first + (r->weekday - (first + 4) % 7 + 7) % 7 + (r->week - 1) * 7; /* day 0 was a Thursday */

    while (day >= end)
        day -= 7;
    return day * DAY_S + r->time_s;
}

/* --- the rules at the end of the file: "CET-1CEST,M3.5.0,M10.5.0/3" ----------------------------------------------- */

/* A name of letters, or anything in angle brackets. */
static bool skip_name(const char **p)
{
    const char *from = *p;

    if (**p == '<') {
        while (**p && **p != '>')
            ++*p;
        return *(*p)++ == '>';
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
        ++*p;
    return *p > from;
}

/* [+-]hh[:mm[:ss]] */
static int64_t read_time(const char **p)
{
    int sign = **p == '-' ? -1 : 1;
    int64_t s = 0, unit = 3600;

    if (**p == '-' || **p == '+')
        ++*p;
    do {
        int64_t n = 0;
        while (**p >= '0' && **p <= '9' && n < 1000)
            n = n * 10 + *(*p)++ - '0';
        s += n * unit;
        unit /= 60;
    } while (**p == ':' && unit && ++*p);
    return sign * s;
}

static bool read_rule(const char **p, struct rule *r)
{
    int used = 0;

    if (sscanf(*p, ",M%2d.%1d.%1d%n", &r->month, &r->week, &r->weekday, &used) != 3 || r->month < 1 || r->month > 12 ||
        r->week < 1 || r->week > 5 || r->weekday > 6)
        return false;
    *p += used;
    r->time_s = 2 * 3600;
    if (**p == '/') {
        ++*p;
        r->time_s = read_time(p);
    }
    return true;
}

/* Rules of another form (days counted from the new year) are not in today's database; the last offset holds then. */
static void read_rules(struct zone *z, const char *p)
{
    if (!skip_name(&p))
        return;
    z->standard = (int32_t)-read_time(&p);
    if (!*p || !skip_name(&p))
        return;
    z->daylight = z->standard + 3600;
    if (*p != ',')
        z->daylight = (int32_t)-read_time(&p);
    z->has_rules = read_rule(&p, &z->rules[0]) && read_rule(&p, &z->rules[1]);
}

/* --- the file -------------------------------------------------------------------------------------------------- */

static int64_t big_endian(const unsigned char *p, int bytes)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

struct counts {
    int64_t ut, std, leap, times, types, chars;
};

static bool read_header(const unsigned char *p, size_t n, struct counts *c)
{
    if (n < HEADER_BYTES || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return false;
    *c = (struct counts){big_endian(p + 20, 4), big_endian(p + 24, 4), big_endian(p + 28, 4),
                         big_endian(p + 32, 4), big_endian(p + 36, 4), big_endian(p + 40, 4)};
    return c->ut >= 0 && c->std >= 0 && c->leap >= 0 && c->times >= 0 && c->types > 0 && c->types <= TYPES_MAX &&
           c->chars >= 0 && c->ut + c->std + c->leap + c->times + c->chars < FILE_MAX_BYTES;
}

static size_t block_bytes(const struct counts *c, int time_bytes)
{
    return (size_t)(c->times * (time_bytes + 1) + c->types * 6 + c->chars + c->leap * (time_bytes + 4) + c->std +
                    c->ut);
}

/* The second block, with times of eight bytes, and the rules behind it. */
static bool read_file(struct zone *z, const unsigned char *p, size_t n)
{
    const unsigned char *kinds, *types;
    struct counts c;
    size_t first;

    if (!read_header(p, n, &c))
        return false;
    first = HEADER_BYTES + block_bytes(&c, 4);
    if (first > n || !read_header(p + first, n - first, &c))
        return false;
    p += first + HEADER_BYTES;
    n -= first + HEADER_BYTES;
    if (block_bytes(&c, 8) > n)
        return false;
    z->n = (int)c.times;
    z->at_s = calloc((size_t)c.times + 1, sizeof(*z->at_s));
    z->offsets = calloc((size_t)c.times + 1, sizeof(*z->offsets));
    if (!z->at_s || !z->offsets)
        abort();
    kinds = p + c.times * 8;
    types = kinds + c.times;
    z->offsets[0] = (int32_t)big_endian(types, 4);
    for (int i = 0; i < z->n; i++) {
        if (kinds[i] >= c.types)
            return false;
        z->at_s[i] = big_endian(p + i * 8, 8);
        z->offsets[i + 1] = (int32_t)big_endian(types + kinds[i] * 6, 4);
    }
    z->standard = z->daylight = z->offsets[z->n];
    if (p[block_bytes(&c, 8)] == '\n')
        read_rules(z, (const char *)p + block_bytes(&c, 8) + 1);
    return true;
}

static void load(struct zone *z)
{
    char path[sizeof(folder) + NAME_MAX_BYTES + 2];
    unsigned char *bytes = calloc(1, FILE_MAX_BYTES + 1); /* what lies behind the file ends the rules */
    FILE *f;
    size_t n;

    if (!bytes)
        abort();
    snprintf(path, sizeof(path), "%s/%.*s", folder, (int)z->name_n, z->name);
    f = fopen(path, "re");
    if (f) {
        n = fread(bytes, 1, FILE_MAX_BYTES, f);
        fclose(f);
        for (size_t i = n; i > 0 && bytes[i - 1] == '\n'; i--)
            bytes[i - 1] = '\0';
        z->is_there = read_file(z, bytes, n);
    }
    free(bytes);
}

/* --- zones that were asked for --------------------------------------------------------------------------------- */

static _Atomic(struct zone *) known;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!letter && (i == 0 || !strchr("_+-/", ch)))
            return false;
    }
    return name.n > 0 && name.n < NAME_MAX_BYTES;
}

static struct zone *find_known(struct str name)
{
    for (struct zone *z = atomic_load_explicit(&known, memory_order_acquire); z; z = z->next)
        if (str_eq(str_of(z->name, z->name_n), name))
            return z;
    return NULL;
}

static struct zone *get(struct str name)
{
    struct zone *z = find_known(name);

    if (z || !is_name(name))
        return z;
    pthread_mutex_lock(&lock);
    z = find_known(name);
    if (!z) {
        z = calloc(1, sizeof(*z));
        if (!z)
            abort();
        memcpy(z->name, name.p, name.n);
        z->name_n = name.n;
        load(z);
        z->next = atomic_load_explicit(&known, memory_order_relaxed);
        atomic_store_explicit(&known, z, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    return z;
}

static bool is_utc(struct str name)
{
    return !name.n || str_eq(name, S("Etc/UTC")) || str_eq(name, S("UTC"));
}

const struct zone *zone_find(struct str name)
{
    const struct zone *z = is_utc(name) ? NULL : get(name);

    return z && z->is_there ? z : NULL;
}

bool zone_exists(struct str name)
{
    return (name.n && is_utc(name)) || zone_find(name);
}

/* --- asking ---------------------------------------------------------------------------------------------------- */

/* Behind the last change that the file tells. */
static int64_t later_offset_s(const struct zone *z, int64_t at_s)
{
    int64_t year, begins, ends;
    bool daylight;

    if (!z->has_rules)
        return z->standard;
    year = year_of(at_s + z->standard);
    begins = rule_s(&z->rules[0], year) - z->standard;
    ends = rule_s(&z->rules[1], year) - z->daylight;
    daylight = begins < ends ? at_s >= begins && at_s < ends : at_s >= begins || at_s < ends;
    return daylight ? z->daylight : z->standard;
}

int64_t zone_offset_s(const struct zone *z, int64_t at_s)
{
    int low = 0, high;

    if (!z)
        return 0;
    if (!z->n || at_s >= z->at_s[z->n - 1])
        return later_offset_s(z, at_s);
    for (high = z->n; low < high;) { /* the changes up to at_s */
        int middle = (low + high) / 2;
        if (z->at_s[middle] <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    return z->offsets[low];
}

int64_t zone_at_s(const struct zone *z, int64_t wall_s)
{
    int64_t before = zone_offset_s(z, wall_s - DAY_S), after = zone_offset_s(z, wall_s + DAY_S);

    if (before != after && zone_offset_s(z, wall_s - before) != before && zone_offset_s(z, wall_s - after) == after)
        return wall_s - after;
    return wall_s - before;
}
