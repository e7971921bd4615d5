/* core/markdown: standard Markdown as Slack's markup. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

#include "core/markdown.h"

static bool becomes(const char *markdown, const char *wanted)
{
    struct arena *a = arena_new(4096);
    struct str got = markdown_to_mrkdwn(a, str_c(markdown));
    bool same = str_eq(got, str_c(wanted));

    if (!same)
        fprintf(stderr, "%s -> %.*s, not %s\n", markdown, STR_FMT(got), wanted);
    arena_free(a);
    return same;
}

static void spans(void)
{
    CHECK(becomes("**bold** and __bold__", "*bold* and *bold*"));
    CHECK(becomes("*it* and _it_", "_it_ and _it_"));
    CHECK(becomes("**_both_** and _**both**_", "*_both_* and _*both*_"));
    CHECK(becomes("~~gone~~ ~stays~", "~gone~ ~stays~"));
    CHECK(becomes("`**code**` x", "`**code**` x"));
    CHECK(becomes("**a `**` b**", "*a `**` b*"));
    CHECK(becomes("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"));
    CHECK(becomes("**open, *open, `open, ~~open", "**open, *open, `open, ~~open"));
    CHECK(becomes("\\*not it\\* \\_", "*not it* _"));
    CHECK(becomes("**Jürgen** *日本*", "*Jürgen* _日本_"));
    CHECK(becomes("", ""));
}

/* Nothing but marks that open: looking for the end of each would never come to one. */
static void only_marks(void)
{
    static const char *const opening[] = {"[", "![", "*a ", "_a ", "~~a ", "`` ", "<a", "[](|"};
    enum { TIMES = 200000 };

    CHECK(becomes("****", "****"));
    for (size_t i = 0; i < sizeof(opening) / sizeof(*opening); i++) {
        size_t n = strlen(opening[i]);
        char *line = malloc(n * TIMES + 1);
        for (int k = 0; k < TIMES; k++)
            memcpy(line + n * (size_t)k, opening[i], n);
        line[n * TIMES] = '\0';
        CHECK(becomes(line, line));
        free(line);
    }
}

static void links(void)
{
    CHECK(becomes("[docs](https://a.example/x)", "<https://a.example/x|docs>"));
    CHECK(becomes("![cat](https://a.example/c.png \"A cat\")", "<https://a.example/c.png|cat>"));
    CHECK(becomes("[x] (y) [z](a|b) [](https://a.example)", "[x] (y) [z](a|b) <https://a.example>"));
    CHECK(becomes("<@U1> <https://a.example/_x_>", "<@U1> <https://a.example/_x_>"));
}

static void lines(void)
{
    CHECK(becomes("# Title #\ntext", "*Title*\ntext"));
    CHECK(becomes("####### seven\n#tag", "####### seven\n#tag"));
    CHECK(becomes("- one\n  * two\n+ three\n1. four", "• one\n  • two\n• three\n1. four"));
    CHECK(becomes("> quoted **b**", "> quoted *b*"));
    CHECK(becomes("```c\nint *p; // **no**\n```\n**yes**", "```\nint *p; // **no**\n```\n*yes*"));
    CHECK(becomes("```\nopen", "```\nopen\n```"));
}

int main(void)
{
    spans();
    only_marks();
    links();
    lines();
    return 0;
}
