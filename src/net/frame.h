/* WebSocket frames (RFC 6455) out of bytes, and bytes out of frames.  Knows no socket and no clock.
 *
 * The reader takes what a client sends: it unmasks in place, puts fragments together, checks text as it comes, and ends
 * a connection that breaks a rule with the close code the RFC has for it. */
#ifndef TAUT_NET_FRAME_H
#define TAUT_NET_FRAME_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/utf8.h"

struct inflater;

enum ws_opcode { WS_CONTINUATION, WS_TEXT, WS_BINARY, WS_CLOSE = 8, WS_PING, WS_PONG };

enum ws_code {
    WS_NORMAL = 1000,
    WS_GOING_AWAY = 1001,
    WS_PROTOCOL_ERROR = 1002,
    WS_NO_CODE = 1005, /* a close frame without a code; never sent */
    WS_BAD_TEXT = 1007,
    WS_TOO_BIG = 1009,
    WS_TRY_LATER = 1013 /* to a reader that does not keep up */
};

enum { FRAME_CONTROL_MAX = 125, FRAME_HEAD_MAX = 14 };

enum frame_step { FRAME_MORE, FRAME_MESSAGE, FRAME_PING, FRAME_PONG, FRAME_CLOSE, FRAME_BROKEN };

/* Zero at first, but for what the first three fields say. */
struct frame_reader {
    size_t max_bytes; /* of a message, over all its frames and unpacked */
    bool deflate;     /* permessage-deflate is agreed */
    struct inflater *inflater;

    uint8_t head[FRAME_HEAD_MAX];
    uint8_t head_n;
    bool in_payload, fin;
    uint8_t opcode;  /* of the frame at hand */
    uint8_t message; /* opcode of the message begun; 0: none */
    bool packed;     /* the message is deflated */
    uint8_t mask[4], mask_at;
    uint64_t left; /* of the frame's payload */
    struct utf8_stream text;
    struct buf parts;   /* of a message that is not whole; heap */
    struct buf control; /* of a control frame that is not whole; heap */

    /* What the last step brought; valid until the next. */
    enum ws_opcode kind; /* of a message */
    struct str payload;  /* of a message, ping or pong; a close frame's reason */
    int code;            /* of a close frame, or what to close a broken stream with */
};

/* Takes bytes, which it writes over; *used says how many are eaten.  FRAME_MORE: all of them. */
enum frame_step frame_read(struct frame_reader *r, char *bytes, size_t n, size_t *used);
void frame_reader_end(struct frame_reader *r);

/* Unpacks what permessage-deflate packed; one for each thread. */
struct inflater *inflater_new(void);
void inflater_free(struct inflater *i);
/* 0 and *out, valid until the next call; or the code to close with: unpacked it would be larger than max_bytes, or it
 * is not deflated data. */
int inflater_run(struct inflater *i, struct str packed, size_t max_bytes, struct str *out);

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
