/* admin.analytics.getFile: analytics as a file. */
#include <sys/sendfile.h>
#include <unistd.h>

#include "analytics/analytics.h"
#include "analytics/csv.h"
#include "analytics/rows.h"
#include "args_admin.h"
#include "core/team.h"

enum { DAYS_MAX = 400 };

enum file_type { FILE_MEMBERS, FILE_CHANNELS, FILE_METADATA, FILE_DAILY };

/* What is asked for, and what answers it. */
struct wanted {
    enum file_type type;
    int64_t from, to; /* days, both included */
    bool csv;
};

static const struct settings *settings_of(const struct call *c)
{
    return c->settings;
}

static bool is_off(struct str setting)
{
    return str_eq(setting, S("off"));
}

/* --- what is asked for ---------------------------------------------------------------------------------------- */

static enum err read_metadata(struct call *c, const struct admin_analytics_get_file_args *a, struct wanted *w)
{
    if (!str_eq(a->type, S("public_channel")))
        return ERR_METADATA_NOT_AVAILABLE;
    if (a->date.n || a->end_date.n)
        return ERR_METADATA_ONLY_DOES_NOT_SUPPORT_DATE;
    w->type = FILE_METADATA;
    w->from = w->to = day_of_us(c->now_us);
    return OK;
}

static enum err read_dates(struct call *c, const struct admin_analytics_get_file_args *a, struct wanted *w)
{
    if (!a->date.n)
        return call_invalid(c, "missing required field: date");
    if (!day_parse(a->date, &w->from) || !day_parse(a->end_date.n ? a->end_date : a->date, &w->to) || w->to < w->from)
        return ERR_INVALID_DATE;
    if (w->to - w->from >= DAYS_MAX)
        return call_invalid(c, "date and end_date may lie %d days apart at most", DAYS_MAX - 1);
    return OK;
}

/* --- who may -------------------------------------------------------------------------------------------------- */

static bool manages_channels(const struct call *c)
{
    struct str by = settings_of(c)->analytics_channels_by;

    return c->who.role >= (str_eq(by, S("admins"))   ? ROLE_ADMIN
                           : str_eq(by, S("owners")) ? ROLE_OWNER
                                                     : ROLE_PRIMARY_OWNER);
}

static enum err check(const struct call *c, const struct wanted *w)
{
    const struct settings *s = settings_of(c);

    if (!c->analytics || is_off(s->analytics))
        return ERR_FEATURE_NOT_ENABLED;
    if (c->who.role < ROLE_ADMIN)
        return ERR_NOT_AN_ADMIN;
    if (w->type == FILE_MEMBERS && is_off(s->analytics_members))
        return ERR_MEMBER_ANALYTICS_DISABLED;
    if (w->type == FILE_MEMBERS && is_off(s->email_display))
        return ERR_ORG_LEVEL_EMAIL_DISPLAY_DISABLED;
    if (w->type == FILE_CHANNELS && !manages_channels(c))
        return ERR_USER_CANNOT_MANAGE_PUBLIC_CHANNELS;
    return OK;
}

/* --- before the work ------------------------------------------------------------------------------------------ */

/* So that today's figures hold all there is; not for who is told none. */
static enum err store_today(struct call *c, const struct wanted *w)
{
    TRY(check(c, w));
    return analytics_flush(c->analytics);
}

enum err admin_analytics_get_file_prepare(struct call *c, const struct admin_analytics_get_file_args *a)
{
    struct wanted *w = ARENA_NEW(c->arena, struct wanted);

    w->csv = str_eq(a->format, S("csv"));
    w->type = str_eq(a->type, S("member"))           ? FILE_MEMBERS
              : str_eq(a->type, S("public_channel")) ? FILE_CHANNELS
                                                     : FILE_DAILY;
    c->prepared = w;
    if (a->metadata_only)
        return read_metadata(c, a, w);
    TRY(read_dates(c, a, w));
    return w->type == FILE_DAILY && w->to >= day_of_us(c->now_us) ? store_today(c, w) : OK;
}

/* --- the answer: gzipped rows, one file after the other -------------------------------------------------------- */

struct piece {
    int fd;
    int64_t bytes;
};

/* One piece is the answer as it is; several are put together in a new file, and CSV is made there. */
struct answer {
    struct call *c;
    bool csv, header;
    int n;
    struct piece whole; /* fd -1: nothing yet */
    struct gz *gz;      /* of CSV */
};

