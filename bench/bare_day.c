/* The baseline of closing a day: reads the members' rows of a day, formats them by hand and packs them with ISA-L at
 * level 1.
 *
 *     bare_day DB DAY FILE      DAY: days since 1970; the workspace is the one that team_member has most of
 *
 * One statement, one buffer, one file that is synced.  Nothing is asked about former states, nothing is added up. */
#include <fcntl.h>
#include <isa-l.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CLEAR_BYTES = 256 << 10, PACKED_BYTES = 256 << 10, ROW_MAX_BYTES = 4096 };

static struct {
    int fd;
    char clear[CLEAR_BYTES], *at;
    uint8_t packed[PACKED_BYTES], level[ISAL_DEF_LVL1_DEFAULT];
    struct isal_zstream z;
} out;

static void die(const char *what)
{
    fprintf(stderr, "bare_day: %s\n", what);
    exit(1);
}

static void pack(int end)
{
    out.z.next_in = (uint8_t *)out.clear;
    out.z.avail_in = (uint32_t)(out.at - out.clear);
    out.z.end_of_stream = end;
    do {
        out.z.next_out = out.packed;
        out.z.avail_out = PACKED_BYTES;
        if (isal_deflate(&out.z) != COMP_OK)
            die("isal_deflate");
        if (write(out.fd, out.packed, PACKED_BYTES - out.z.avail_out) != PACKED_BYTES - (ssize_t)out.z.avail_out)
            die("write");
    } while (out.z.avail_out == 0);
    out.at = out.clear;
}

#define TEXT(lit) (memcpy(out.at, lit, sizeof(lit) - 1), out.at += sizeof(lit) - 1)

static void put_int(int64_t v)
{
    char digits[20], *p = digits + sizeof(digits);

    do
        *--p = (char)('0' + v % 10);
    while (v /= 10);
    memcpy(out.at, p, (size_t)(digits + sizeof(digits) - p));
    out.at += digits + sizeof(digits) - p;
}

static void put_id(int64_t v)
{
    char digits[16], *p = digits + sizeof(digits);

    do
        *--p = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[v % 36];
    while (v /= 36);
    memcpy(out.at, p, (size_t)(digits + sizeof(digits) - p));
    out.at += digits + sizeof(digits) - p;
}

static void put_text(sqlite3_stmt *row, int column)
{
    int n = sqlite3_column_bytes(row, column);

    memcpy(out.at, sqlite3_column_text(row, column), (size_t)n);
    out.at += n;
}

static void put_bool(int v)
{
    memcpy(out.at, v ? "true" : "false", 5);
    out.at += v ? 4 : 5;
}

static void put_row(sqlite3_stmt *row, int64_t org, int64_t team, const char *date)
{
    int64_t user = sqlite3_column_int64(row, 0), active = sqlite3_column_int64(row, 6);

    TEXT("{\"enterprise_id\":\"");
    put_id(org);
    TEXT("\",\"team_id\":\"");
    put_id(team);
    TEXT("\",\"date\":\"");
    memcpy(out.at, date, 10);
    out.at += 10;
    TEXT("\",\"user_id\":\"");
    put_id(user);
    TEXT("\",\"enterprise_user_id\":\"");
    put_id(user);
    TEXT("\",\"email_address\":\"");
    put_text(row, 1);
    TEXT("\",\"enterprise_employee_number\":\"\",\"is_guest\":");
    put_bool(sqlite3_column_int64(row, 3) != 0);
    TEXT(",\"is_billable_seat\":");
    put_bool(sqlite3_column_int64(row, 3) != 2);
    TEXT(",\"is_active\":");
    put_bool(active & 1);
    TEXT(",\"is_active_ios\":");
    put_bool((active & 4) != 0);
    TEXT(",\"is_active_android\":");
    put_bool((active & 8) != 0);
    TEXT(",\"is_active_desktop\":");
    put_bool((active & 2) != 0);
    TEXT(",\"is_active_apps\":");
    put_bool((active & 32) != 0);
    TEXT(",\"is_active_workflows\":false,\"is_active_slack_connect\":false,\"reactions_added_count\":");
    put_int(sqlite3_column_int64(row, 13));
    TEXT(",\"messages_posted_count\":");
    put_int(sqlite3_column_int64(row, 7));
    TEXT(",\"channel_messages_posted_count\":");
    put_int(sqlite3_column_int64(row, 8));
    TEXT(",\"files_added_count\":");
    put_int(sqlite3_column_int64(row, 14));
    TEXT(",\"total_calls_count\":0,\"slack_calls_count\":0,\"slack_huddles_count\":0,\"search_count\":");
    put_int(sqlite3_column_int64(row, 15));
    TEXT(",\"date_claimed\":");
    put_int(sqlite3_column_int64(row, 5) / 1000000);
    TEXT("}\n");
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    return s;
}

