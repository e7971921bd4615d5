#include "manual.h"

#include <stdio.h>
#include <string.h>

#include "settings.h"
#include "version.h"

/* Text of ours as roff: backslashes and a leading dot or quote mean something there, a hyphen is no minus. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
}

static void heading(const char *name)
{
    printf(".SH %s\n", name);
}

static void item(const char *term, const char *value, const char *doc)
{
    fputs(".TP\n\\fB", stdout);
    roff(term);
    fputs("\\fR", stdout);
    if (*value) {
        fputs(" \\fI", stdout);
        roff(value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    roff(doc);
    putchar('\n');
}

static void word(const char *name, const char *doc)
{
    item(name, "", doc);
}

static void paragraphs(void)
{
    puts(".TH TAUT 1 \"\" \"taut " TAUT_VERSION "\" \"User Commands\"\n"
         ".SH NAME\ntaut \\- team messaging that speaks the Slack Web API\n"
         ".SH SYNOPSIS\n.B taut\n.I COMMAND\n[\\fIflags\\fR]\n.br\n.B taut api\n.I METHOD\n[\\fIname\\fR=\\fIvalue\\fR "
         "...]\n.br\n"
         ".B taut\n.I FAMILY METHOD\n[\\fB\\-\\-name\\fR \\fIvalue\\fR ...]\n"
         ".SH DESCRIPTION\n"
         "One program is the server, its tools, and a client of any server that speaks the Slack Web API.\n"
         "Each command has \\fB\\-\\-help\\fR.");
}

static void settings(void)
{
    heading("SETTINGS");
    puts("A setting is a flag, \\fBTAUT_\\fINAME\\fR in the environment, or a line \\fIname\\fR = \\fIvalue\\fR of the "
         "config file, in\n"
         "this order of precedence. The commands that take it stand in brackets.");
    for (int i = 0; i < settings_n; i++) {
        const struct setting *s = &settings_table[i];
        char doc[1024], flag[64];
        int n = snprintf(doc, sizeof(doc), "%s", s->doc);
        if (s->preset[0])
            n += snprintf(doc + n, sizeof(doc) - (size_t)n, " (default %s)", s->preset);
        for (int c = 0, first = 1; c < COMMANDS_N && n < (int)sizeof(doc) - 32; c++)
            if (s->commands >> c & 1) {
                n += snprintf(doc + n, sizeof(doc) - (size_t)n, "%s%s", first ? " [" : " ", command_names[c]);
                first = 0;
            }
        snprintf(flag, sizeof(flag), "--%s", s->flag);
        strcat(doc, "]");
        item(flag, s->value_name, doc);
    }
}

static void the_rest(void)
{
    heading("ENVIRONMENT");
    word("SLACK_API_URL",
         "Where commands that talk to a server find it, with its /api/; default http://127.0.0.1:8065/api/.");
    word("TAUT_TOKEN, SLACK_TOKEN, SLACK_BOT_TOKEN, TAUT_BOT_TOKEN",
         "The token they call with: the first that is set.");
    word("TAUT_APP_TOKEN, SLACK_APP_TOKEN", "The app's token, for taut tail --socket.");
    word("SSL_CERT_FILE", "Certificates to trust instead of the system's, for commands that talk to a server.");
    heading("EXIT STATUS");
    word("0", "It is done.");
    word("1", "It failed; a sentence on standard error says why.");
    word("2", "It was asked for wrongly.");
    word("3", "There is no such thing: the code ends in _not_found.");
    word("4", "There is no token, or it may not do this.");
    word("5", "It is so already, or cannot be so now: already_…, is_archived, not_in_channel.");
    word("69", "No server answers.");
    word("75", "Too many calls; later.");
    word("130", "It was interrupted.");
    heading("EXAMPLES");
    puts(".nf\ntaut serve --data-dir /var/lib/taut\n"
         "taut chat post-message --channel general --text 'It is out.'\n"
         "taut conversations list --all-pages --fields id,name,topic.value\n"
         "taut api conversations.history channel=C0GENERAL limit=5\n"
         "taut files upload --channels general --file report.pdf\n"
         "taut tail --channel general\n"
         "taut analytics get member yesterday -o members.json.gz\n.fi");
}

void manual_print(const struct cli_command *commands, int n)
{
    paragraphs();
    heading("SERVER COMMANDS");
    for (int i = 0; i < n; i++)
        word(commands[i].name, commands[i].doc);
    heading("CLIENT COMMANDS");
    cli_words(word);
    word("FAMILY METHOD", "Any method of the API, its arguments as flags: taut chat post-message, taut reactions add. "
                          "taut methods lists them; taut FAMILY METHOD --help tells the flags, scopes and errors.");
    settings();
    the_rest();
}
