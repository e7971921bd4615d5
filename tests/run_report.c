#include "run_report.h"

#include <stdarg.h>
#include <stdio.h>

void report_step(struct report *r, const char *file, int line)
{
    r->file = file;
    r->line = line;
    r->failing = false;
}

void report_step_end(struct report *r)
{
    if (r->failing)
        r->failed++;
    else
        r->passed++;
}

void report_fail(struct report *r, const char *fmt, ...)
{
    va_list ap;

    r->failing = true;
    printf("%s:%d: ", r->file, r->line);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}
