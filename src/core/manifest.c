#include "core/manifest.h"

#include "core/manifest_reader.h"

enum { NAME_MAX_CHARS = 35, DESCRIPTION_MAX_CHARS = 140, LONG_MIN_CHARS = 175, LONG_MAX_CHARS = 4000 };

/* "#000" or "#a1b2c3". */
static bool is_color(struct str color)
{
    if ((color.n != 4 && color.n != 7) || color.p[0] != '#')
        return false;
    for (size_t i = 1; i < color.n; i++)
        if (!strchr("0123456789abcdefABCDEF", color.p[i]))
            return false;
    return true;
}

static void read_display(struct manifest_reader *r, const struct place *root, struct manifest *m)
{
    struct place at =
        reader_object(r, root, "display_information", "name description long_description background_color");
    struct place color = reader_at(r, &at, "background_color"), name = reader_at(r, &at, "name");

    if (!reader_at(r, root, "display_information").json)
        reader_fault(r, &at, "missing_required_property", "has to be there");
    m->name = str_trim(reader_text(r, &at, "name", 1, NAME_MAX_CHARS));
    if (json_get_str(at.json, S("name")).n && !str_trim(json_get_str(at.json, S("name"))).n)
        reader_fault(r, &name, "string_too_short", "is blank");
    m->description = reader_text(r, &at, "description", 0, DESCRIPTION_MAX_CHARS);
    m->long_description = reader_maybe_text(r, &at, "long_description", LONG_MIN_CHARS, LONG_MAX_CHARS);
    m->background_color = reader_text(r, &at, "background_color", 0, LONG_MAX_CHARS);
    if (m->background_color.n && !is_color(m->background_color)) {
        reader_fault(r, &color, "invalid_color", "is a color as #a1b2c3");
        m->background_color = S("");
    }
}

static void read_metadata(struct manifest_reader *r, const struct place *root)
{
    struct place at = reader_object(r, root, "_metadata", "major_version minor_version");
    struct place major = reader_at(r, &at, "major_version");
    int64_t version;

    if (major.json && (!json_i64(major.json, &version) || version < 1 || version > 2))
        reader_fault(r, &major, "invalid_value", "is 1 or 2");
}

static bool read_all(struct manifest_reader *r, struct str text, struct manifest *m)
{
    size_t byte = 0;
    struct place root = {json_parse(r->a, text, &byte), S("")};

    *m = (struct manifest){0};
    if (!root.json || root.json->kind != JSON_OBJECT) {
        if (root.json)
            reader_fault(r, &root, "invalid_json", "a manifest is a JSON object");
        else
            reader_fault(r, &root, "invalid_json", "it is no JSON: byte %zu", byte);
        return false;
    }
    reader_is_object(r, &root,
                     "_metadata display_information features oauth_config settings functions workflows datastores "
                     "outgoing_domains types events external_auth_providers");
    read_metadata(r, &root);
    read_display(r, &root, m);
    manifest_features(r, &root, m);
    manifest_oauth(r, &root, m);
    manifest_settings(r, &root, m);
    manifest_functions(r, &root, m);
    manifest_together(r, &root, m);
    return true;
}

bool manifest_read(struct arena *a, struct str text, struct manifest *out)
{
    struct manifest_reader r = {.a = a};

    r.tail = &r.first;
    *out = (struct manifest){0};
    return text.n == 0 || read_all(&r, text, out);
}

bool manifest_check(struct arena *a, struct str text, struct manifest *out, const struct manifest_fault **faults)
{
    struct manifest_reader r = {.a = a};

    r.tail = &r.first;
    read_all(&r, text, out);
    *faults = r.first;
    return r.errors_n == 0;
}

struct str manifest_fault_text(struct arena *a, const struct manifest_fault *fault)
{
    return ARENA_JOIN(a, fault->pointer.n ? fault->pointer : S("/"), S(": "), fault->message);
}

const struct manifest_fault *manifest_first_fault(const struct manifest_fault *faults)
{
    while (faults && faults->is_hint)
        faults = faults->next;
    return faults;
}

static struct str host_of(struct str url)
{
    ptrdiff_t at = str_find(url, S("://"));
    struct str rest = at < 0 ? url : str_skip(url, (size_t)at + 3);
    size_t n = 0;

    while (n < rest.n && !strchr("/?#:", rest.p[n]))
        n++;
    return str_head(rest, n);
}

/* A registered domain covers the hosts below it. */
static bool covers(struct str domain, struct str host)
{
    return str_eq_nocase(host, domain) || (host.n > domain.n && host.p[host.n - domain.n - 1] == '.' &&
                                           str_eq_nocase(str_skip(host, host.n - domain.n), domain));
}

bool manifest_unfurls(const struct str_list *domains, struct str url, struct str *domain)
{
    struct str host = host_of(url);

    for (int i = 0; i < domains->n; i++)
        if (covers(domains->v[i], host)) {
            *domain = domains->v[i];
            return true;
        }
    return false;
}
