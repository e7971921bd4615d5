/* `taut analytics verify`: a closed day's files against what they were made of. */
#include <stdio.h>

#include "analytics/verify.h"
#include "base/id.h"
#include "commands.h"
#include "manage.h"

/* The last day that may be closed, unless another is named. */
static enum err read_day(struct manage *m, int64_t *day)
{
    struct str date = m->server.settings.date;

    if (!date.n) {
        *day = day_of_us(m->call.now_us) - 1;
        return OK;
    }
    return day_parse(date, day) ? OK
                                : manage_refuse(m, "'%.*s' is no day; days are written 2026-11-24.", STR_FMT(date));
}

static void tell_amiss(void *ctx, const struct recount_row *row)
{
    struct manage *m = ctx;

    printf("%.*s (%s): there are %lld messages (%lld in channels), %lld reactions and %lld files; counted were %lld "
           "(%lld), "
           "%lld and %lld\n",
           STR_FMT(row->name), manage_id(m, row->user_id), (long long)row->messages, (long long)row->channel_messages,
           (long long)row->reactions, (long long)row->files, (long long)row->counted_messages,
           (long long)row->counted_channel_messages, (long long)row->counted_reactions, (long long)row->counted_files);
}

static void tell_file(const char *what, const struct verified_file *f)
{
    printf("%-10s ", what);
    if (!f->there)
        printf("the file is not there; it is made again when it is asked for");
    else if (!f->sound)
        printf("the file is damaged: remove it, and it is made again when it is asked for");
    else if (!f->as_closed)
        printf("%lld rows, but not those that were closed: somebody changed the file", (long long)f->rows);
    else
        printf("%lld rows, as they were closed", (long long)f->rows);
    printf(f->as_rows ? "\n" : "; the database would give others now\n");
}

static void tell_count(const char *what, const struct verified_count *c)
{
    printf("%-10s %lld counted, %lld there", what, (long long)c->counted, (long long)c->there);
    if (c->there < c->counted)
        printf(" (%lld were taken away since)", (long long)(c->counted - c->there));
    if (c->by_channel >= 0 && c->by_channel != c->counted)
        printf("; the channels' counts add up to %lld", (long long)c->by_channel);
    printf("\n");
}

static enum err verify(struct manage *m)
{
    struct str folder = arena_printf(m->call.arena, "%.*s/analytics", STR_FMT(m->server.data_dir));
    char date[DAY_TEXT];
    struct verified v;
    int64_t day;

    TRY(read_day(m, &day));
    day_format(day, date);
    TRY(verify_day(m->call.db, &m->server.settings, folder, m->call.team, day, tell_amiss, m, &v));
    if (!v.closed)
        return manage_refuse(m, "%.*s is not closed.", DAY_TEXT, date);
    if (!v.whole)
        return manage_refuse(m, "%.*s was not counted from its beginning to its end, and has no files.", DAY_TEXT,
                             date);
    printf("%.*s, closed %s\n", DAY_TEXT, date, manage_time(m, v.closed_us));
    tell_file("members", &v.members);
    tell_file("channels", &v.channels);
    tell_count("messages", &v.messages);
    tell_count("reactions", &v.reactions);
    tell_count("files", &v.files);
    return verified_good(&v) ? OK : manage_refuse(m, "The day is not as it was closed; see above.");
}

int analytics_verify_main(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"verify", 0, 0, verify, "[--date YYYY-MM-DD]",
         "recounts a closed day, yesterday if none is named, and compares it with its files", true},
        {0},
    };

    return manage_run(COMMAND_ANALYTICS, "analytics", verbs, argc + 1, argv - 1); /* the verb stands before argv */
}