/* The rows that src/analytics/day_members.c reads, in the same order. */
static int64_t write_rows(sqlite3 *db, int64_t org, int64_t team, int64_t day)
{
    sqlite3_stmt *row =
        prepare(db, "select m.user_id, u.email, '', m.guest, case when u.deleted = 0 and m.deleted = 0 then 0 else 1 "
                    "end, u.claimed_us, "
                    "coalesce(d.active, 0), coalesce(d.messages, 0), coalesce(d.channel_messages, 0), "
                    "coalesce(d.desktop_messages, 0), "
                    "coalesce(d.ios_messages, 0), coalesce(d.android_messages, 0), coalesce(d.app_messages, 0), "
                    "coalesce(d.reactions, 0), "
                    "coalesce(d.files, 0), coalesce(d.searches, 0), coalesce(a.day, 0), coalesce(a.bits, 0) "
                    "from team_member m join users u on u.id = m.user_id and u.is_bot = 0 "
                    "left join member_day d on d.team_id = m.team_id and d.day = ?2 and d.user_id = m.user_id "
                    "left join member_active a on a.team_id = m.team_id and a.user_id = m.user_id "
                    "where m.team_id = ?1 order by m.user_id");
    time_t at = (time_t)day * 86400;
    char date[16];
    int64_t n = 0;
    int r;

    strftime(date, sizeof(date), "%Y-%m-%d", gmtime(&at));
    sqlite3_bind_int64(row, 1, team);
    sqlite3_bind_int64(row, 2, day);
    while ((r = sqlite3_step(row)) == SQLITE_ROW) {
        if (out.clear + CLEAR_BYTES - out.at < ROW_MAX_BYTES)
            pack(0);
        put_row(row, org, team, date);
        n++;
    }
    if (r != SQLITE_DONE)
        die(sqlite3_errmsg(db));
    sqlite3_finalize(row);
    pack(1);
    return n;
}

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    double began = now_ms();
    sqlite3_stmt *which;
    sqlite3 *db;
    int64_t n;

    if (argc != 4) {
        fputs("usage: bare_day DB DAY FILE\n", stderr);
        return 2;
    }
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        die(argv[1]);
    which = prepare(
        db,
        "select t.org_id, t.id from team t order by (select count(*) from team_member m where m.team_id = t.id) desc");
    if (sqlite3_step(which) != SQLITE_ROW)
        die("no workspace");
    out.fd = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out.fd < 0)
        die(argv[3]);
    isal_deflate_init(&out.z);
    out.z.level = 1;
    out.z.level_buf = out.level;
    out.z.level_buf_size = sizeof(out.level);
    out.z.gzip_flag = IGZIP_GZIP;
    out.at = out.clear;
    began = now_ms();
    n = write_rows(db, sqlite3_column_int64(which, 0), sqlite3_column_int64(which, 1), atoll(argv[2]));
    if (fsync(out.fd) != 0)
        die("fsync");
    printf("{\"rows\":%lld,\"ms\":%.1f}\n", (long long)n, now_ms() - began);
    return 0;
}
