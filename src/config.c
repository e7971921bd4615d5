#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

enum { SETTINGS_MAX = 64, FILE_MAX_BYTES = 1 << 20 };

static bool given[SETTINGS_MAX];

static bool read_size(struct str text, int64_t *bytes)
{
    int shift = 0;

    if (text.n == 0)
        return false;
    switch (text.p[text.n - 1]) {
    case 'K':
        shift = 10;
        break;
    case 'M':
        shift = 20;
        break;
    case 'G':
        shift = 30;
        break;
    default:
        return str_to_i64(text, bytes);
    }
    text.n--;
    return str_to_i64(text, bytes) && !__builtin_mul_overflow(*bytes, INT64_C(1) << shift, bytes);
}

static bool read_bool(struct str text, bool *out)
{
    *out = str_eq(text, S("true")) || str_eq(text, S("1")) || str_eq(text, S("yes")) || str_eq(text, S("on"));
    return *out || str_eq(text, S("false")) || str_eq(text, S("0")) || str_eq(text, S("no")) || str_eq(text, S("off"));
}

static bool in_values(const struct setting *s, struct str text)
{
    for (int i = 0; i < s->n_values; i++)
        if (str_eq(s->values[i], text))
            return true;
    return false;
}

static struct str list_values(struct arena *a, const struct setting *s)
{
    struct str list = S("");

    for (int i = 0; i < s->n_values; i++)
        list = arena_printf(a, "%.*s%s%.*s", STR_FMT(list), i ? ", " : "", STR_FMT(s->values[i]));
    return list;
}

/* What a value of this type looks like, for the sentence that refuses another. */
static struct str expected(struct arena *a, const struct setting *s)
{
    switch (s->type) {
    case SETTING_ENUM:
        return ARENA_JOIN(a, S("one of: "), list_values(a, s));
    case SETTING_INT:
        return arena_printf(a, "a number from %lld to %lld", (long long)s->min, (long long)s->max);
    case SETTING_BOOL:
        return S("true or false");
    case SETTING_DURATION:
        return arena_printf(a, "a duration such as 75s, 5m or 2h, from %llds to %llds", (long long)s->min / 1000,
                            (long long)s->max / 1000);
    case SETTING_SIZE:
        return arena_printf(a, "a size such as 512K, 8M or 1G, from %lld to %lld bytes", (long long)s->min,
                            (long long)s->max);
    case SETTING_STRING:
        break;
    }
    return S("text");
}

/* Reads a number of whatever unit the setting has. */
static bool read_number(const struct setting *s, struct str text, int64_t *out)
{
    if (s->type == SETTING_DURATION)
        return duration_parse(text, out);
    return s->type == SETTING_SIZE ? read_size(text, out) : str_to_i64(text, out);
}

static bool put(const struct setting *s, struct settings *out, struct str text)
{
    void *to = (char *)out + s->offset;
    int64_t v;

    switch (s->type) {
    case SETTING_STRING:
        *(struct str *)to = text;
        return true;
    case SETTING_ENUM:
        *(struct str *)to = text;
        return in_values(s, text);
    case SETTING_BOOL:
        return read_bool(text, to);
    case SETTING_INT:
    case SETTING_DURATION:
    case SETTING_SIZE:
        if (!read_number(s, text, &v) || v < s->min || v > s->max)
            return false;
        *(int64_t *)to = v;
        return true;
    }
    return false;
}

/* where: "--listen", "TAUT_LISTEN" or "taut.conf:3". */
static bool set(struct arena *a, const struct setting *s, struct settings *out, struct str text, struct str where,
                struct str *why)
{
    struct str give;

    if (put(s, out, arena_dup(a, text))) {
        given[s - settings_table] = true;
        return true;
    }
    give = expected(a, s);
    *why = arena_printf(a, "%.*s: '%.*s' is not possible for %s; give %.*s.", STR_FMT(where), STR_FMT(text), s->name,
                        STR_FMT(give));
    return false;
}

bool config_given(const char *name)
{
    for (int i = 0; i < settings_n; i++)
        if (strcmp(settings_table[i].name, name) == 0)
            return given[i];
    return false;
}

static const struct setting *find(struct str name)
{
    for (int i = 0; i < settings_n; i++)
        if (str_eq(str_c(settings_table[i].name), name))
            return &settings_table[i];
    return NULL;
}

enum log_level config_log_level(const struct settings *s)
{
    static const struct str names[] = {{"error", 5}, {"warn", 4}, {"info", 4}, {"debug", 5}};

    for (int i = 0; i < 4; i++)
        if (str_eq(s->log_level, names[i]))
            return (enum log_level)i;
    return LOG_INFO;
}

/* --- file ----------------------------------------------------------------------------------------------------- */

static bool read_line(struct arena *a, struct str path, int number, struct str line, struct settings *out,
                      struct str *why)
{
    struct str where = arena_printf(a, "%.*s:%d", STR_FMT(path), number), key;
    const struct setting *s;

