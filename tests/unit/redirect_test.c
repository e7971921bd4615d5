/* core/redirect and core/manifest: where people may be sent, and what an app may say of itself. */
#include "check.h"

#include "core/manifest.h"
#include "core/redirect.h"

static bool covers(const char *registered, const char *uri)
{
    return redirect_covers(str_c(registered), str_c(uri));
}

static void covered(void)
{
    CHECK(covers("https://a.example/cb", "https://a.example/cb"));
    CHECK(covers("https://a.example/cb", "https://a.example/cb/more?x=1"));
    CHECK(covers("https://a.example/cb", "https://a.example/cb?x=../y"));
    CHECK(covers("https://a.example/cb/", "https://a.example/cb"));
    CHECK(covers("https://a.example", "https://a.example/anything"));
    CHECK(covers("HTTPS://A.example/cb", "https://a.EXAMPLE/cb"));
    CHECK(covers("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000/cb"));
}

static void not_covered(void)
{
    static const char *const tricks[] = {
        "https://a.example/cbx",
        "https://a.example.evil/cb",
        "https://a.example@evil.example/cb",
        "https://evil.example/cb",
        "http://a.example/cb",
        "https://a.example:8443/cb",
        "https://a.example/cb/../x",
        "https://a.example/cb/%2e%2E/x",
        "https://a.example/cb/.%2e",
        "https://a.example/cb#frag",
        "https://a.example\\@evil/cb",
        "https://a.example/cb\r\nSet-Cookie: x",
        "javascript://a.example/cb",
        "//a.example/cb",
        "https:///cb",
        "https://a.example/cb/./x",
        "https://a.example",
        "",
    };

    for (size_t i = 0; i < sizeof(tricks) / sizeof(*tricks); i++)
        CHECK(!covers("https://a.example/cb", tricks[i]));
    CHECK(!covers("ftp://a.example/", "ftp://a.example/"));
}

static bool reads(const char *text, struct manifest *m)
{
    static struct arena *a;
    struct str why = S("");

    if (!a)
        a = arena_new(1 << 14);
    if (manifest_read(a, str_c(text), m, &why))
        return true;
    CHECK(why.n > 0);
    return false;
}

static void manifests(void)
{
    struct manifest m;

    CHECK(reads("", &m) && m.name.n == 0);
    CHECK(reads("{\"display_information\":{\"name\":\"Poll\"},\"features\":{\"bot_user\":{\"display_name\":\"poll\"},"
                "\"slash_commands\":[{\"command\":\"/poll\",\"description\":\"Asks\"}]},"
                "\"oauth_config\":{\"redirect_urls\":[\"https://a.example/"
                "cb\"],\"scopes\":{\"bot\":[\"chat:write\",\"commands\"]}},"
                "\"settings\":{\"event_subscriptions\":{\"request_url\":\"https://a.example/"
                "e\",\"bot_events\":[\"app_mention\"]},"
                "\"socket_mode_enabled\":true,\"token_rotation_enabled\":false}}",
                &m));
    CHECK(str_eq(m.name, S("Poll")) && str_eq(m.bot_name, S("poll")) && str_eq(m.bot_scopes, S("chat:write,commands")));
    CHECK(m.redirect_urls.n == 1 && m.bot_events.n == 1 && m.commands->count == 1 && m.socket_mode &&
          !m.token_rotation);
    CHECK(!reads("[]", &m) && !reads("{", &m) && !reads("{}", &m));
    CHECK(
        !reads("{\"display_information\":{\"name\":\"x\"},\"oauth_config\":{\"scopes\":{\"bot\":[\"no:such\"]}}}", &m));
    CHECK(!reads("{\"display_information\":{\"name\":\"x\"},\"oauth_config\":{\"redirect_urls\":[\"javascript:1\"]}}",
                 &m));
    CHECK(!reads("{\"display_information\":{\"name\":\"x\"},\"features\":{\"slash_commands\":[{}]}}", &m));
    CHECK(!reads(
        "{\"display_information\":{\"name\":\"x\"},\"settings\":{\"event_subscriptions\":{\"bot_events\":\"x\"}}}",
        &m));
}

int main(void)
{
    covered();
    not_covered();
    manifests();
    return 0;
}
