#include "live/signature.h"

#include <time.h>

#include "base/rand.h"

struct str signature_headers(struct arena *a, struct str secret, struct str content_type, struct str body)
{
    struct str timestamp = arena_printf(a, "%lld", (long long)time(NULL));
    unsigned char mac[SHA256_BYTES];

    hmac_sha256(secret, (const struct str[]){S("v0:"), timestamp, S(":"), body}, 4, mac);
    return ARENA_JOIN(a, S("Content-Type: "), content_type, S("\r\nX-Slack-Request-Timestamp: "), timestamp,
                      S("\r\nX-Slack-Signature: v0="), hex_of(a, mac, sizeof(mac)), S("\r\n"));
}
