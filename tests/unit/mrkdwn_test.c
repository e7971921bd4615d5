/* core/mrkdwn: what is stored of a text. */
#include "check.h"

#include "base/arena.h"
#include "base/id.h"
#include "core/mrkdwn.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena *arena;

static bool same(struct str got, const char *want)
{
    if (str_eq(got, str_c(want)))
        return true;
    fprintf(stderr, "got:  %.*s\nwant: %s\n", STR_FMT(got), want);
    return false;
}

static struct str stored(const char *text)
{
    return mrkdwn_store(arena, str_c(text), MRKDWN_NONE, false);
}

static struct str full(const char *text)
{
    return mrkdwn_store(arena, str_c(text), MRKDWN_FULL, false);
}

static void escaping(void)
{
    struct str plain = S("An ordinary sentence, with 3 commas: nothing (at all) to do; 10:30.");

    CHECK(mrkdwn_store(arena, plain, MRKDWN_NONE, false).p == plain.p);
    CHECK(same(stored(""), ""));
    CHECK(same(stored("a & b"), "a &amp; b"));
    CHECK(same(stored("a &amp; b &lt;c&gt;"), "a &amp; b &lt;c&gt;"));
    CHECK(same(stored("1 < 2 > 0 && x"), "1 &lt; 2 &gt; 0 &amp;&amp; x"));
    CHECK(same(stored("&copy; &am &lt"), "&amp;copy; &amp;am &amp;lt"));
    CHECK(same(stored("<b>bold</b>"), "&lt;b&gt;bold&lt;/b&gt;"));
    CHECK(same(stored("<"), "&lt;"));
    CHECK(same(stored("<<<<@U1"), "&lt;&lt;&lt;&lt;@U1"));
    CHECK(same(stored("naïve 日本 <é>"), "naïve 日本 &lt;é&gt;"));
}

static void sequences_stay(void)
{
    static const char *const kept[] = {
        "Hello <@U024BE7LH>",
        "<@W024BE7LH|bob> <@B19LU7CSY>",
        "<#C024BE7LR> <#C024BE7LR|general> <#G024BE7LR>",
        "<!here> <!channel> <!everyone> <!group> <!here|here>",
        "<!subteam^S0614TZR7> <!subteam^S0614TZR7|@devs>",
        "<!date^1392734382^Posted {date_num} {time_secs}|Posted 2014-02-18 6:39:42 AM PST>",
        "<!date^1392734382^{date}^https://example.com/|Feb 18, 2014>",
        "<https://example.com> <http://example.com/a?b=c#d|a label> <mailto:bob@example.com|Bob>",
        "<tel:+4912345|call> <slack://channel?id=1|open> <ssh+git://x.y/z>",
    };

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        CHECK(same(stored(kept[i]), kept[i]));
    CHECK(same(stored("<https://a.b/?x=1&y=2&amp;z=3|R&D>"), "<https://a.b/?x=1&amp;y=2&amp;z=3|R&amp;D>"));
}

static void no_sequences(void)
{
    CHECK(same(stored("<@bob>"), "&lt;@bob&gt;"));
    CHECK(same(stored("<@C024BE7LR>"), "&lt;@C024BE7LR&gt;"));
    CHECK(same(stored("<@>"), "&lt;@&gt;"));
    CHECK(same(stored("<>"), "&lt;&gt;"));
    CHECK(same(stored("<!nobody>"), "&lt;!nobody&gt;"));
    CHECK(same(stored("<!date^soon^x|y>"), "&lt;!date^soon^x|y&gt;"));
    CHECK(same(stored("<!date^1^>"), "&lt;!date^1^&gt;"));
    CHECK(same(stored("<!subteam^U1>"), "&lt;!subteam^U1&gt;"));
    CHECK(same(stored("<javascript:alert(1)|x>"), "&lt;javascript:alert(1)|x&gt;"));
    CHECK(same(stored("<JavaScript://%0aalert(1)|x>"), "&lt;JavaScript://%0aalert(1)|x&gt;"));
    CHECK(same(stored("<data:text/html;x|x>"), "&lt;data:text/html;x|x&gt;"));
    CHECK(same(stored("<std:vector>"), "&lt;std:vector&gt;"));
    CHECK(same(stored("<@U1\n>"), "&lt;@U1\n&gt;"));
    CHECK(same(stored("<a <@U1>"), "&lt;a <@U1>"));
}

