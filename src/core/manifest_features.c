/* A manifest's features: bot, home, commands, shortcuts, previews. */
#include "base/utf8.h"
#include "core/manifest_reader.h"

enum {
    COMMANDS_MAX = 50,
    SHORTCUTS_MAX = 10,
    DOMAINS_MAX = 5,
    BOT_NAME_MAX = 80,
    COMMAND_MAX = 32,
    DESCRIPTION_MAX = 2000,
    USAGE_MAX = 1000,
    SHORTCUT_NAME_MAX = 24,
    CALLBACK_MAX = 255,
    SHORTCUT_DESCRIPTION_MAX = 150,
    ASSISTANT_DESCRIPTION_MAX = 300,
    PROMPTS_MAX = 4,
    PROMPT_MAX = 3000,
};

/* "/remind-me": what comes behind the slash has no blanks, no capitals and no further slash. */
static bool is_command(struct str command)
{
    if (command.n < 2 || command.p[0] != '/')
        return false;
    for (size_t i = 1; i < command.n; i++) {
        unsigned char ch = (unsigned char)command.p[i];
        if (ch <= ' ' || ch == '/' || ch == 0x7f || (ch >= 'A' && ch <= 'Z'))
            return false;
    }
    return true;
}

static void read_command(struct manifest_reader *r, const struct place *at, struct manifest_command *out)
{
    struct place name;

    if (!reader_is_object(r, at, "command url description usage_hint should_escape"))
        return;
    name = reader_at(r, at, "command");
    out->command = reader_text(r, at, "command", 1, COMMAND_MAX);
    if (out->command.n && !is_command(out->command)) {
        reader_fault(r, &name, "invalid_command", "begins with / and has no blanks or capitals");
        out->command = S("");
    }
    out->description = reader_text(r, at, "description", 1, DESCRIPTION_MAX);
    out->usage_hint = reader_text(r, at, "usage_hint", 0, USAGE_MAX);
    out->url = reader_url(r, at, "url");
    out->should_escape = reader_flag(r, at, "should_escape");
}

static void read_commands(struct manifest_reader *r, const struct place *features, struct manifest *m)
{
    struct place list = reader_list(r, features, "slash_commands", COMMANDS_MAX), item = {0};
    struct manifest_command *commands = ARENA_ARRAY(r->a, struct manifest_command, list.json ? list.json->count : 0);
    int i = 0;

    m->commands = commands;
    while (reader_next(r, &list, &i, &item)) {
        struct manifest_command *command = &commands[m->n_commands];
        *command = (struct manifest_command){0};
        read_command(r, &item, command);
        for (int k = 0; k < m->n_commands && command->command.n; k++)
            if (str_eq(commands[k].command, command->command)) {
                reader_fault(r, &item, "duplicate_command", "another one has this name");
                command->command = S("");
            }
        m->n_commands += command->command.n > 0;
    }
}

static void read_shortcut(struct manifest_reader *r, const struct place *at, struct manifest_shortcut *out)
{
    struct place type_at, name_at;
    struct str type;

    if (!reader_is_object(r, at, "type name callback_id description"))
        return;
    type_at = reader_at(r, at, "type");
    name_at = reader_at(r, at, "name");
    type = reader_text(r, at, "type", 1, 100);
    if (type.n && !str_eq(type, S("global")) && !str_eq(type, S("message")))
        reader_fault(r, &type_at, "invalid_value", "is global or message");
    out->is_message = str_eq(type, S("message"));
    out->name = reader_text(r, at, "name", 1, CALLBACK_MAX);
    if (utf8_count(out->name) > SHORTCUT_NAME_MAX)
        reader_hint(r, &name_at, "string_too_long", "people see %d characters of it", SHORTCUT_NAME_MAX);
    out->callback_id = reader_text(r, at, "callback_id", 1, CALLBACK_MAX);
    out->description = reader_text(r, at, "description", 1, SHORTCUT_DESCRIPTION_MAX);
}