static enum err answer_begin(struct answer *o)
{
    o->whole = (struct piece){.fd = analytics_temporary(o->c->analytics)};
    if (o->whole.fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    if (o->csv)
        o->gz = gz_new(o->whole.fd);
    return OK;
}

static enum err append(int to, const struct piece *p)
{
    off_t at = 0;

    while (at < p->bytes) {
        ssize_t n = sendfile(to, p->fd, &at, (size_t)(p->bytes - at));
        if (n <= 0)
            return ERR_SERVICE_UNAVAILABLE;
    }
    return OK;
}

/* Gzip files one after the other are a gzip file. */
static enum err answer_more(struct answer *o, const struct piece *p)
{
    struct piece first = o->whole;
    enum err e;

    if (o->csv)
        return csv_put(p->fd, o->gz, &o->header);
    if (o->n == 1) {
        e = answer_begin(o);
        if (e == OK)
            e = append(o->whole.fd, &first);
        close(first.fd);
        TRY(e);
    }
    return append(o->whole.fd, p);
}

/* p is the answer's from here on. */
static enum err answer_add(struct answer *o, struct piece p)
{
    enum err e = OK;

    if (!o->n && !o->csv) {
        o->whole = p;
        o->n = 1;
        return OK;
    }
    if (!o->n)
        e = answer_begin(o);
    if (e == OK)
        e = answer_more(o, &p);
    o->n++;
    close(p.fd);
    return e;
}

static enum err answer_end(struct answer *o)
{
    bool good = !o->gz || gz_end(o->gz);

    gz_free(o->gz);
    o->gz = NULL;
    if (good && o->n && (o->n > 1 || o->csv))
        o->whole.bytes = lseek(o->whole.fd, 0, SEEK_CUR);
    return good ? OK : ERR_SERVICE_UNAVAILABLE;
}

static void answer_drop(struct answer *o)
{
    gz_free(o->gz);
    if (o->whole.fd >= 0)
        close(o->whole.fd);
}

/* --- what goes into it ---------------------------------------------------------------------------------------- */

/* Is there to be a file of this day? */
static enum err find_day(struct call *c, const struct team_row *team, int64_t day)
{
    struct team_count_row count;
    struct team_day_row closed;
    bool found;

    TRY(sql_team_count_get(c->db, c->arena, team->id, &count, &found));
    if (!found || day >= count.open_day)
        return day < day_of_us(team->created_us) ? ERR_DATA_NOT_AVAILABLE : ERR_FILE_NOT_YET_AVAILABLE;
    if (day < count.first_day)
        return ERR_DATA_NOT_AVAILABLE;
    TRY(sql_team_day_get(c->db, c->arena, team->id, day, &closed, &found));
    return found && closed.whole ? OK : ERR_FILE_NOT_FOUND;
}

static enum err add_file(struct call *c, const struct team_row *team, int64_t day, enum file_type type,
                         struct answer *out)
{
    enum analytics_kind kind = type == FILE_MEMBERS ? ANALYTICS_MEMBERS : ANALYTICS_CHANNELS;
    struct piece piece;

    TRY(find_day(c, team, day));
    piece.fd = analytics_file(c->analytics, c->db, team->id, day, kind, &piece.bytes);
    if (piece.fd < 0)
        return ERR_FILE_NOT_FOUND;
    return answer_add(out, piece);
}

/* Totals: of a closed day those that were kept, of one that is not closed yet those of now. */
static enum err put_daily(struct call *c, const struct team_row *team, int64_t at, struct gz *out)
{
    struct team_day_row closed;
    struct str totals = S("");
    struct day d;
    enum err e = find_day(c, team, at);
    bool live = e == ERR_FILE_NOT_YET_AVAILABLE && at <= day_of_us(c->now_us), found;

    if (!live) {
        TRY(e);
        TRY(sql_team_day_get(c->db, c->arena, team->id, at, &closed, &found));
        totals = closed.totals;
    }
    e = day_open(&d, c->db, settings_of(c), team->id, at, &found);
    if (e == OK && live)
        e = day_members(&d, NULL, NULL);
    if (e == OK && live)
        e = day_totals(&d, &totals);
    if (e == OK)
        rows_totals(&d, totals, live, out);
    day_close(&d);
    return e;
}

static enum err put_metadata(struct call *c, const struct team_row *team, int64_t at, struct gz *out)
{
    struct day d;
    bool found;
    enum err e = day_open(&d, c->db, settings_of(c), team->id, at, &found);

