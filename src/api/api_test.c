/* api.test: tells the caller what it sent. */
#include "api/input.h"
#include "args_api.h"

enum { ARGS_MAX_BYTES = 16 << 20 };

/* All arguments as one object; of several with one name the one that counts. */
static struct str args_json(struct call *c)
{
    const struct input *in = c->input;
    struct buf b = buf_in(c->arena, ARGS_MAX_BYTES);
    struct json_out o = {.b = &b};

    json_open(&o, S(""), '{');
    for (int i = 0; i < in->n; i++) {
        const struct input_arg *arg = &in->args[i];
        if (input_get(in, arg->name) != arg || str_eq(arg->name, S("token")))
            continue;
        json_key_text(&o, arg->name);
        if (arg->json)
            json_text(&o, S(""), json_raw(arg->json));
        else
            json_str(&o, S(""), arg->text);
    }
    json_close(&o, '}');
    return buf_view(&b);
}

/* Every argument comes back under args; error=X fails with X. */
enum err api_test(struct call *c, const struct api_test_args *a)
{
    struct str args = c->input->n ? args_json(c) : S("");

    if (a->error.n) {
        c->error_text = a->error;
        c->error_args = args;
        return ERR_INVALID_ARGUMENTS;
    }
    if (args.n)
        json_text(&c->out, S("args"), args);
    return OK;
}
