/* taut: which command, and what there is. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "commands.h"
#include "dev.h"
#include "jobs/image.h"
#include "manual.h"
#include "settings.h"
#include "version.h"

static const struct word {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *doc;
    bool serves; /* its exit code tells how that ended, whatever became of its greeting */
} commands[] = {
    {"serve", serve_main, "serve a workspace; the first start makes it", true},
    {"dev", dev_main, "serve a throw-away workspace with fixed ids and tokens, for tests of apps", true},
    {"check", check_main, "tell what is wrong with a configuration, without serving", false},
    {"user", user_main, "list, create, deactivate people, and set their roles", false},
    {"token", token_main, "list, create and revoke tokens", false},
    {"app", app_main, "list, create, install and delete apps", false},
    {"workspace", workspace_main, "list and create workspaces of the organization", false},
    {"field", field_main, "list, create and remove the custom fields of profiles", false},
    {"demo", demo_main, "make up a company's activity, into an empty data folder", false},
    {"analytics verify", analytics_verify_main, "recount a closed day and compare it with its files", false},
    {"ca", ca_main, "make a private certificate authority, for programs that know Slack's addresses alone", false},
    {IMAGE_COMMAND, image_main, NULL, false}, /* what the server runs to decode images */
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

/* --- what all words are, for help, completion and the manual ------------------------------------------------------ */

/* The settings that the command takes, as flags. */
static void flags_of(const char *command, void (*put)(const char *flag, const char *doc))
{
    char flag[64];

    for (int c = 0; c < COMMANDS_N; c++)
        for (int i = 0; i < settings_n && strcmp(command_names[c], command) == 0; i++)
            if (settings_table[i].commands >> c & 1) {
                snprintf(flag, sizeof(flag), "--%s", settings_table[i].flag);
                put(flag, settings_table[i].doc);
            }
}

static int list_commands(struct cli_command list[COMMANDS])
{
    int n = 0;

    for (int i = 0; i < COMMANDS; i++) /* what stands behind a word of cli/, that word's own help tells */
        if (commands[i].doc && !strchr(commands[i].name, ' '))
            list[n++] = (struct cli_command){commands[i].name, commands[i].doc, flags_of};
    return n;
}

static FILE *help_to;

static void print_word(const char *name, const char *doc)
{
    fprintf(help_to, "  %-17s %s\n", name, doc);
}

static void usage(FILE *to)
{
    help_to = to;
    fputs("taut " TAUT_VERSION ": team messaging that speaks the Slack Web API\n\nusage: taut COMMAND …\n\n", to);
    fputs("A server and what it keeps:\n", to);
    for (int i = 0; i < COMMANDS; i++)
        if (commands[i].doc)
            print_word(commands[i].name, commands[i].doc);
    fputs("\nTalking to a server, with its address in SLACK_API_URL and a token in TAUT_TOKEN:\n", to);
    cli_words(print_word);
    print_word("FAMILY METHOD", "any method, with flags: taut chat post-message --channel general --text hi");
    fputs("\n'taut COMMAND --help' tells more.\n", to);
}

/* How many words the command's name is, when these are it: a word of ours may stand behind one of cli/. */
static int is_command(const char *name, int argc, char **argv)
{
    size_t n = strcspn(name, " ");

    if (strlen(argv[0]) != n || strncmp(argv[0], name, n) != 0)
        return 0;
    if (!name[n])
        return 1;
    return argc > 1 && strcmp(argv[1], name + n + 1) == 0 ? 2 : 0;
}

/* Who was to read it may rely on the exit code: a token that went to a full disk is not there. */
static int printed(int code)
{
    bool lost = ferror(stdout);

    lost |= fflush(stdout) != 0;
    if (!lost || code)
        return code;
    fputs("taut: not all of the output could be written.\n", stderr);
    return 1;
}

static int run(int argc, char **argv, bool *serves)
{
    struct cli_command list[COMMANDS];
    int n = list_commands(list);

    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    for (int i = 0; i < COMMANDS; i++) {
        int words = is_command(commands[i].name, argc - 1, argv + 1);
        if (words) {
            *serves = commands[i].serves;
            return commands[i].run(argc - 1 - words, argv + 1 + words);
        }
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("taut " TAUT_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], MANUAL_COMMAND) == 0) {
        manual_print(list, n);
        return 0;
    }
    return cli_main(argc - 1, argv + 1, list, n);
}

int main(int argc, char **argv)
{
    bool serves = false;
    int code = run(argc, argv, &serves);

    return serves ? code : printed(code);
}
