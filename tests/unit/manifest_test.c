/* Manifests: what is read from them, and where their faults are. */
#include "base/arena.h"
#include "check.h"
#include "core/manifest.h"

static struct arena *a;

/* The faults and hints of a manifest, "code pointer" each, hints with a question mark. */
static struct str faults_of(const char *text)
{
    const struct manifest_fault *f;
    struct manifest m;
    struct buf b = buf_in(a, 1 << 16);

    manifest_check(a, str_c(text), &m, &f);
    for (; f; f = f->next)
        buf_printf(&b, "%s%s%s %.*s", b.n ? "; " : "", f->is_hint ? "?" : "", f->code, STR_FMT(f->pointer));
    return buf_view(&b);
}

static void full(void)
{
    static const char text[] =
        "{\"_metadata\":{\"major_version\":2},\"display_information\":{\"name\":\" Poll "
        "\",\"description\":\"Asks.\",\"background_color\":\"#0a0\"},"
        "\"features\":{\"bot_user\":{\"display_name\":\"Poll Bot\",\"always_online\":true},"
        "\"app_home\":{\"home_tab_enabled\":true,\"messages_tab_enabled\":true,\"messages_tab_read_only_enabled\":"
        "false},"
        "\"slash_commands\":[{\"command\":\"/poll\",\"url\":\"https://a.example/c\",\"description\":\"Asks\","
        "\"usage_hint\":\"what\",\"should_escape\":true},{\"command\":\"/vote\",\"description\":\"Votes\",\"url\":"
        "\"http://a.example/v\"}],"
        "\"shortcuts\":[{\"type\":\"message\",\"name\":\"Poll this\",\"callback_id\":\"p\",\"description\":\"d\"},"
        "{\"type\":\"global\",\"name\":\"Poll\",\"callback_id\":\"g\",\"description\":\"d\"}],"
        "\"unfurl_domains\":[\"a.example\"]},"
        "\"oauth_config\":{\"redirect_urls\":[\"https://a.example/cb\"],\"scopes\":{\"bot\":[\"chat:write\","
        "\"commands\",\"commands\",\"app_mentions:read\"],\"user\":[\"search:read\"]}},"
        "\"settings\":{\"event_subscriptions\":{\"request_url\":\"https://a.example/e\",\"bot_events\":[\"app_mention\""
        "]},\"interactivity\":{\"is_enabled\":true,\"request_url\":\"https://a.example/i\","
        "\"message_menu_options_url\":\"https://a.example/o\"},\"token_rotation_enabled\":true}}";
    struct manifest m;

    CHECK(str_eq(faults_of(text), S("")));
    CHECK(manifest_read(a, str_c(text), &m));
    CHECK(str_eq(m.name, S("Poll")) && str_eq(m.bot_name, S("Poll Bot")) && str_eq(m.description, S("Asks.")));
    CHECK(str_eq(m.bot_scopes, S("chat:write,commands,app_mentions:read")) && str_eq(m.user_scopes, S("search:read")));
    CHECK(m.redirect_urls.n == 1 && m.bot_events.n == 1 && m.unfurl_domains.n == 1);
    CHECK(m.home_tab && m.messages_tab && !m.messages_read_only && m.always_online && !m.assistant);
    CHECK(m.interactive && !m.socket_mode && m.token_rotation && !m.org_deploy);
    CHECK(str_eq(m.event_url, S("https://a.example/e")) && str_eq(m.interactivity_url, S("https://a.example/i")) &&
          str_eq(m.options_url, S("https://a.example/o")));
    CHECK(m.n_commands == 2 && str_eq(m.commands[0].command, S("/poll")) && m.commands[0].should_escape &&
          str_eq(m.commands[0].usage_hint, S("what")) && str_eq(m.commands[1].url, S("http://a.example/v")) &&
          !m.commands[1].should_escape);
    CHECK(m.n_shortcuts == 2 && m.shortcuts[0].is_message && !m.shortcuts[1].is_message &&
          str_eq(m.shortcuts[1].callback_id, S("g")) && str_eq(m.shortcuts[0].name, S("Poll this")));
}

/* What was taken once is read on, without what is wrong in it. */
static void old(void)
{
    struct manifest m;

    CHECK(manifest_read(a, S(""), &m) && m.name.n == 0);
    CHECK(!manifest_read(a, S("[]"), &m) && !manifest_read(a, S("{"), &m));
    CHECK(
        manifest_read(a,
                      S("{\"display_information\":{\"name\":\"x\"},\"features\":{\"slash_commands\":[{},{\"command\":"
                        "\"/a\"}]},\"settings\":{\"event_subscriptions\":{\"bot_events\":[\"app_mention\",\"no\"]}}}"),
                      &m));
    CHECK(str_eq(m.name, S("x")) && m.n_commands == 1 && m.bot_events.n == 1);
}

