/* What a person uses the workspace with. */
#include "core/client_kind.h"
#include "check.h"

static void agents(void)
{
    static const struct {
        const char *agent;
        enum client_kind kind;
    } cases[] = {
        {"", CLIENT_WEB},
        {"python/3.11.2 slackclient/3.27.1 Linux/6.1.0", CLIENT_WEB},
        {"axios/1.6.0", CLIENT_WEB},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", CLIENT_WEB},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1", CLIENT_WEB},
        {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile", CLIENT_WEB},
        {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/124.0 Electron/30.0.9 Safari/537.36", CLIENT_DESKTOP},
        {"Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Slack_SSB/4.39.90", CLIENT_DESKTOP},
        {"taut-desktop/1.0", CLIENT_DESKTOP},
        {"taut-ios/1.0 (iPhone15,2)", CLIENT_IOS},
        {"com.example.chat/24.06 (iPhone; iOS 17.5.1; Scale/3.00)", CLIENT_IOS},
        {"Chat/9 (iPad13,1)", CLIENT_IOS},
        {"taut-android/2.1", CLIENT_ANDROID},
        {"Chat/24.06 (Google Pixel 8; Android 14)", CLIENT_ANDROID},
        {"okhttp/4.12.0", CLIENT_ANDROID},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        CHECK(client_kind_of_agent(str_c(cases[i].agent)) == cases[i].kind);
}

static void callers(void)
{
    struct call c = {.user_agent = S("taut-ios/1.0"), .who = {.kind = TOKEN_USER, .user = 1}};

    CHECK(client_kind_of(&c) == CLIENT_IOS && client_is_person(&c));
    c.who.kind = TOKEN_SESSION;
    CHECK(client_kind_of(&c) == CLIENT_IOS && client_is_person(&c));
    c.who.kind = TOKEN_USER;
    c.who.app = 7;
    CHECK(client_kind_of(&c) == CLIENT_APP && !client_is_person(&c));
    c.who = (struct actor){.kind = TOKEN_BOT, .is_bot = true, .app = 7};
    CHECK(client_kind_of(&c) == CLIENT_APP && !client_is_person(&c));
    c.who = (struct actor){.kind = TOKEN_USER, .is_bot = true};
    CHECK(client_kind_of(&c) == CLIENT_APP && !client_is_person(&c));
    c.who = (struct actor){.kind = TOKEN_NONE};
    CHECK(!client_is_person(&c));
}

int main(void)
{
    agents();
    callers();
    return 0;
}