static void urls(void)
{
    CHECK(same(stored("http://example.com"), "<http://example.com>"));
    CHECK(same(stored("see https://example.com/a_b?c=d&e=f."), "see <https://example.com/a_b?c=d&amp;e=f>."));
    CHECK(same(stored("(http://a.b/c_(d)), then"), "(<http://a.b/c_(d)>), then"));
    CHECK(same(stored("*https://a.b* _https://a.b_ ~http://c.d~"), "*<https://a.b>* _<https://a.b>_ ~<http://c.d>~"));
    CHECK(same(stored("`http://a.b`"), "`<http://a.b>`"));
    CHECK(same(stored("HTTPS://A.B/ ftp://c.d"), "<HTTPS://A.B/> <ftp://c.d>"));
    CHECK(same(stored("xhttp://a.b http:// http://?"), "xhttp://a.b http:// http://?"));
    CHECK(same(stored("http://a.b&gt;c http://a.b<"), "<http://a.b>&gt;c <http://a.b>&lt;"));
    CHECK(same(stored("http://日本.jp/あ。次"), "<http://日本.jp/あ>。次"));
    CHECK(same(stored("http://a.b\nhttp://c.d"), "<http://a.b>\n<http://c.d>"));
    CHECK(same(stored("http://[::1]:80/x"), "<http://[::1]:80/x>"));
    CHECK(same(mrkdwn_store(arena, S("http://a.b & <@U1> <"), MRKDWN_FULL, true), "http://a.b &amp; <@U1> &lt;"));
    /* Domains only when asked. */
    CHECK(same(stored("example.com bob@example.com"), "example.com bob@example.com"));
}

static void domains(void)
{
    CHECK(same(full("go to example.com."), "go to <http://example.com|example.com>."));
    CHECK(same(full("www.example.co.uk/a?b=c&d"),
               "<http://www.example.co.uk/a?b=c&amp;d|www.example.co.uk/a?b=c&amp;d>"));
    CHECK(same(full("mail bob.x+y@example.com!"), "mail <mailto:bob.x+y@example.com|bob.x+y@example.com>!"));
    CHECK(same(full("https://example.com/x.y"), "<https://example.com/x.y>"));
    CHECK(same(full("<https://example.com|example.com>"), "<https://example.com|example.com>"));
    CHECK(same(full("e.g. 3.14, v1.2.3, a..de, -x.de, x-.de, .de, de."),
               "e.g. 3.14, v1.2.3, a..de, -x.de, x-.de, .de, de."));
    CHECK(same(full("a@b@c.de @bob.de /x.de exämple.de"), "a@b@c.de @bob.de /x.de exämple.de"));
    CHECK(same(full("example.com:8080/x"), "<http://example.com:8080/x|example.com:8080/x>"));
    CHECK(same(full("_example.com_ *example.com*"),
               "_<http://example.com|example.com>_ *<http://example.com|example.com>*"));
    CHECK(same(full("wait.http://a.b"), "wait.<http://a.b>"));
    CHECK(same(full("見てexample.com"), "見てexample.com"));
    CHECK(same(full("example.comを"), "<http://example.com|example.com>を"));
}

static struct str cut_at(const char *text, size_t max, bool *cut)
{
    *cut = false;
    return mrkdwn_cut(str_c(text), max, cut);
}

static void cutting(void)
{
    bool cut;

    CHECK(same(cut_at("abc", 3, &cut), "abc") && !cut);
    CHECK(same(cut_at("abcd", 3, &cut), "abc") && cut);
    CHECK(same(cut_at("äöü", 3, &cut), "äöü") && !cut);
    CHECK(same(cut_at("äöüß", 3, &cut), "äöü") && cut);
    CHECK(same(cut_at("ab&amp;", 7, &cut), "ab&amp;") && !cut);
    CHECK(same(cut_at("ab&amp;c", 7, &cut), "ab&amp;") && cut);
    CHECK(same(cut_at("ab&amp;c", 6, &cut), "ab") && cut);
    CHECK(same(cut_at("ab&amp;c", 3, &cut), "ab") && cut);
    CHECK(same(cut_at("ab & cd ef", 6, &cut), "ab & c") && cut);
    CHECK(same(cut_at("ab <@U024BE7LH> cd", 15, &cut), "ab <@U024BE7LH>") && cut);
    CHECK(same(cut_at("ab <@U024BE7LH> cd", 10, &cut), "ab ") && cut);
    CHECK(same(cut_at("ab < cd > ef", 6, &cut), "ab < c") && cut);
}

/* alice is U1, general is C1. */
static int64_t find_user(void *ctx, struct str name)
{
    ++*(int *)ctx;
    return str_eq(name, S("alice")) || str_eq(name, S("a.b")) ? id_parse(S("U1")) : 0;
}

static int64_t find_channel(void *ctx, struct str name)
{
    ++*(int *)ctx;
    return str_eq(name, S("general")) || str_eq(name, S("日本")) ? id_parse(S("C1")) : 0;
}

static int lookups;
static const struct mrkdwn_names names = {&lookups, find_user, find_channel};

static struct str linked(const char *text)
{
    lookups = 0;
    return mrkdwn_link(arena, str_c(text), &names);
}

