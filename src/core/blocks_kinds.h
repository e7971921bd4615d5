/* What Block Kit knows, as data: kinds of objects and their fields. */
#ifndef TAUT_CORE_BLOCKS_KINDS_H
#define TAUT_CORE_BLOCKS_KINDS_H

#include "base/str.h"

enum field_type {
    FIELD_STRING,
    FIELD_MRKDWN, /* text with markup: stored like message text */
    FIELD_PLAIN,  /* text without: stored escaped */
    FIELD_URL,
    FIELD_DATE,    /* 2024-12-31 */
    FIELD_TIME,    /* 23:59 */
    FIELD_NUMERAL, /* a number written as a string */
    FIELD_BOOL,
    FIELD_INT,
    FIELD_NUMBER,
    FIELD_WORD,    /* one of `words` */
    FIELD_WORDS,   /* an array of them */
    FIELD_STRINGS, /* an array of strings */
    FIELD_ONE,     /* an object of one of the kinds `of` */
    FIELD_MANY,    /* an array of such */
    FIELD_ROWS,    /* an array of arrays of such, `cells` at most in each */
};

struct block_kind;

struct block_field {
    struct str name;
    enum field_type type;
    bool required;
    int min, max; /* characters, items, or the number itself; max 0: no limit */
    const struct block_kind *const *of;
    int chars; /* most characters of the text objects in `of`; 0: TEXT_MAX_CHARS */
    int cells;
    const char *words;  /* separated by blanks */
    const char *preset; /* JSON that is written when the field is absent */
    bool ids;           /* these are blocks: each gets a block_id */
};

enum { TEXT_MAX_CHARS = 3000, SHARED_FIELDS = 7 };

/* Fields that many kinds share; bits in this order. */
enum {
    HAS_BLOCK_ID = 1,
    HAS_ACTION_ID = 2,
    HAS_CONFIRM = 4,
    HAS_FOCUS = 8,
    HAS_PLACEHOLDER = 16,
    HAS_DISPATCH = 32,
    HAS_STYLE = 64,
};
extern const struct block_field block_shared_fields[SHARED_FIELDS];

/* Where blocks are shown. */
enum { SURFACE_MESSAGE = 1, SURFACE_MODAL = 2, SURFACE_HOME = 4 };

struct block_kind {
    const char *type;                 /* what its "type" says; NULL: it has none */
    const struct block_field *fields; /* the last one has no name */
    unsigned has;
    unsigned only;       /* the surfaces that have it; 0: all */
    const char *some_of; /* names separated by blanks: at least one must be there */
    const char *one_of;  /* exactly one */
};

/* All blocks, and the views that hold them; both end with NULL. */
extern const struct block_kind *const block_kinds[];
extern const struct block_kind *const block_view_kinds[];

#endif
