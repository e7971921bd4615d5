/* WebSocket frames that go to many, and permessage-deflate.  base/frame.h reads frames. */
#ifndef TAUT_NET_FRAME_H
#define TAUT_NET_FRAME_H

#include <stdatomic.h>

#include "base/frame.h"

/* Unpacks what permessage-deflate packed; one for each thread. */
struct inflater;
struct inflater *inflater_new(void);
void inflater_free(struct inflater *i);
/* 0 and *out, valid until the next call; or the code to close with: unpacked it would be larger than max_bytes, or it
 * is not deflated data. */
int inflater_run(void *inflater, struct str packed, size_t max_bytes, struct str *out);

/* A frame to be sent: written once, never changed, shared by all who get it. */
struct ws_frame {
    _Atomic int refs;
    struct ws_frame *deflated; /* made when the first receiver wants it; the sending thread's */
    bool not_worth_it;         /* deflated it is no shorter */
    uint8_t head_n;
    size_t n;     /* of all bytes */
    char bytes[]; /* head and payload */
};
/* The caller holds it.  Any thread. */
struct ws_frame *frame_new(enum ws_opcode opcode, struct str payload);
struct ws_frame *frame_close(int code, struct str reason);
struct ws_frame *frame_ref(struct ws_frame *f);
void frame_unref(struct ws_frame *f);

/* Packs; one for each thread. */
struct deflater;
struct deflater *deflater_new(void);
void deflater_free(struct deflater *d);
/* False when it does not get shorter; *out is valid until the next call. */
bool deflater_run(struct deflater *d, struct str bytes, struct str *out);
/* The frame as those get it who agreed to permessage-deflate: f itself when it is small or does not get shorter. */
struct ws_frame *deflater_frame(struct deflater *d, struct ws_frame *f);

#endif
