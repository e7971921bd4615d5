#include "methods.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 96 };

const char *method_words(const struct cli_method *m)
{
    static char words[NAME_MAX_BYTES * 2];
    bool family = true;
    size_t n = 0;

    for (const char *p = m->name; *p && n < sizeof(words) - 3; p++) {
        if (*p == '.') {
            words[n++] = family ? ' ' : '-';
            family = false;
        } else if (isupper((unsigned char)*p)) {
            /* getUploadURLExternal: get-upload-url-external */
            bool inside = isupper((unsigned char)p[-1]) && !islower((unsigned char)p[1]);
            if (!inside)
                words[n++] = '-';
            words[n++] = (char)tolower((unsigned char)*p);
        } else {
            words[n++] = *p;
        }
    }
    words[n] = '\0';
    return words;
}

/* Letters and digits alone count, in either case. */
static bool alike(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !isalnum((unsigned char)*a))
            a++;
        while (*b && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (!*a)
            return true;
    }
}

bool method_family(const char *name)
{
    size_t n = strlen(name);

    for (int i = 0; n && i < cli_methods_n; i++)
        if (strncmp(cli_methods[i].name, name, n) == 0 && cli_methods[i].name[n] == '.')
            return true;
    return false;
}

const struct cli_method *method_find(int n, char **words, int *took)
{
    char name[NAME_MAX_BYTES] = "";

    if (n < 1)
        return NULL;
    *took = strchr(words[0], '.') ? 1 : 2;
    if (*took == 1)
        snprintf(name, sizeof(name), "%s", words[0]);
    else if (n > 1)
        snprintf(name, sizeof(name), "%s.%s", words[0], words[1]);
    for (int i = 0; *name && i < cli_methods_n; i++)
        if (alike(cli_methods[i].name, name))
            return &cli_methods[i];
    return NULL;
}

const struct cli_arg *method_arg(const struct cli_method *m, const char *flag)
{
    for (int i = 0; i < m->n_args; i++)
        if (alike(m->args[i].name, flag))
            return &m->args[i];
    return NULL;
}