static void read_shortcuts(struct manifest_reader *r, const struct place *features, struct manifest *m)
{
    struct place list = reader_list(r, features, "shortcuts", SHORTCUTS_MAX), item = {0};
    struct manifest_shortcut *shortcuts = ARENA_ARRAY(r->a, struct manifest_shortcut, list.json ? list.json->count : 0);
    int i = 0;

    m->shortcuts = shortcuts;
    while (reader_next(r, &list, &i, &item)) {
        struct manifest_shortcut *shortcut = &shortcuts[m->n_shortcuts];
        *shortcut = (struct manifest_shortcut){0};
        read_shortcut(r, &item, shortcut);
        for (int k = 0; k < m->n_shortcuts && shortcut->callback_id.n; k++)
            if (str_eq(shortcuts[k].callback_id, shortcut->callback_id)) {
                reader_fault(r, &item, "duplicate_callback_id", "another one has this callback_id");
                shortcut->callback_id = S("");
            }
        m->n_shortcuts += shortcut->callback_id.n > 0 && shortcut->name.n > 0;
    }
}

static void read_prompts(struct manifest_reader *r, const struct place *view)
{
    struct place list = reader_list(r, view, "suggested_prompts", PROMPTS_MAX), item = {0};
    int i = 0;

    while (reader_next(r, &list, &i, &item))
        if (reader_is_object(r, &item, "title message")) {
            reader_text(r, &item, "title", 1, PROMPT_MAX);
            reader_text(r, &item, "message", 1, PROMPT_MAX);
        }
}

static void read_assistant(struct manifest_reader *r, const struct place *features, struct manifest *m)
{
    struct place view = reader_object(r, features, "assistant_view", "assistant_description suggested_prompts");
    struct place agent = reader_object(r, features, "agent_view", "agent_description suggested_prompts actions");

    m->assistant = view.json || agent.json;
    reader_text(r, &view, "assistant_description", 1, ASSISTANT_DESCRIPTION_MAX);
    reader_text(r, &agent, "agent_description", 0, ASSISTANT_DESCRIPTION_MAX);
    read_prompts(r, &view);
    read_prompts(r, &agent);
}

static void read_home(struct manifest_reader *r, const struct place *features, struct manifest *m)
{
    struct place home =
        reader_object(r, features, "app_home", "home_tab_enabled messages_tab_enabled messages_tab_read_only_enabled");

    m->home_tab = reader_flag(r, &home, "home_tab_enabled");
    m->messages_tab = reader_flag(r, &home, "messages_tab_enabled");
    m->messages_read_only = reader_flag(r, &home, "messages_tab_read_only_enabled");
}

/* "example.com": no scheme, no path. */
static bool is_domain(struct str domain)
{
    for (size_t i = 0; i < domain.n; i++)
        if ((unsigned char)domain.p[i] <= ' ' || strchr("/:?#@\\", domain.p[i]))
            return false;
    return domain.n && domain.p[0] != '.';
}

static void read_domains(struct manifest_reader *r, const struct place *features, struct manifest *m)
{
    struct place at = reader_at(r, features, "unfurl_domains");

    m->unfurl_domains = reader_texts(r, features, "unfurl_domains", DOMAINS_MAX);
    for (int i = 0; i < m->unfurl_domains.n; i++)
        if (!is_domain(m->unfurl_domains.v[i]))
            reader_fault(r, &at, "invalid_domain", "'%.*s' is no domain", STR_FMT(m->unfurl_domains.v[i]));
}

void manifest_features(struct manifest_reader *r, const struct place *root, struct manifest *m)
{
    struct place features = reader_object(r, root, "features",
                                          "agent_view app_home assistant_view bot_user shortcuts slash_commands "
                                          "unfurl_domains workflow_steps");
    struct place bot = reader_object(r, &features, "bot_user", "display_name always_online");
    struct place steps = reader_at(r, &features, "workflow_steps");

    m->bot_name = reader_text(r, &bot, "display_name", 1, BOT_NAME_MAX);
    m->always_online = reader_flag(r, &bot, "always_online");
    read_home(r, &features, m);
    read_assistant(r, &features, m);
    read_commands(r, &features, m);
    read_shortcuts(r, &features, m);
    read_domains(r, &features, m);
    if (steps.json)
        reader_hint(r, &steps, "not_supported", "this server has no workflow steps");
}