    line = str_trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (str_chr(line, '=') < 0) {
        *why = arena_printf(a, "%.*s: a line is 'key = value' or a # comment.", STR_FMT(where));
        return false;
    }
    str_cut(&line, '=', &key);
    key = str_trim(key);
    s = find(key);
    if (!s) {
        *why = arena_printf(a, "%.*s: there is no setting '%.*s'; 'taut serve --help' lists them.", STR_FMT(where),
                            STR_FMT(key));
        return false;
    }
    return set(a, s, out, str_trim(line), where, why);
}

static bool read_file(struct arena *a, struct str path, struct settings *out, struct str *why)
{
    FILE *f = fopen(arena_cstr(a, path), "r");
    char *text = arena_bytes(a, FILE_MAX_BYTES);
    struct str rest = str_of(text, f ? fread(text, 1, FILE_MAX_BYTES, f) : 0), line;
    const char *fault = !f || ferror(f) ? strerror(errno) : rest.n == FILE_MAX_BYTES ? "it is larger than 1 MB" : NULL;

    if (f)
        fclose(f);
    if (fault) {
        *why = arena_printf(a, "The config file %.*s cannot be read: %s.", STR_FMT(path), fault);
        return false;
    }
    for (int number = 1; str_cut(&rest, '\n', &line); number++)
        if (!read_line(a, path, number, line, out, why))
            return false;
    return true;
}

/* The file that was named, else the first of the usual ones that is there, else none. */
static struct str find_file(const struct settings *s)
{
    static const char *const usual[] = {"taut.conf", "/etc/taut/taut.conf"};

    if (s->config.n)
        return s->config;
    for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
        if (access(usual[i], R_OK) == 0)
            return str_c(usual[i]);
    return S("");
}

/* --- environment and flags ------------------------------------------------------------------------------------ */

static bool read_environment(struct arena *a, enum command command, struct settings *out, struct str *why)
{
    for (int i = 0; i < settings_n; i++) {
        const struct setting *s = &settings_table[i];
        const char *value = getenv(s->env);
        if (value && (s->commands >> command & 1) && !set(a, s, out, str_c(value), str_c(s->env), why))
            return false;
    }
    return true;
}

static int make_options(enum command command, struct option *options)
{
    int n = 0;

    for (int i = 0; i < settings_n; i++)
        if (settings_table[i].commands >> command & 1)
            options[n++] = (struct option){
                .name = settings_table[i].flag,
                .has_arg = settings_table[i].type == SETTING_BOOL ? optional_argument : required_argument,
                .val = 1000 + i,
            };
    options[n++] = (struct option){.name = "help", .has_arg = no_argument, .val = 'h'};
    options[n] = (struct option){0};
    return n;
}

/* Reads the flags; with only_config just --config, which has to be known before the rest is read. */
static bool read_flags(struct arena *a, enum command command, int argc, char **argv, bool only_config,
                       struct settings *out, struct str *why)
{
    struct option options[SETTINGS_MAX + 2];
    int c;

    make_options(command, options);
    optind = 0;
    opterr = 0;
    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        const struct setting *s;
        if (c == 'h') {
            printf("usage: taut %s [--SETTING VALUE]…\n\n", command_names[command]);
            config_help(command);
            exit(0);
        }
        if (c == '?') {
            *why = arena_printf(a, "%s: there is no such flag, or its value is missing; see --help.", argv[optind - 1]);
            return false;
        }
        s = &settings_table[c - 1000];
        if (only_config && strcmp(s->name, "config") != 0)
            continue;
        if (!set(a, s, out, str_c(optarg ? optarg : "true"), arena_printf(a, "--%s", s->flag), why))
            return false;
    }
    return true;
}

bool config_read(struct arena *a, enum command command, int argc, char **argv, struct settings *out, char ***rest,
                 int *n_rest, struct str *why)
{
    char **words = arena_alloc(a, sizeof(char *) * ((size_t)argc + 2));
    struct str file;

    words[0] = "taut"; /* getopt begins behind the program's name */
    for (int i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    memset(out, 0, sizeof(*out));
    for (int i = 0; i < settings_n; i++)
        if (!put(&settings_table[i], out, str_c(settings_table[i].preset)))
            abort(); /* a default of the catalogue is none of its own values */
    if (!read_flags(a, command, argc + 1, words, true, out, why))
        return false;
    file = command == COMMAND_DEV && !out->config.n ? S("") : find_file(out);
    if (file.n && !read_file(a, file, out, why))
        return false;
    if (!read_environment(a, command, out, why) || !read_flags(a, command, argc + 1, words, false, out, why))
        return false;
    *rest = words + optind;
    *n_rest = argc + 1 - optind;
    return true;
}

void config_help(enum command command)
{
    puts("Settings (flag, or TAUT_NAME in the environment, or 'name = value' in the config file):");
    for (int i = 0; i < settings_n; i++) {
        const struct setting *s = &settings_table[i];
        if (!(s->commands >> command & 1))
            continue;
        printf("  --%s%s%s\n        %s", s->flag, s->value_name[0] ? " " : "", s->value_name, s->doc);
        if (s->preset[0])
            printf(" (default %s)", s->preset);
        putchar('\n');
    }
}
