/* Who wrote how much on a day, out of a file that was kept: members day.json.gz */
#include <inttypes.h>
#include <stdio.h>
#include <taut/taut.h>

int main(int argc, char **argv)
{
    struct taut *t = taut_new(NULL);
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    const struct taut_analytics_member_row *m;
    struct taut_source source;
    struct taut_rows *rows;
    enum taut_error e;

    if (!t || !file) {
        fprintf(stderr, "usage: members FILE\n");
        return 2;
    }
    source = taut_source_file(file, argv[1]);
    taut_rows_open(t, &source, &rows);
    while ((m = taut_rows_member(rows)))
        if (m->is_active)
            printf("%-12s %5" PRId64 " %s\n", m->user_id, m->messages_posted_count, m->email_address);
    e = taut_rows_end(rows);
    if (e)
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    fclose(file);
    taut_free(t);
    return e != TAUT_OK;
}
