/* team.profile.get: the custom fields of profiles. */
#include "args_team.h"
#include "objects.h"
#include "sql.h"

static bool is_wanted(const struct profile_field_row *r, struct str visibility)
{
    return str_eq(visibility, S("all")) || str_eq(visibility, S("hidden")) == (r->is_hidden != 0);
}

enum err team_profile_get(struct call *c, const struct team_profile_get_args *a)
{
    struct obj_team_profile v = {0};
    struct obj_profile_field *fields;
    struct profile_field_row *rows;
    int n;

    TRY(sql_profile_fields(c->db, c->arena, c->team, &rows, &n));
    fields = arena_alloc(c->arena, (size_t)(n + 1) * sizeof(*fields));
    for (int i = 0; i < n; i++)
        if (is_wanted(&rows[i], a->visibility))
            fields[v.n_fields++] = (struct obj_profile_field){
                .id = rows[i].id,
                .ordering = rows[i].ordering,
                .label = rows[i].label,
                .hint = rows[i].hint,
                .type = rows[i].type,
                .possible_values = rows[i].choices,
                .is_hidden = rows[i].is_hidden,
            };
    v.fields = fields;
    put_team_profile(&c->out, S("profile"), &v);
    return OK;
}
