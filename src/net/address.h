/* Addresses that outgoing requests may go to (DESIGN.md 8): public ones, and those that the operator allows. */
#ifndef TAUT_NET_ADDRESS_H
#define TAUT_NET_ADDRESS_H

#include <sys/socket.h>

#include "base/arena.h"

struct address_list;

/* A comma list of addresses, networks (10.0.0.0/8, fd00::/8) and the words loopback and private.  NULL and a sentence
 * when it is none.  Lies in the arena. */
const struct address_list *address_list_read(struct arena *a, struct str text, struct str *why);
bool address_list_has(const struct address_list *list, const struct sockaddr *to);
/* The same for an address as text. */
bool address_list_names(const struct address_list *list, struct str address);

/* Neither loopback, private, link-local, shared (RFC 6598), multicast nor reserved; addresses that carry an IPv4 one
 * inside (mapped, NAT64, 6to4) count as that one.  IANA special-purpose address registries. */
bool address_is_public(const struct sockaddr *to);

#endif