static void names_become_links(void)
{
    struct str nothing = S("nobody@example.com C# x/#general <@U2> <https://x.y/#general|@alice> a @ b # c");

    CHECK(!mrkdwn_has_names(nothing));
    CHECK(linked(nothing.p).p == nothing.p && lookups == 0);
    CHECK(mrkdwn_has_names(S("x @alice")) && !mrkdwn_has_names(S("x")));
    CHECK(same(linked("@alice"), "<@U1>"));
    CHECK(same(linked("ask @alice in #general!"), "ask <@U1> in <#C1|general>!"));
    CHECK(same(linked("(@alice, @ALICE.) @alice's"), "(<@U1>, <@U1>.) <@U1>'s"));
    CHECK(same(linked("@a.b @a.b. @alice-"), "<@U1> <@U1>. <@U1>-"));
    CHECK(same(linked("@bob @alicex #nowhere"), "@bob @alicex #nowhere"));
    CHECK(same(linked("@bob @alice"), "@bob <@U1>"));
    CHECK(same(linked("#日本。 #日本 x"), "<#C1|日本>。 <#C1|日本> x"));
    CHECK(same(linked("@here @channel @everyone @group @heresy"), "<!here> <!channel> <!everyone> <!group> @heresy"));
    CHECK(same(linked("<@U2> @alice <https://a.b|@alice>"), "<@U2> <@U1> <https://a.b|@alice>"));
}

static void look_ups_are_bounded(void)
{
    char *text = malloc(30001);

    for (int i = 0; i < 10000; i++)
        memcpy(text + 3 * i, "@x ", 3);
    text[30000] = 0;
    CHECK(linked(text).n == 30000);
    CHECK(lookups == 200);
    free(text);
}

static void references(void)
{
    struct str rest =
        S("<@U1|al> & <x> <#C2|general> <!subteam^S3> <!here> <!channel|channel> <!everyone> <https://a.b|c> "
          "<!date^1^{date}|then> <");
    static const struct {
        enum mrkdwn_ref_kind kind;
        const char *id, *target, *label;
    } want[] = {
        {MRKDWN_USER, "U1", "@U1", "al"},
        {MRKDWN_CHANNEL, "C2", "#C2", "general"},
        {MRKDWN_USERGROUP, "S3", "!subteam^S3", ""},
        {MRKDWN_HERE, "", "!here", ""},
        {MRKDWN_MEMBERS, "", "!channel", "channel"},
        {MRKDWN_EVERYONE, "", "!everyone", ""},
        {MRKDWN_URL, "", "https://a.b", "c"},
        {MRKDWN_DATE, "", "!date^1^{date}", "then"},
    };
    struct mrkdwn_ref ref;

    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        CHECK(mrkdwn_next_ref(&rest, &ref));
        CHECK(ref.kind == want[i].kind);
        CHECK(ref.id == id_parse(str_c(want[i].id)));
        CHECK(same(ref.target, want[i].target));
        CHECK(same(ref.label, want[i].label));
    }
    CHECK(!mrkdwn_next_ref(&rest, &ref));
    CHECK(!mrkdwn_next_ref(&rest, &ref));
}

static void without_markup(void)
{
    struct str plain = S("nothing special");

    CHECK(mrkdwn_plain(arena, plain).p == plain.p);
    CHECK(same(mrkdwn_plain(arena, S("a &lt;b&gt; &amp;amp; &x")), "a <b> &amp; &x"));
    CHECK(same(mrkdwn_plain(arena, S("<@U1> <@U1|al> <#C1> <#C1|gen> <!here> <!subteam^S1|@devs> <!subteam^S1>")),
               "@U1 @al #C1 #gen @here @devs @S1"));
    CHECK(same(mrkdwn_plain(arena, S("<https://a.b/?x&amp;y> <https://a.b|R&amp;D> <!date^1^x|then>")),
               "https://a.b/?x&y R&D then"));
    CHECK(same(mrkdwn_escape(arena, S("<@U1> & &amp; x")), "&lt;@U1&gt; &amp; &amp;amp; x"));
    CHECK(mrkdwn_escape(arena, plain).p == plain.p);
}

static void modes(void)
{
    enum mrkdwn_parse mode = MRKDWN_NONE;

    CHECK(mrkdwn_parse_mode(S("full"), &mode) && mode == MRKDWN_FULL);
    CHECK(mrkdwn_parse_mode(S("client"), &mode) && mode == MRKDWN_CLIENT);
    CHECK(mrkdwn_parse_mode(S("none"), &mode) && mode == MRKDWN_NONE);
    CHECK(!mrkdwn_parse_mode(S("FULL"), &mode) && !mrkdwn_parse_mode(S(""), &mode));
}

int main(void)
{
    arena = arena_new(1 << 16);
    escaping();
    sequences_stay();
    no_sequences();
    urls();
    domains();
    cutting();
    names_become_links();
    look_ups_are_bounded();
    references();
    without_markup();
    modes();
    arena_free(arena);
    return 0;
}
