#include "api/input.h"

#include "base/rand.h"
#include "base/utf8.h"
#include "net/form.h"

enum { ARG_NAME_MAX = 64 };

enum body_kind { BODY_FORM, BODY_MULTIPART, BODY_JSON, BODY_TEXT };

struct content_type {
    enum body_kind kind;
    bool has_charset, latin1;
};

static bool read_kind(struct str media, enum body_kind *kind)
{
    static const struct {
        struct str name;
        enum body_kind kind;
    } kinds[] = {
        {{"application/x-www-form-urlencoded", 33}, BODY_FORM},
        {{"multipart/form-data", 19}, BODY_MULTIPART},
        {{"application/json", 16}, BODY_JSON},
        {{"text/plain", 10}, BODY_TEXT},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq_nocase(media, kinds[i].name)) {
            *kind = kinds[i].kind;
            return true;
        }
    return false;
}

static struct str unquote(struct str s)
{
    if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
        return str_of(s.p + 1, s.n - 2);
    return s;
}

static enum err read_content_type(struct str header, struct content_type *out)
{
    struct str rest = header, media, param, name;

    *out = (struct content_type){0};
    str_cut(&rest, ';', &media);
    if (!read_kind(str_trim(media), &out->kind))
        return ERR_INVALID_POST_TYPE;
    while (str_cut(&rest, ';', &param)) {
        str_cut(&param, '=', &name);
        if (!str_eq_nocase(str_trim(name), S("charset")))
            continue;
        out->has_charset = true;
        out->latin1 = str_eq_nocase(unquote(str_trim(param)), S("iso-8859-1"));
        if (!out->latin1 && !str_eq_nocase(unquote(str_trim(param)), S("utf-8")))
            return ERR_INVALID_CHARSET;
    }
    return OK;
}

static enum err check_name(struct str name)
{
    if (name.n && name.p[name.n - 1] == ']' && str_chr(name, '[') > 0)
        return ERR_INVALID_ARRAY_ARG;
    if (name.n == 0 || name.n > ARG_NAME_MAX)
        return ERR_INVALID_ARG_NAME;
    for (size_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        bool word = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
        if (!word)
            return ERR_INVALID_ARG_NAME;
    }
    return OK;
}

static enum err add_arg(struct input *in, struct str name, struct str text, const struct json *json)
{
    TRY(check_name(name));
    in->args[in->n++] = (struct input_arg){name, text, json};
    return OK;
}

/* Makes room for n more arguments. */
static void grow(struct call *c, struct input *in, int n)
{
    struct input_arg *args = ARENA_ARRAY(c->arena, struct input_arg, in->n + n);

    if (in->n)
        memcpy(args, in->args, sizeof(*args) * (size_t)in->n);
    in->args = args;
}

static enum err add_form(struct call *c, struct str text, enum err malformed, struct input *in)
{
    struct form_field *fields;
    int n;

    if (text.n == 0)
        return OK;
    if (!form_parse(c->arena, text, &fields, &n))
        return malformed;
    grow(c, in, n);
    for (int i = 0; i < n; i++)
        TRY(add_arg(in, fields[i].name, fields[i].value, NULL));
    return OK;
}

static enum err add_multipart(struct call *c, const struct api_request *req, struct input *in)
{
    if (req->multipart_bad || !req->is_multipart)
        return ERR_INVALID_FORM_DATA;
    in->parts = req->parts;
    in->n_parts = req->n_parts;
    grow(c, in, req->n_parts);
    for (int i = 0; i < req->n_parts; i++) {
        const struct http_part *part = &req->parts[i];
        if (part->fd >= 0 || part->filename.n) /* a file: the methods that take one look at the parts themselves */
            continue;
        if (!utf8_valid(part->data))
            return ERR_INVALID_FORM_DATA;
        TRY(add_arg(in, part->name, part->data, NULL));
    }
    return OK;
}

static enum err add_json(struct call *c, struct str body, struct input *in)
{
    const struct json *root, *key;

