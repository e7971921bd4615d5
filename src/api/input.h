/* The arguments of a call, from query, form, multipart or JSON, before they have types. */
#ifndef TAUT_API_INPUT_H
#define TAUT_API_INPUT_H

#include "api/dispatch.h"

struct input_arg {
    struct str name;
    struct str text;         /* decoded; empty when only json holds the value */
    const struct json *json; /* of a JSON body; NULL from forms and queries */
};

struct input {
    struct input_arg *args; /* a later one of the same name wins: the body over the query */
    int n;
    const struct http_part *parts; /* of a multipart form, files among them */
    int n_parts;
    struct str token; /* of the header, the form, the multipart or the query; never of JSON */
};

/* Reads the request's arguments.  Errors, in this order (errors-common: request checks): request_timeout,
 * missing_post_type, invalid_post_type, invalid_charset, invalid_form_data, invalid_json, json_not_object,
 * invalid_arg_name, invalid_array_arg. Sets the charset warnings. */
enum err input_read(struct call *c, const struct api_request *req, struct input *in);

/* The last argument of this name, or NULL. */
const struct input_arg *input_get(const struct input *in, struct str name);

/* The first file of a multipart form under this name, or under any when name is empty; NULL when there is none. */
const struct http_part *input_file(const struct input *in, struct str name);

#endif
