/* functions.*: what came of the steps that an app was asked to do. */
#include "args_functions.h"
#include "core/function.h"

enum err functions_complete_success(struct call *c, const struct functions_complete_success_args *a)
{
    return function_complete(c, a->function_execution_id, a->outputs, S(""));
}

enum err functions_complete_error(struct call *c, const struct functions_complete_error_args *a)
{
    return function_complete(c, a->function_execution_id, NULL, a->error);
}