    if (str_trim(body).n == 0) /* slack-go's apps.connections.open sends none */
        return OK;
    root = json_parse(c->arena, body, NULL);
    if (!root)
        return ERR_INVALID_JSON;
    if (root->kind != JSON_OBJECT)
        return ERR_JSON_NOT_OBJECT;
    grow(c, in, (int)root->count);
    key = json_child(root);
    for (uint32_t i = 0; i < root->count; i++) {
        const struct json *value = json_next(key);
        if (str_eq(key->text, S("token"))) { /* a token inside JSON is none */
            key = json_next(value);
            continue;
        }
        TRY(add_arg(in, key->text, value->kind == JSON_STRING ? value->text : S(""), value));
        key = json_next(value);
    }
    return OK;
}

static enum err add_text(struct call *c, struct str body, struct input *in)
{
    struct str text = str_trim(body);

    if (text.n && text.p[0] == '{')
        return add_json(c, text, in);
    return add_form(c, text, ERR_INVALID_FORM_DATA, in);
}

static enum err add_body(struct call *c, const struct api_request *req, struct input *in)
{
    struct content_type type;
    struct str body = req->body;

    if (req->body_cut)
        return ERR_REQUEST_TIMEOUT;
    if (req->content_type.n == 0)
        return req->has_body ? ERR_MISSING_POST_TYPE : OK;
    TRY(read_content_type(req->content_type, &type));
    if (type.kind == BODY_FORM || type.kind == BODY_MULTIPART) {
        if (type.has_charset)
            call_warn(c, WARN_SUPERFLUOUS_CHARSET);
    } else if (!type.has_charset) {
        call_warn(c, WARN_MISSING_CHARSET);
    }
    if (type.latin1 && type.kind != BODY_FORM)
        body = utf8_from_latin1(c->arena, body);
    switch (type.kind) {
    case BODY_FORM:
        return add_form(c, body, ERR_INVALID_FORM_DATA, in);
    case BODY_MULTIPART:
        return add_multipart(c, req, in);
    case BODY_JSON:
        return add_json(c, body, in);
    case BODY_TEXT:
        return add_text(c, body, in);
    }
    return ERR_INVALID_POST_TYPE;
}

static struct str bearer(struct str authorization)
{
    if (authorization.n > 7 && str_eq_nocase(str_head(authorization, 7), S("Bearer ")))
        return str_trim(str_skip(authorization, 7));
    return S("");
}

/* HTTP Basic carries an app's id and secret (RFC 6749, section 2.3.1): the arguments client_id and client_secret. */
static enum err add_basic(struct call *c, struct str authorization, struct input *in)
{
    struct str pair, id;

    if (authorization.n <= 6 || !str_eq_nocase(str_head(authorization, 6), S("Basic ")))
        return OK;
    pair = base64_decode(c->arena, str_trim(str_skip(authorization, 6)));
    if (!pair.p || !utf8_valid(pair) || str_chr(pair, ':') < 0)
        return OK;
    str_cut(&pair, ':', &id);
    grow(c, in, 2);
    TRY(add_arg(in, S("client_id"), id, NULL));
    return add_arg(in, S("client_secret"), pair, NULL);
}

enum err input_read(struct call *c, const struct api_request *req, struct input *in)
{
    const struct input_arg *token;

    *in = (struct input){0};
    TRY(add_form(c, req->query, ERR_INVALID_FORM_DATA, in));
    if (req->post)
        TRY(add_body(c, req, in));
    TRY(add_basic(c, req->authorization, in));
    in->token = bearer(req->authorization);
    if (in->token.n == 0) {
        token = input_get(in, S("token"));
        if (token && !token->json)
            in->token = token->text;
    }
    return OK;
}

const struct input_arg *input_get(const struct input *in, struct str name)
{
    for (int i = in->n - 1; i >= 0; i--)
        if (str_eq(in->args[i].name, name))
            return &in->args[i];
    return NULL;
}

const struct http_part *input_file(const struct input *in, struct str name)
{
    for (int i = 0; i < in->n_parts; i++) {
        const struct http_part *part = &in->parts[i];
        if ((part->fd >= 0 || part->filename.n) && (!name.n || str_eq(part->name, name)))
            return part;
    }
    return NULL;
}
