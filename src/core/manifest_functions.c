/* The steps that an app offers: `functions`. */
#include "core/manifest_reader.h"

#include "base/utf8.h"

enum {
    NAME_MAX_CHARS = 255,
    TITLE_MAX = 255,
    DESCRIPTION_MAX = 1024,
    TYPE_MAX = 255,
    FUNCTIONS_MAX = 100,
    PARAMETERS_MAX = 100
};

static const char PARAMETER_KEYS[] =
    "type title description is_required name hint default enum choices items properties "
    "required additionalProperties minimum maximum minLength maxLength minItems maxItems "
    "format examples is_hidden dynamic_options is_fragment custom_type_reference";

/* Names stand in the place of whatever is below them. */
static bool name_fits(struct manifest_reader *r, const struct place *object, struct str name)
{
    if (utf8_count(name) <= NAME_MAX_CHARS)
        return true;
    reader_fault(r, object, "string_too_long", "a name in it has more than %d characters", NAME_MAX_CHARS);
    return false;
}

/* The members of an object, one after the other, as reader_next does it for lists. */
static bool next_member(struct manifest_reader *r, const struct place *object, uint32_t *i, const struct json **key,
                        struct place *member)
{
    while (object->json && object->json->kind == JSON_OBJECT && *i < object->json->count) {
        *key = *i ? json_next(json_next(*key)) : json_child(object->json);
        ++*i;
        if (!name_fits(r, object, (*key)->text))
            continue;
        *member = reader_at(r, object, arena_cstr(r->a, (*key)->text));
        return true;
    }
    return false;
}

/* Some manifests list the names of what has to be given beside the parameters. */
static bool is_listed(const struct json *required, struct str name)
{
    const struct json *item = required && required->kind == JSON_ARRAY ? json_child(required) : NULL;

    for (uint32_t i = 0; item && i < required->count; i++, item = json_next(item))
        if (item->kind == JSON_STRING && str_eq(item->text, name))
            return true;
    return false;
}

static void read_parameter(struct manifest_reader *r, const struct place *at, struct str name,
                           const struct json *required, struct manifest_parameter *out)
{
    *out = (struct manifest_parameter){
        .name = name,
        .type = reader_text(r, at, "type", 1, TYPE_MAX),
        .title = reader_text(r, at, "title", 0, TITLE_MAX),
        .description = reader_text(r, at, "description", 0, DESCRIPTION_MAX),
        .required = reader_flag(r, at, "is_required") || is_listed(required, name),
    };
}

/* {"name": {"type", …}}, or {"properties": {…}, "required": […]}. */
static const struct manifest_parameter *read_parameters(struct manifest_reader *r, const struct place *function,
                                                        const char *key, int *n)
{
    struct place at = reader_at(r, function, key), inner = reader_at(r, &at, "properties"), member;
    const struct json *required = NULL, *name = NULL;
    struct manifest_parameter *list;
    uint32_t i = 0;

    *n = 0;
    if (at.json && at.json->kind != JSON_OBJECT) {
        reader_fault(r, &at, "invalid_type", "has to be an object");
        return NULL;
    }
    if (inner.json && inner.json->kind == JSON_OBJECT && !json_get(inner.json, S("type"))) {
        required = json_get(at.json, S("required"));
        at = inner;
    }
    if (at.json && at.json->count > PARAMETERS_MAX) {
        reader_fault(r, &at, "too_many_items", "has more than %d parameters", PARAMETERS_MAX);
        return NULL;
    }
    list = ARENA_ARRAY(r->a, struct manifest_parameter, at.json ? at.json->count : 0);
    while (next_member(r, &at, &i, &name, &member))
        if (reader_is_object(r, &member, PARAMETER_KEYS))
            read_parameter(r, &member, name->text, required, &list[(*n)++]);
    return list;
}

static void read_function(struct manifest_reader *r, const struct place *at, struct str callback_id,
                          struct manifest_function *out)
{
    *out = (struct manifest_function){
        .callback_id = callback_id,
        .title = reader_text(r, at, "title", 1, TITLE_MAX),
        .description = reader_text(r, at, "description", 0, DESCRIPTION_MAX),
    };
    out->inputs = read_parameters(r, at, "input_parameters", &out->n_inputs);
    out->outputs = read_parameters(r, at, "output_parameters", &out->n_outputs);
}

void manifest_functions(struct manifest_reader *r, const struct place *root, struct manifest *m)
{
    struct place at = reader_at(r, root, "functions"), function;
    const struct json *key = NULL;
    struct manifest_function *list;
    uint32_t i = 0;

    if (!at.json)
        return;
    if (at.json->kind != JSON_OBJECT || at.json->count > FUNCTIONS_MAX) {
        reader_fault(r, &at, "invalid_type", "has to be an object of at most %d functions", FUNCTIONS_MAX);
        return;
    }
    list = ARENA_ARRAY(r->a, struct manifest_function, at.json->count);
    while (next_member(r, &at, &i, &key, &function))
        if (reader_is_object(r, &function,
                             "title description input_parameters output_parameters type app_id "
                             "attributes callback_id escalation_type is_deleted source_file"))
            read_function(r, &function, key->text, &list[m->n_functions++]);
    m->functions = list;
}