#define DISPLAY "\"display_information\":{\"name\":\"x\"}"

static const struct {
    const char *text, *faults;
} wrong[] = {
    {"{" DISPLAY "}", ""},
    {"[]", "invalid_json "},
    {"{\"a\":", "invalid_json "},
    {"{}", "missing_required_property /display_information"},
    {"{\"display_information\":7}", "invalid_type /display_information"},
    {"{\"display_information\":{}}", "missing_required_property /display_information/name"},
    {"{\"display_information\":{\"name\":\"\"}}", "string_too_short /display_information/name"},
    {"{\"display_information\":{\"name\":\" \"}}", "string_too_short /display_information/name"},
    {"{\"display_information\":{\"name\":7}}", "invalid_type /display_information/name"},
    {"{\"display_information\":{\"name\":\"123456789012345678901234567890123456\"}}",
     "string_too_long /display_information/name"},
    {"{\"display_information\":{\"name\":\"x\",\"long_description\":\"short\",\"background_color\":\"red\"}}",
     "string_too_short /display_information/long_description; invalid_color /display_information/background_color"},
    {"{" DISPLAY ",\"_metadata\":{\"major_version\":3}}", "invalid_value /_metadata/major_version"},
    {"{" DISPLAY ",\"a/b~c\":1}", "?unknown_property /a~1b~0c"},
    {"{" DISPLAY ",\"functions\":{}}", ""},
    {"{" DISPLAY ",\"functions\":[]}", "invalid_type /functions"},
    {"{" DISPLAY
     ",\"functions\":{\"a\":{\"title\":\"A\",\"input_parameters\":{\"x\":{\"type\":\"string\",\"is_required\":true}},"
     "\"output_parameters\":{\"properties\":{\"y\":{\"type\":\"number\"}},\"required\":[\"y\"]}}}}",
     ""},
    {"{" DISPLAY ",\"functions\":{\"a/b\":{\"input_parameters\":[],\"output_parameters\":{\"x\":{},\"y\":7}},\"c\":7}}",
     "missing_required_property /functions/a~1b/title; invalid_type /functions/a~1b/input_parameters; "
     "missing_required_property /functions/a~1b/output_parameters/x/type; invalid_type "
     "/functions/a~1b/output_parameters/y; invalid_type /functions/c"},
    {"{" DISPLAY ",\"features\":[]}", "invalid_type /features"},
    {"{" DISPLAY ",\"features\":{\"bot_user\":{},\"assistant_view\":{},\"app_home\":{\"home_tab_enabled\":\"yes\"}}}",
     "missing_required_property /features/bot_user/display_name; invalid_type /features/app_home/home_tab_enabled; "
     "missing_required_property /features/assistant_view/assistant_description"},
    {"{" DISPLAY ",\"features\":{\"unfurl_domains\":[\"https://a.example\"]}}",
     "invalid_domain /features/unfurl_domains"},
    {"{" DISPLAY ",\"features\":{\"unfurl_domains\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]}}",
     "too_many_items /features/unfurl_domains"},
    {"{" DISPLAY
     ",\"features\":{\"slash_commands\":[7,{\"command\":\"poll\",\"description\":\"d\",\"url\":\"http://a\"},"
     "{\"command\":\"/p\",\"url\":\"ftp://a\"}]},\"oauth_config\":{\"scopes\":{\"bot\":[\"commands\"]}}}",
     "invalid_type /features/slash_commands/0; invalid_command /features/slash_commands/1/command; "
     "missing_required_property /features/slash_commands/2/description; invalid_url "
     "/features/slash_commands/2/url"},
    {"{" DISPLAY ",\"features\":{\"slash_commands\":[{\"command\":\"/p\",\"description\":\"d\",\"url\":\"http://a\"},"
     "{\"command\":\"/p\",\"description\":\"d\"}]}}",
     "duplicate_command /features/slash_commands/1; ?missing_scope /features; missing_required_property "
     "/features/slash_commands/1/url"},
    {"{" DISPLAY ",\"features\":{\"slash_commands\":[{\"command\":\"/p\",\"description\":\"d\"}]},\"oauth_config\":{"
     "\"scopes\":{\"bot\":[\"commands\"]}},\"settings\":{\"socket_mode_enabled\":true}}",
     ""},
    {"{" DISPLAY
     ",\"features\":{\"shortcuts\":[{\"type\":\"other\",\"name\":\"n\",\"callback_id\":\"c\",\"description\""
     ":\"d\"},{\"type\":\"global\",\"name\":\"1234567890123456789012345\",\"callback_id\":\"c\",\"description\":\"d\"}]"
     "},\"oauth_config\":{\"scopes\":{\"bot\":[\"commands\"]}}}",
     "invalid_value /features/shortcuts/0/type; ?string_too_long /features/shortcuts/1/name; duplicate_callback_id "
     "/features/shortcuts/1; ?missing_interactivity /settings/interactivity"},
    {"{" DISPLAY ",\"oauth_config\":{\"redirect_urls\":[\"javascript:1\"],\"scopes\":{\"bot\":[\"no:such\","
     "\"search:read\"],\"user\":[\"chat:write.customize\"]}}}",
     "invalid_url /oauth_config/redirect_urls; illegal_bot_scopes /oauth_config/scopes/bot; illegal_bot_scopes "
     "/oauth_config/scopes/bot; illegal_user_scopes /oauth_config/scopes/user"},
    {"{" DISPLAY ",\"oauth_config\":{\"scopes\":{\"bot\":\"chat:write\"}}}", "invalid_type /oauth_config/scopes/bot"},
    {"{" DISPLAY ",\"settings\":{\"event_subscriptions\":{\"bot_events\":[\"app_mention\",\"nothing\"]}}}",
     "illegal_events /settings/event_subscriptions/bot_events; missing_request_url /settings/event_subscriptions; "
     "?missing_scope /settings/event_subscriptions/bot_events"},
    {"{" DISPLAY ",\"settings\":{\"event_subscriptions\":{\"bot_events\":\"x\"}}}",
     "invalid_type /settings/event_subscriptions/bot_events"},
    {"{" DISPLAY ",\"settings\":{\"interactivity\":{\"request_url\":\"http://a\"}}}",
     "missing_required_property /settings/interactivity/is_enabled"},
    {"{" DISPLAY ",\"settings\":{\"interactivity\":{\"is_enabled\":true}}}",
     "missing_request_url /settings/interactivity"},
    {"{" DISPLAY ",\"settings\":{\"interactivity\":{\"is_enabled\":true},\"socket_mode_enabled\":true}}", ""},
    {"{" DISPLAY ",\"settings\":{\"allowed_ip_address_ranges\":[\"10.0.0.0/8\",\"2001:db8::/32\",\"::1\"]}}", ""},
    {"{" DISPLAY ",\"settings\":{\"allowed_ip_address_ranges\":[\"10.0.0.0/33\"]}}",
     "invalid_ip_address_range /settings/allowed_ip_address_ranges"},
};

