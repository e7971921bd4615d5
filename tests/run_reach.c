#include "run_reach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "methods.h"

enum { LINE_MAX_BYTES = 1000 };

struct reach {
    bool (*seen)[ERRORS_N];    /* by method, as in methods[] */
    bool (*excused)[ERRORS_N]; /* by the file */
};

struct reach *reach_new(void)
{
    struct reach *reach = calloc(1, sizeof(*reach));

    if (!reach)
        abort();
    reach->seen = calloc((size_t)methods_n, sizeof(*reach->seen));
    reach->excused = calloc((size_t)methods_n, sizeof(*reach->excused));
    if (!reach->seen || !reach->excused)
        abort();
    return reach;
}

void reach_free(struct reach *reach)
{
    free(reach->seen);
    free(reach->excused);
    free(reach);
}

void reach_mark(struct reach *reach, struct str method, enum err result)
{
    const struct method *m = method_find(method);

    if (m && result < ERRORS_N)
        reach->seen[m - methods][result] = true;
}

static bool find_result(const struct method *m, struct str name, enum err *out)
{
    if (str_eq(name, S("ok"))) {
        *out = OK;
        return true;
    }
    for (int i = 0; i < m->n_errors; i++)
        if (str_eq(str_c(err_name(m->errors[i])), name)) {
            *out = m->errors[i];
            return true;
        }
    return false;
}

/* NULL, or what is wrong with the line. */
static const char *read_line(const struct reach *reach, struct str line)
{
    struct str method, result;
    const struct method *m;
    enum err e;

    str_cut(&line, ' ', &method);
    str_cut(&line, ':', &result);
    m = method_find(method);
    if (!m)
        return "no such method";
    if (!find_result(m, str_trim(result), &e))
        return "the method does not declare this result";
    if (!str_trim(line).n)
        return "the reason is missing";
    if (reach->excused[m - methods][e])
        return "stands here twice";
    reach->excused[m - methods][e] = true;
    return reach->seen[m - methods][e] ? "a case reaches it: take this line away" : NULL;
}

static int read_file(const struct reach *reach, const char *path)
{
    char line[LINE_MAX_BYTES];
    FILE *f = fopen(path, "r");
    int faults = 0;

    if (!f) {
        printf("%s: %s\n", path, strerror(errno));
        return 1;
    }
    for (int n = 1; fgets(line, sizeof(line), f); n++) {
        struct str text = str_trim(str_c(line));
        const char *fault = text.n && text.p[0] != '#' ? read_line(reach, text) : NULL;
        if (!fault)
            continue;
        printf("%s:%d: %s: %.*s\n", path, n, fault, STR_FMT(text));
        faults++;
    }
    fclose(f);
    return faults;
}

static int tell_missing(const struct reach *reach, int method, enum err e)
{
    if (reach->seen[method][e] || reach->excused[method][e])
        return 0;
    printf("no case reaches: %s %s\n", methods[method].name, err_name(e));
    return 1;
}

int reach_report(const struct reach *reach, const char *path)
{
    int faults = read_file(reach, path);

    for (int i = 0; i < methods_n; i++) {
        faults += tell_missing(reach, i, OK);
        for (int k = 0; k < methods[i].n_errors; k++)
            faults += tell_missing(reach, i, methods[i].errors[k]);
    }
    return faults;
}
