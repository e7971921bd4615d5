/* `taut methods` and `taut explain`: the catalogue, without a server. */
#include <stdio.h>
#include <string.h>
#include <taut/taut.h>

#include "methods.h"
#include "problem.h"
#include "words.h"

int methods_main(int argc, char **argv)
{
    int n = 0;

    if (argc > 0 && strncmp(argv[0], "-", 1) == 0) {
        puts("usage: taut methods [WORD]\n\nLists the methods whose name holds WORD, or all.");
        return strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 ? EXIT_OK : EXIT_USAGE;
    }
    for (int i = 0; i < cli_methods_n; i++)
        if (argc == 0 || strcasestr(cli_methods[i].name, argv[0])) {
            printf("%-40s %s\n", cli_methods[i].name, cli_methods[i].summary);
            n++;
        }
    return n ? EXIT_OK : problem(EXIT_NOT_FOUND, "no method's name holds '%s'; 'taut methods' lists all.", argv[0]);
}

/* Does the list hold this word? */
static bool holds(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = list; (p = strstr(p, word)); p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
            return true;
    return false;
}

int explain_main(int argc, char **argv)
{
    struct nearest near = {.word = argc > 0 ? argv[0] : ""};
    enum taut_error e = argc == 1 ? taut_error_find(argv[0]) : TAUT_OTHER;
    const char *doc = taut_error_doc(e);
    int n = 0;

    if (argc != 1 || argv[0][0] == '-') {
        puts("usage: taut explain CODE\n\nTells what an error code of the API means, and which methods answer it.");
        return argc == 1 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) ? EXIT_OK : EXIT_USAGE;
    }
    for (int i = 0; taut_error_code(i); i++)
        nearest_offer(&near, taut_error_code(i));
    if (e == TAUT_OTHER)
        return problem_word("error code", argv[0], near.best, "'taut METHOD --help' lists those of a method");
    printf("%s: %s\n", argv[0], *doc ? doc : "Slack has it; this server has no use for it");
    for (int i = 0; i < cli_methods_n; i++)
        if (holds(cli_methods[i].errors, argv[0]))
            printf(n++ ? " %s" : "Answered by: %s", cli_methods[i].name);
    puts(n ? "" : "Any method may answer it.");
    return EXIT_OK;
}
