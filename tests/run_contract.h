/* Is a reply what the catalogue promises?  Asked of every reply of every case. */
#ifndef TAUT_TESTS_RUN_CONTRACT_H
#define TAUT_TESTS_RUN_CONTRACT_H

#include "api/dispatch.h"
#include "run_report.h"

/* Keys, types and presence of a success; code and HTTP status of an error.  *result becomes what was reached
 * (OK or the error), ERRORS_N when that cannot be told or the caller chose the code itself (api.test). */
void contract_check(struct report *r, const struct api_request *req, const struct json *reply, enum err *result);

#endif
