/* Custom fields of profiles of a seed. */
#include "dev_seed.h"

/* A list of texts, as JSON. */
static enum err read_choices(struct seed *s, const struct spot *at, struct str *out)
{
    struct spot list, item = {0};

    TRY(read_list(&s->reader, at, "possible_values", &list));
    while (spot_next(&list, &item))
        if (item.json->kind != JSON_STRING)
            return read_fault(&s->reader, &item, "a text belongs here");
    *out = list.json ? json_raw(list.json) : S("");
    return OK;
}

static enum err read_field(struct seed *s, const struct spot *at)
{
    static const char words[] = "text date link options_list user";
    struct str id = S(""), label = S(""), hint = S(""), type = S("text"), choices;
    bool hidden = false;
    struct thing *team;
    int64_t changed;
    int word = 0;

    TRY(read_object(&s->reader, at, "id label hint type possible_values hidden workspace"));
    TRY(read_team(s, at, &team));
    TRY(read_str(&s->reader, at, "id", &id));
    TRY(read_str(&s->reader, at, "label", &label));
    TRY(read_str(&s->reader, at, "hint", &hint));
    TRY(read_word(&s->reader, at, "type", words, &word));
    TRY(read_str(&s->reader, at, "type", &type));
    TRY(read_choices(s, at, &choices));
    TRY(read_bool(&s->reader, at, "hidden", &hidden));
    if (!str_starts(id, S("Xf")) || !label.n)
        return read_fault(&s->reader, at, "an \"id\" (Xf…) and a \"label\" belong here");
    TRY(sql_profile_field_add(s->call.db, s->call.arena, team->pub.id, id, at->index, label, hint, type, choices,
                              hidden, &changed));
    return changed ? OK : read_fault(&s->reader, at, "there is a field of this id already");
}

enum err seed_fields(struct seed *s)
{
    return seed_each(s, &s->root, "profile_fields", read_field);
}
