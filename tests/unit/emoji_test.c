/* core/emoji: which names are emoji. */
#include "check.h"

#include "core/emoji.h"

static void known(void)
{
    static const char *const names[] = {"+1",
                                        "thumbsup",
                                        "zzz",
                                        "a",
                                        "white_check_mark",
                                        "flag-de",
                                        "e-mail",
                                        "man-woman-girl-boy",
                                        "wave::skin-tone-2",
                                        "wave::skin-tone-6",
                                        "couple_with_heart::skin-tone-2-5"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(emoji_known(str_c(names[i])));
}

static void unknown(void)
{
    static const char *const names[] = {"",
                                        "thumbs",
                                        "thumbsupp",
                                        "Thumbsup",
                                        ":thumbsup:",
                                        "wave::skin-tone-1",
                                        "wave::skin-tone-7",
                                        "wave::skin-tone-",
                                        "wave::skin-tone-2-",
                                        "wave::skin-tone-2-7",
                                        "wave::skin-tone-2x",
                                        "::skin-tone-2",
                                        "nope::skin-tone-2",
                                        "\xF0\x9F\x91\x8D",
                                        "~",
                                        "!"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(!emoji_known(str_c(names[i])));
}

static void names(void)
{
    CHECK(str_eq(emoji_base(S("wave::skin-tone-3")), S("wave")));
    CHECK(str_eq(emoji_base(S("wave::skin-tone-9")), S("wave::skin-tone-9")));
    CHECK(str_eq(emoji_base(S("wave")), S("wave")));
    CHECK(emoji_name_valid(S("party-parrot_2")) && emoji_name_valid(S("x::skin-tone-2")) &&
          emoji_name_valid(S("it's")));
    CHECK(!emoji_name_valid(S("")) && !emoji_name_valid(S("Party")) && !emoji_name_valid(S("a b")) &&
          !emoji_name_valid(S("a:b")));
}

int main(void)
{
    known();
    unknown();
    names();
    return 0;
}
