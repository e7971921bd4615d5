#include "net/frame.h"

#include <stdlib.h>

enum { WORTH_BYTES = 1024, RSV1 = 0x40 };

static struct ws_frame *frame_alloc(size_t n)
{
    struct ws_frame *f = malloc(sizeof(*f) + n);

    if (!f)
        abort();
    atomic_init(&f->refs, 1);
    f->deflated = NULL;
    f->not_worth_it = false;
    f->n = n;
    return f;
}

static struct ws_frame *frame_make(uint8_t first, struct str payload)
{
    char head[FRAME_HEAD_MAX];
    size_t n = frame_head(head, first, payload.n, NULL);
    struct ws_frame *f = frame_alloc(n + payload.n);

    f->head_n = (uint8_t)n;
    memcpy(f->bytes, head, n);
    if (payload.n)
        memcpy(f->bytes + n, payload.p, payload.n);
    return f;
}

struct ws_frame *frame_new(enum ws_opcode opcode, struct str payload)
{
    return frame_make((uint8_t)opcode, payload);
}

struct ws_frame *frame_close(int code, struct str reason)
{
    char payload[FRAME_CONTROL_MAX];

    reason = str_head(reason, sizeof(payload) - 2);
    payload[0] = (char)(code >> 8);
    payload[1] = (char)(code & 0xFF);
    if (reason.n)
        memcpy(payload + 2, reason.p, reason.n);
    return frame_new(WS_CLOSE, str_of(payload, code == WS_NO_CODE ? 0 : reason.n + 2));
}

struct ws_frame *frame_ref(struct ws_frame *f)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

void frame_unref(struct ws_frame *f)
{
    if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) > 1)
        return;
    frame_unref(f->deflated);
    free(f);
}

struct ws_frame *deflater_frame(struct deflater *d, struct ws_frame *f)
{
    struct str packed;

    if (f->deflated)
        return f->deflated;
    if (f->n < WORTH_BYTES || f->not_worth_it || (f->bytes[0] & 0x0F) > WS_BINARY)
        return f;
    if (deflater_run(d, str_of(f->bytes + f->head_n, f->n - f->head_n), &packed))
        f->deflated = frame_make((uint8_t)(f->bytes[0] & 0x0F) | RSV1, packed);
    f->not_worth_it = !f->deflated;
    return f->deflated ? f->deflated : f;
}