static void faults(void)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct str got = faults_of(wrong[i].text);
        if (!str_eq(got, str_c(wrong[i].faults)))
            fprintf(stderr, "%s\n  got  %.*s\n  want %s\n", wrong[i].text, STR_FMT(got), wrong[i].faults);
        CHECK(str_eq(got, str_c(wrong[i].faults)));
    }
}

/* What is wrong costs no more than the manifest: many unknown keys behind a long name, and many faults. */
static void bounded(void)
{
    struct arena *own = arena_new(1 << 14);
    const struct manifest_fault *fault;
    struct buf b = buf_in(a, 1 << 20);
    struct manifest m;
    int n = 0;

    buf_str(&b, S("{" DISPLAY ",\"functions\":{\""));
    for (int i = 0; i < 20000; i++)
        buf_char(&b, 'f');
    buf_str(&b, S("\":{\"title\":\"t\""));
    for (int i = 0; i < 2000; i++)
        buf_printf(&b, ",\"k%d\":1", i);
    buf_str(&b, S("},\"f\":{\"title\":\"t\""));
    for (int i = 0; i < 2000; i++)
        buf_printf(&b, ",\"k%d\":1", i);
    buf_str(&b, S("}},\"oauth_config\":{\"scopes\":{\"bot\":[\"none\""));
    for (int i = 0; i < 200; i++)
        buf_str(&b, S(",\"none\""));
    buf_str(&b, S("]}}}"));
    CHECK(!manifest_check(own, buf_view(&b), &m, &fault) && m.n_functions == 1);
    CHECK(arena_used(own) < (4 << 20));
    for (; fault; fault = fault->next)
        n++;
    CHECK(n == 200);
    arena_free(own);
}

int main(void)
{
    a = arena_new(1 << 14);
    full();
    old();
    faults();
    bounded();
    arena_free(a);
    return 0;
}
