/* `taut field`: the custom fields of profiles, from the shell. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "commands.h"
#include "core/profile_fields.h"
#include "manage.h"

enum { CHOICES_MAX_BYTES = 16 << 10, HINT_MAX_CHARS = 255 };

static enum err list(struct manage *m)
{
    struct profile_field_row *rows;
    int n;

    TRY(sql_profile_fields(m->call.db, m->call.arena, m->call.team, &rows, &n));
    printf("%-14s %-12s %-30s %s\n", "ID", "TYPE", "LABEL", "HINT");
    for (int i = 0; i < n; i++)
        printf("%-14.*s %-12.*s %-30.*s %.*s%s\n", STR_FMT(rows[i].id), STR_FMT(rows[i].type), STR_FMT(rows[i].label),
               STR_FMT(rows[i].hint), rows[i].is_hidden ? " (hidden)" : "");
    return OK;
}

/* "North,South" as a JSON array. */
static enum err read_choices(struct manage *m, struct str text, struct str *out)
{
    struct buf b = buf_in(m->call.arena, CHOICES_MAX_BYTES);
    struct json_out o = {.b = &b};
    struct str piece;
    int n = 0;

    json_open(&o, S(""), '[');
    while (str_cut(&text, ',', &piece))
        if (str_trim(piece).n) {
            json_str(&o, S(""), str_trim(piece));
            n++;
        }
    json_close(&o, ']');
    if (!n || b.over)
        return manage_refuse(m, "A list of options has choices behind its type, such as North,South.");
    *out = buf_view(&b);
    return OK;
}

static enum err create(struct manage *m)
{
    struct str label = str_trim(str_c(m->words[0])), type = m->n_words > 1 ? str_c(m->words[1]) : S("text"), id;
    struct str choices = S("");
    bool is_list = str_eq(type, S("options_list"));
    struct profile_field_row *rows;
    enum err e;
    int n;

    if (!label.n || !utf8_valid(label) || utf8_count(label) > PROFILE_LABEL_MAX_CHARS)
        return manage_refuse(m, "A label has 1 to %d characters.", PROFILE_LABEL_MAX_CHARS);
    if (!profile_field_type(type))
        return manage_refuse(m, "'%s' is no type; types are text, date, link, options_list and user.", m->words[1]);
    if (is_list)
        TRY(read_choices(m, m->n_words > 2 ? str_c(m->words[2]) : S(""), &choices));
    else if (m->n_words > 2)
        return manage_refuse(m, "Only an options_list has choices.");
    TRY(sql_profile_fields(m->call.db, m->call.arena, m->call.team, &rows, &n));
    if (n >= PROFILE_FIELDS_MAX)
        return manage_refuse(m, "A workspace has at most %d fields.", PROFILE_FIELDS_MAX);
    e = profile_field_create(&m->call, label, type, choices, &id);
    if (e == ERR_NAME_TAKEN)
        return manage_refuse(m, "There is a field '%s' already.", m->words[0]);
    TRY(e);
    printf("%.*s\n", STR_FMT(id));
    return OK;
}

/* By its id or its label. */
static enum err find(struct manage *m, struct str *id)
{
    struct str what = str_c(m->words[0]);
    struct profile_field_row *rows;
    int n;

    TRY(sql_profile_fields(m->call.db, m->call.arena, m->call.team, &rows, &n));
    for (int i = 0; i < n; i++)
        if (str_eq(rows[i].id, what) || str_eq(rows[i].label, what)) {
            *id = rows[i].id;
            return OK;
        }
    return manage_refuse(m, "There is no field '%s'; 'taut field list' shows them.", m->words[0]);
}

static enum err set_hidden(struct manage *m, bool hidden)
{
    struct str id;
    int64_t changed;

    TRY(find(m, &id));
    return sql_profile_field_hide(m->call.db, m->call.arena, m->call.team, id, hidden, &changed);
}

static enum err hide(struct manage *m)
{
    return set_hidden(m, true);
}

static enum err show(struct manage *m)
{
    return set_hidden(m, false);
}

static enum err hint(struct manage *m)
{
    struct str id;
    int64_t changed;

    TRY(find(m, &id));
    if (!utf8_valid(str_c(m->words[1])) || utf8_count(str_c(m->words[1])) > HINT_MAX_CHARS)
        return manage_refuse(m, "A hint has at most %d characters.", HINT_MAX_CHARS);
    return sql_profile_field_hint(m->call.db, m->call.arena, m->call.team, id, str_c(m->words[1]), &changed);
}

static enum err drop(struct manage *m)
{
    struct str id;

    TRY(find(m, &id));
    return profile_field_remove(&m->call, id);
}

int field_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", 0, 0, list, "", "the custom fields that profiles have", true},
        {"create", 1, 3, create, "LABEL [TYPE] [CHOICES]",
         "a new one; text, date, link, user, or options_list with choices such as North,South; prints its id", false},
        {"hint", 2, 2, hint, "FIELD TEXT", "what is said beside it; FIELD is an id or a label", false},
        {"hide", 1, 1, hide, "FIELD", "takes it out of sight, with what it holds kept", false},
        {"show", 1, 1, show, "FIELD", "shows it again", false},
        {"remove", 1, 1, drop, "FIELD", "takes it out, with what people had filled in", false},
        {0},
    };

    return manage_run(COMMAND_FIELD, "field", verbs, argc, argv);
}