    if (e == OK)
        e = rows_metadata(&d, out);
    day_close(&d);
    return e;
}

/* Rows that are written for this answer. */
static enum err add_written(struct call *c, const struct team_row *team, int64_t day, enum file_type type,
                            struct answer *out)
{
    int fd = analytics_temporary(c->analytics);
    struct gz *g;
    enum err e;

    if (fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    g = gz_new(fd);
    e = type == FILE_DAILY ? put_daily(c, team, day, g) : put_metadata(c, team, day, g);
    if (e == OK && !gz_end(g))
        e = ERR_SERVICE_UNAVAILABLE;
    gz_free(g);
    if (e != OK) {
        close(fd);
        return e;
    }
    return answer_add(out, (struct piece){fd, lseek(fd, 0, SEEK_CUR)});
}

/* Of all workspaces; one that is younger than the day has nothing to say, unless none has. */
static enum err add_day(struct call *c, const struct wanted *w, int64_t day, const struct team_row *teams, int n_teams,
                        struct answer *out)
{
    bool any = false;

    for (int i = 0; i < n_teams; i++) {
        enum err e = ERR_DATA_NOT_AVAILABLE;
        if (!teams[i].deleted)
            e = w->type == FILE_MEMBERS || w->type == FILE_CHANNELS ? add_file(c, &teams[i], day, w->type, out)
                                                                    : add_written(c, &teams[i], day, w->type, out);
        any = any || e == OK;
        if (e != ERR_DATA_NOT_AVAILABLE)
            TRY(e);
    }
    return any ? OK : ERR_DATA_NOT_AVAILABLE;
}

static enum err find_teams(struct call *c, struct team_row **teams, int *n)
{
    if (c->who.team)
        return sql_team_only(c->db, c->arena, c->who.team, 0, teams, n);
    return sql_team_list(c->db, c->arena, c->who.org, teams, n);
}

/* "Slack Corp Member Analytics 2020-08-01.json.gz" */
static struct str name_of(struct call *c, const struct wanted *w, struct str org)
{
    static const char *const kinds[] = {
        [FILE_MEMBERS] = "Member Analytics",
        [FILE_CHANNELS] = "Public Channel Analytics",
        [FILE_METADATA] = "Public Channel Metadata",
        [FILE_DAILY] = "Daily Analytics",
    };
    char from[DAY_TEXT], to[DAY_TEXT];

    day_format(w->from, from);
    day_format(w->to, to);
    return arena_printf(c->arena, "%.*s %s %.*s%s%.*s.%s.gz", STR_FMT(org), kinds[w->type], DAY_TEXT, from,
                        w->to > w->from ? " to " : "", w->to > w->from ? DAY_TEXT : 0, to, w->csv ? "csv" : "json");
}

/* And will not have any; of a day that is not closed yet there will be. */
static bool has_no_figures(enum err e)
{
    return e == ERR_DATA_NOT_AVAILABLE || e == ERR_FILE_NOT_FOUND;
}

/* Of several days those that there are figures of; when there are none of any, the last one tells why. */
static enum err fill(const struct wanted *w, const struct team_row *teams, int n_teams, struct answer *out)
{
    bool any = false;

    for (int64_t day = w->from; day <= w->to; day++) {
        enum err e = add_day(out->c, w, day, teams, n_teams, out);
        any = any || e == OK;
        if (!has_no_figures(e) || (day == w->to && !any))
            TRY(e);
    }
    return answer_end(out);
}

enum err admin_analytics_get_file(struct call *c, const struct admin_analytics_get_file_args *a)
{
    const struct wanted *w = c->prepared;
    struct answer answer = {.c = c, .csv = w->csv, .whole = {.fd = -1}};
    struct team_row *teams;
    int n_teams;
    enum err e;

    (void)a;
    TRY(check(c, w));
    TRY(find_teams(c, &teams, &n_teams));
    e = fill(w, teams, n_teams, &answer);
    if (e != OK) {
        answer_drop(&answer);
        return e;
    }
    c->file = ARENA_NEW(c->arena, struct reply_file);
    *c->file = (struct reply_file){
        .fd = answer.whole.fd, .bytes = answer.whole.bytes, .name = name_of(c, w, teams[0].org_name)};
    return OK;
}
