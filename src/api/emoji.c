/* emoji.list and admin.emoji.*: the workspace's own emoji. */
#include "core/emoji.h"
#include "api/emoji_picture.h"
#include "args_admin.h"
#include "args_emoji.h"
#include "base/clock.h"
#include "emoji_names.h"
#include "events.h"
#include "objects.h"
#include "sql.h"

/* --- lists ---------------------------------------------------------------------------------------------------- */

static void put_cache_ts(struct call *c)
{
    json_str(&c->out, S("cache_ts"), arena_printf(c->arena, "%lld", (long long)(c->now_us / US_PER_S)));
}

/* Of the standard emoji; there are none of one's own. */
static void put_categories(struct call *c)
{
    json_str(&c->out, S("categories_version"), S("1"));
    json_text(&c->out, S("categories"), emoji_categories);
}

enum err emoji_list(struct call *c, const struct emoji_list_args *a)
{
    struct custom_emoji_row *rows;
    int n;

    TRY(sql_custom_emoji_list(c->db, c->arena, c->team, &rows, &n));
    json_open(&c->out, S("emoji"), '{');
    for (int i = 0; i < n; i++) {
        json_key_text(&c->out, rows[i].name);
        json_str(&c->out, S(""), emoji_picture_url(c, rows[i].url));
    }
    json_close(&c->out, '}');
    put_cache_ts(c);
    if (a->include_categories)
        put_categories(c);
    return OK;
}

static enum err check_admin(const struct call *c)
{
    return c->who.role >= ROLE_ADMIN ? OK : ERR_NOT_AN_ADMIN;
}

/* A page ends in the middle of those of one time: the cursor holds that time and how many of it have been shown. */
static void next_page(struct call *c, const struct custom_emoji_full_row *rows, int shown, int64_t from_us,
                      int64_t skipped)
{
    int64_t last_us = rows[shown - 1].created_us, skip = last_us == from_us ? skipped : 0;

    for (int i = 0; i < shown; i++)
        skip += rows[i].created_us == last_us;
    page_next(c, "emoji", last_us, skip);
}

enum err admin_emoji_list(struct call *c, const struct admin_emoji_list_args *a)
{
    struct custom_emoji_full_row *rows;
    int64_t from_us, skip;
    int n;

    TRY(check_admin(c));
    TRY(page_cursor(c, a->cursor, "emoji", &from_us, &skip));
    TRY(sql_custom_emoji_page(c->db, c->arena, c->team, from_us, skip, a->limit + 1, &rows, &n));
    json_open(&c->out, S("emoji"), '{');
    for (int i = 0; i < n && i < a->limit; i++) {
        struct obj_admin_emoji v = {emoji_picture_url(c, rows[i].url), rows[i].created_us / US_PER_S,
                                    rows[i].created_by};
        json_key_text(&c->out, rows[i].name);
        put_admin_emoji(&c->out, S(""), &v);
    }
    json_close(&c->out, '}');
    put_cache_ts(c);
    put_categories(c);
    if (n > a->limit)
        next_page(c, rows, (int)a->limit, from_us, skip);
    return OK;
}

/* --- changes -------------------------------------------------------------------------------------------------- */

static struct str plain_name(struct str name)
{
    bool colons = name.n > 2 && name.p[0] == ':' && name.p[name.n - 1] == ':';

    return colons ? str_of(name.p + 1, name.n - 2) : name;
}

/* May a new emoji have this name? */
static enum err check_name(struct call *c, struct str name)
{
    int64_t one;
    bool found;

    if (!emoji_name_valid(name) || emoji_base(name).n != name.n)
        return ERR_ERROR_BAD_NAME_I18N;
    if (emoji_known(name))
        return ERR_ERROR_NAME_TAKEN_I18N;
    TRY(sql_custom_emoji_has(c->db, c->arena, c->team, name, &one, &found));
    return found ? ERR_ERROR_NAME_TAKEN : OK;
}

static bool has_capitals(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 'A' && name.p[i] <= 'Z')
            return true;
    return false;
}

static enum err add(struct call *c, struct str name, struct str value)
{
    int64_t changed;

