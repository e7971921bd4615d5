/* application/x-www-form-urlencoded */
#include "own.h"

static bool stands_for_itself(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._*", c);
}

static void put_encoded(struct buf *b, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";

    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        char escaped[3] = {'%', hex[*p >> 4], hex[*p & 15]};
        if (stands_for_itself(*p))
            buf_char(b, (char)*p);
        else if (*p == ' ')
            buf_char(b, '+');
        else
            buf_put(b, escaped, sizeof(escaped));
    }
}

void form_put(struct buf *b, const char *name, const char *value)
{
    if (b->n)
        buf_char(b, '&');
    put_encoded(b, name);
    buf_char(b, '=');
    put_encoded(b, value);
}
