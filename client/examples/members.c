/* Who was there on a day, and wrote how much: members 2026-11-24, or members day.json.gz of a file that was kept. */
#include <inttypes.h>
#include <stdio.h>
#include <taut/taut.h>

static enum taut_error print(struct taut_rows *rows)
{
    const struct taut_analytics_member_row *m;

    while ((m = taut_rows_member(rows)))
        if (m->is_active)
            printf("%-12s %5" PRId64 " %s\n", m->user_id, m->messages_posted_count, m->email_address);
    return taut_rows_end(rows);
}

int main(int argc, char **argv)
{
    struct taut *t = argc == 2 ? taut_new(NULL) : NULL;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    struct taut_admin_analytics_get_file_args day = {.type = "member", .date = argv[1]};
    struct taut_source source;
    struct taut_rows *rows;
    enum taut_error e;

    if (!t) {
        fprintf(stderr, "usage: members DATE|FILE\n");
        return 2;
    }
    if (file)
        source = taut_source_file(file, argv[1]);
    e = file ? taut_rows_open(t, &source, &rows) : taut_admin_analytics_get_file(t, &day, &rows);
    if (!e)
        e = print(rows);
    if (e)
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    if (file)
        fclose(file);
    taut_free(t);
    return e != TAUT_OK;
}
