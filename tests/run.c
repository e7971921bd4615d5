/* case-runner: runs .case files against the dispatcher, in process; run_case.h tells how they are written. */
#include <stdio.h>

#include "base/log.h"
#include "base/rand.h"
#include "jobs/image.h"
#include "run_case.h"
#include "run_permissions.h"

static const char usage[] =
    "usage: case-runner [--db postgres://… | --http http://…] [--unreached FILE] FILE.case …\n"
    "       case-runner [--db postgres://…] --permissions FILE\n"
    "  --db         runs on this database, whose public schema is dropped for each file;\n"
    "               else each file has a SQLite database of its own in a temporary folder\n"
    "  --http       calls a running `taut dev --seed tests/fixture.json`, one file for each start of it; no events, "
    "no\n"
    "               costs, no planned failures\n"
    "  --unreached  fails for results that no case reaches and FILE does not excuse\n"
    "  --permissions  calls every method as every kind of actor, as FILE says (run_permissions.h)\n";

struct options {
    struct str db_url, http_url;
    const char *unreached, *permissions;
    char **files;
    int n_files;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    int i = 1;

    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (!strcmp(argv[i], "--db"))
            o->db_url = str_c(argv[i + 1]);
        else if (!strcmp(argv[i], "--http"))
            o->http_url = str_c(argv[i + 1]);
        else if (!strcmp(argv[i], "--unreached"))
            o->unreached = argv[i + 1];
        else if (!strcmp(argv[i], "--permissions"))
            o->permissions = argv[i + 1];
        else
            return false;
    }
    o->files = argv + i;
    o->n_files = argc - i;
    return (o->permissions ? o->n_files == 0 && !o->unreached : o->n_files > 0 && o->files[0][0] != '-') &&
           (!o->http_url.n || (str_starts(o->http_url, S("http://")) && !o->db_url.n && o->n_files == 1)) &&
           (!o->db_url.n || str_starts(o->db_url, S("postgres://")) || str_starts(o->db_url, S("postgresql://")));
}

static void run_cases(const struct options *o, struct report *r)
{
    struct reach *reach = reach_new();

    for (int i = 0; i < o->n_files; i++)
        case_run(o->files[i], o->http_url.n ? o->http_url : o->db_url, r, reach);
    if (o->unreached)
        r->failed += reach_report(reach, o->unreached);
    reach_free(reach);
}

int main(int argc, char **argv)
{
    struct options o = {0};
    struct report r = {0};

    if (argc > 1 && !strcmp(argv[1], IMAGE_COMMAND))
        return image_main(argc - 2, argv + 2);
    if (!read_options(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    rand_init();
    log_set_level(LOG_ERROR);
    if (o.permissions)
        permissions_run(o.permissions, o.db_url, &r);
    else
        run_cases(&o, &r);
    printf("%d passed, %d failed\n", r.passed, r.failed);
    return r.failed ? 1 : 0;
}
