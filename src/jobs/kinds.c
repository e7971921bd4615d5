#include "jobs/kinds.h"

#include "core/access_log.h"
#include "core/dnd.h"
#include "core/function.h"
#include "core/profile.h"
#include "core/reminder.h"
#include "core/scheduled.h"
#include "core/thread_status.h"
#include "core/unfurl.h"

static const struct job_kind kinds[] = {
    {{"status", 6}, profile_end_status}, {{"snooze", 6}, dnd_snooze_over},
    {{"reminder", 8}, reminder_fire},    {{"accesses", 8}, access_log_expire},
    {{"scheduled", 9}, scheduled_fire},  {{"thread_status", 13}, thread_status_over},
    {{"unfurl", 6}, unfurl_fire},        {{"function", 8}, function_expire},
};

const struct job_kind *job_kind_find(struct str name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (str_eq(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}
