#include "core/client_kind.h"

static bool has(struct str agent, struct str word)
{
    return str_find(agent, word) >= 0;
}

/* A browser on a phone is a browser; what is packed into Electron is not. */
enum client_kind client_kind_of_agent(struct str agent)
{
    static const struct {
        struct str word;
        enum client_kind kind;
    } words[] = {
        {{"Electron/", 9}, CLIENT_DESKTOP}, {{"Slack_SSB/", 10}, CLIENT_DESKTOP},
        {{"-desktop/", 9}, CLIENT_DESKTOP}, {{"-ios/", 5}, CLIENT_IOS},
        {{"-android/", 9}, CLIENT_ANDROID}, {{"Mozilla/", 8}, CLIENT_WEB},
        {{"iPhone", 6}, CLIENT_IOS},        {{"iPad", 4}, CLIENT_IOS},
        {{"iOS", 3}, CLIENT_IOS},           {{"Android", 7}, CLIENT_ANDROID},
        {{"okhttp/", 7}, CLIENT_ANDROID},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (has(agent, words[i].word))
            return words[i].kind;
    return CLIENT_WEB;
}

bool client_is_app(const struct call *c)
{
    return c->who.app || c->who.is_bot || c->who.kind == TOKEN_APP;
}

enum client_kind client_kind_of(const struct call *c)
{
    return client_is_app(c) ? CLIENT_APP : client_kind_of_agent(c->user_agent);
}

bool client_is_person(const struct call *c)
{
    return (c->who.kind == TOKEN_USER || c->who.kind == TOKEN_SESSION) && !client_is_app(c);
}
