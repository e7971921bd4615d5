/* All of libtaut; start with <taut/client.h>. */
#ifndef TAUT_TAUT_H
#define TAUT_TAUT_H

#include <taut/analytics.h>
#include <taut/client.h>
#include <taut/events.h>
#include <taut/live.h>
#include <taut/methods.h>

#endif
