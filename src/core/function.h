/* Custom steps: what an app offers to do (`functions` in its manifest), each time somebody has it run.
 *
 * The app hears function_executed and says, whenever it is done, what came of it (functions.completeSuccess,
 * completeError).  Inputs and outputs are held against the parameters of the manifest.  What came of it is kept for a
 * day, what nobody ends for thirty. */
#ifndef TAUT_CORE_FUNCTION_H
#define TAUT_CORE_FUNCTION_H

#include "core/call.h"
#include "core/manifest.h"

/* An app's function, for a workspace where its bot is. */
struct function_app {
    int64_t app, bot_user;
    const struct manifest *manifest;
};

/* The function of that name; NULL when the app has none. */
const struct manifest_function *function_find(const struct manifest *m, struct str callback_id);

/* values: an object, or NULL for none.  parameter_validation_failed, with a line that names the parameter. */
enum err function_check(struct call *c, const struct json *values, const struct manifest_parameter *parameters, int n);

/* Has the caller run it; *execution is its id, "Fx…".  function_not_found, parameter_validation_failed. */
enum err function_run(struct call *c, const struct function_app *app, struct str callback_id, const struct json *inputs,
                      struct str *execution);

/* The caller's app says what came of it; outputs NULL: error does.  function_execution_not_found,
 * execution_not_in_running_state, parameter_validation_failed. */
enum err function_complete(struct call *c, struct str execution, const struct json *outputs, struct str error);

/* The job (core/job.h): ends what c->team need not keep any more. */
enum err function_expire(struct call *c, int64_t subject);

#endif