    TRY(sql_custom_emoji_add(c->db, c->arena, c->team, name, value, c->who.user, c->now_us, &changed));
    if (!changed)
        return ERR_ERROR_NAME_TAKEN;
    emit_emoji_changed(c, &(struct ev_emoji_changed){
                              .to = c->team, .subtype = S("add"), .name = name, .value = emoji_picture_url(c, value)});
    return OK;
}

/* The name is looked at twice: now, so that nothing is fetched in vain, and when it is taken. */
enum err admin_emoji_add_prepare(struct call *c, const struct admin_emoji_add_args *a)
{
    struct emoji_picture *picture = ARENA_NEW(c->arena, struct emoji_picture);
    struct str name = plain_name(a->name);

    TRY(check_admin(c));
    if (has_capitals(name))
        return ERR_ERROR_LOWER_CASE_NAMES_ONLY;
    TRY(check_name(c, name));
    TRY(emoji_picture_take(c, a->url, picture));
    c->prepared = picture;
    return OK;
}

enum err admin_emoji_add(struct call *c, const struct admin_emoji_add_args *a)
{
    const struct emoji_picture *picture = c->prepared;
    struct str name = plain_name(a->name);

    TRY(check_name(c, name));
    TRY(emoji_picture_keep(c, picture));
    return add(c, name, picture->path);
}

static struct str alias_url(struct call *c, struct str name)
{
    return ARENA_JOIN(c->arena, S("alias:"), name);
}

enum err admin_emoji_add_alias(struct call *c, const struct admin_emoji_add_alias_args *a)
{
    struct str name = plain_name(a->name), target = plain_name(a->alias_for), value = S("");
    bool found;

    TRY(check_admin(c));
    TRY(check_name(c, name));
    TRY(sql_custom_emoji_url(c->db, c->arena, c->team, target, &value, &found));
    if (!found && !emoji_known(target))
        return ERR_ERROR_INVALID_ALIAS;
    /* An alias of an alias points to what that one means, so that none goes through another. */
    return add(c, name, found && str_starts(value, S("alias:")) ? value : alias_url(c, target));
}

enum err admin_emoji_rename(struct call *c, const struct admin_emoji_rename_args *a)
{
    struct str name = plain_name(a->name), to = plain_name(a->new_name), value;
    int64_t changed;
    bool found;

    TRY(check_admin(c));
    TRY(sql_custom_emoji_url(c->db, c->arena, c->team, name, &value, &found));
    if (!found)
        return ERR_ERROR_INVALID_EMOJI_TO_RENAME;
    TRY(check_name(c, to));
    TRY(sql_custom_emoji_rename(c->db, c->arena, c->team, name, to, &changed));
    TRY(sql_custom_emoji_point(c->db, c->arena, c->team, alias_url(c, name), alias_url(c, to), &changed));
    emit_emoji_changed(c, &(struct ev_emoji_changed){.to = c->team,
                                                     .subtype = S("rename"),
                                                     .old_name = name,
                                                     .new_name = to,
                                                     .value = emoji_picture_url(c, value)});
    return OK;
}

enum err admin_emoji_remove(struct call *c, const struct admin_emoji_remove_args *a)
{
    struct str name = plain_name(a->name), value = S(""), *aliases, *names;
    int64_t changed;
    bool found;
    int n;

    TRY(check_admin(c));
    TRY(sql_custom_emoji_aliases(c->db, c->arena, c->team, alias_url(c, name), &aliases, &n));
    TRY(sql_custom_emoji_url(c->db, c->arena, c->team, name, &value, &found));
    TRY(emoji_picture_drop(c, value));
    TRY(sql_custom_emoji_remove(c->db, c->arena, c->team, name, alias_url(c, name), &changed));
    if (changed != n + 1)
        return ERR_EMOJI_NOT_FOUND;
    names = arena_alloc(c->arena, (size_t)(n + 1) * sizeof(*names));
    names[0] = name;
    for (int i = 0; i < n; i++)
        names[i + 1] = aliases[i];
    emit_emoji_changed(
        c, &(struct ev_emoji_changed){.to = c->team, .subtype = S("remove"), .names = names, .n_names = n + 1});
    return OK;
}
