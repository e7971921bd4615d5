/* taut: which command, and what there is. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "dev.h"
#include "jobs/image.h"
#include "version.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *doc;
} commands[] = {
    {"serve", serve_main, "serve a workspace; the first start makes it"},
    {"dev", dev_main, "serve a throw-away workspace with fixed ids and tokens, for tests of apps"},
    {"check", check_main, "tell what is wrong with a configuration, without serving"},
    {"user", user_main, "list, create, deactivate people, and set their roles"},
    {"token", token_main, "list, create and revoke tokens"},
    {"app", app_main, "list, create, install and delete apps"},
    {"workspace", workspace_main, "list and create workspaces of the organization"},
    {"field", field_main, "list, create and remove the custom fields of profiles"},
    {"demo", demo_main, "make up a company's activity, into an empty data folder"},
    {"ca", ca_main, "make a private certificate authority, for programs that know Slack's addresses alone"},
    {IMAGE_COMMAND, image_main, NULL}, /* what the server runs to decode images */
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static void usage(FILE *to)
{
    fputs("taut " TAUT_VERSION ": team messaging that speaks the Slack Web API\n\nusage: taut COMMAND …\n\n", to);
    for (int i = 0; i < COMMANDS; i++)
        if (commands[i].doc)
            fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].doc);
    fputs("\n'taut COMMAND --help' tells its settings.\n", to);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0) {
        puts("taut " TAUT_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return 0;
    }
    fprintf(stderr, "taut: there is no command '%s'; 'taut help' lists them.\n", argv[1]);
    return 2;
}
