#include "errors.h"

#include <string.h>

#include <taut/errors.h>

enum { FIRST_CODE = 100 };

static const struct error_row *row(enum taut_error e)
{
    int i = (int)e;

    if (i >= 0 && i < error_own_n)
        return &error_own[i];
    return i >= FIRST_CODE && i < FIRST_CODE + error_codes_n ? &error_codes[i - FIRST_CODE] : NULL;
}

const char *taut_error_name(enum taut_error e)
{
    return row(e) ? row(e)->name : "other";
}

const char *taut_error_doc(enum taut_error e)
{
    return row(e) ? row(e)->doc : "";
}

enum taut_error taut_error_find(const char *name)
{
    int low = 0, high = error_codes_n;

    while (low < high) {
        int mid = (low + high) / 2, c = strcmp(error_codes[mid].name, name);
        if (c == 0)
            return (enum taut_error)(FIRST_CODE + mid);
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return TAUT_OTHER;
}

const char *taut_error_code(int i)
{
    return i >= 0 && i < error_codes_n ? error_codes[i].name : NULL;
}
