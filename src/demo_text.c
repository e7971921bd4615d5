/* Words for `taut demo`, and chance. */
#include <math.h>

#include "demo.h"

/* --- chance --------------------------------------------------------------------------------------------------- */

/* splitmix64, of Steele, Lea and Flood: "Fast splittable pseudorandom number generators", 2014. */
uint64_t demo_next(struct demo_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int demo_below(struct demo_random *r, int n)
{
    return (int)(demo_next(r) % (uint64_t)n);
}

double demo_part(struct demo_random *r)
{
    return (double)(demo_next(r) >> 11) * 0x1p-53;
}

bool demo_chance(struct demo_random *r, double p)
{
    return demo_part(r) < p;
}

/* Knuth's: good for the small means that an hour has. */
int demo_poisson(struct demo_random *r, double mean)
{
    double limit = exp(-mean), product = demo_part(r);
    int n = 0;

    while (product > limit && n < 1000) {
        product *= demo_part(r);
        n++;
    }
    return n;
}

int demo_rank(struct demo_random *r, int n)
{
    int i = (int)(exp(demo_part(r) * log((double)n + 1)) - 1);

    return i < n ? i : n - 1;
}

/* --- words ---------------------------------------------------------------------------------------------------- */

#define W(text)                                                                                                        \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }
#define COUNT(list) ((int)(sizeof(list) / sizeof(*(list))))

static const struct str words[] = {
    W("the"),       W("to"),       W("we"),        W("it"),       W("is"),      W("on"),       W("for"),
    W("and"),       W("that"),     W("this"),      W("can"),      W("with"),    W("done"),     W("today"),
    W("have"),      W("please"),   W("build"),     W("review"),   W("meeting"), W("customer"), W("release"),
    W("tomorrow"),  W("thanks"),   W("look"),      W("deploy"),   W("fixed"),   W("question"), W("team"),
    W("update"),    W("test"),     W("data"),      W("report"),   W("server"),  W("design"),   W("draft"),
    W("numbers"),   W("budget"),   W("invoice"),   W("launch"),   W("plan"),    W("ticket"),   W("branch"),
    W("merge"),     W("error"),    W("latency"),   W("backlog"),  W("roadmap"), W("hiring"),   W("candidate"),
    W("contract"),  W("shipping"), W("warehouse"), W("campaign"), W("pricing"), W("quarter"),  W("demo"),
    W("incident"),  W("pager"),    W("rollback"),  W("schema"),   W("index"),   W("cache"),    W("queue"),
    W("café"),      W("lunch"),    W("office"),    W("travel"),   W("holiday"), W("standup"),  W("retro"),
    W("sprint"),    W("spec"),     W("vendor"),    W("legal"),    W("privacy"), W("audit"),    W("backup"),
    W("migration"), W("forecast"), W("survey"),
};
static const struct str firsts[] = {
    W("Ada"),   W("Ben"),  W("Chloé"), W("Dmitri"), W("Elena"), W("Farid"),  W("Grace"), W("Hiro"),   W("Ines"),
    W("Jonas"), W("Kofi"), W("Lena"),  W("Mateo"),  W("Nadia"), W("Omar"),   W("Priya"), W("Quinn"),  W("Rosa"),
    W("Sven"),  W("Tara"), W("Uma"),   W("Vik"),    W("Wei"),   W("Ximena"), W("Yara"),  W("Zoltan"),
};
static const struct str lasts[] = {
    W("Abara"),  W("Brandt"), W("Costa"),  W("Dubois"), W("Eriksen"), W("Fischer"), W("Gupta"),
    W("Haddad"), W("Ivanov"), W("Jansen"), W("Kowal"),  W("Lopez"),   W("Meyer"),   W("Nguyen"),
    W("Okafor"), W("Park"),   W("Quist"),  W("Rossi"),  W("Silva"),   W("Tanaka"),  W("Ueda"),
    W("Varga"),  W("Weber"),  W("Xu"),     W("Yilmaz"), W("Zhang"),
};
static const struct str emoji[] = {
    W("thumbsup"), W("tada"), W("eyes"), W("white_check_mark"), W("heart"), W("joy"), W("rocket"),
    W("pray"),     W("wave"), W("fire"),
};
static const struct str topics[] = {
    W("team"),   W("project"),  W("help"),   W("ops"),     W("sales"),
    W("design"), W("announce"), W("social"), W("deploys"), W("support"),
};
static const struct str departments[] = {
    W("Engineering"), W("Product"), W("Sales"), W("Support"), W("Marketing"), W("Finance"), W("People"), W("Legal"),
};

struct str demo_word(struct demo_random *r)
{
    return words[demo_rank(r, COUNT(words))];
}

void demo_sentence(struct buf *b, struct demo_random *r)
{
    int n = 3 + demo_rank(r, 40);

    for (int i = 0; i < n; i++) {
        if (i)
            buf_char(b, ' ');
        buf_str(b, words[demo_below(r, COUNT(words))]);
    }
    buf_char(b, demo_chance(r, 0.2) ? '?' : '.');
}

struct str demo_first_name(int i)
{
    return firsts[i % COUNT(firsts)];
}

struct str demo_last_name(int i)
{
    return lasts[i / COUNT(firsts) % COUNT(lasts)];
}

struct str demo_emoji(struct demo_random *r)
{
    return emoji[demo_rank(r, COUNT(emoji))];
}

struct str demo_channel_name(struct arena *a, int i)
{
    return arena_printf(a, "%.*s-%d", STR_FMT(topics[i % COUNT(topics)]), i / COUNT(topics) + 1);
}

struct str demo_department(int i)
{
    return departments[i % COUNT(departments)];
}
