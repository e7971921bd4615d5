/* WebSocket frames (RFC 6455) out of bytes, and the heads of those that are sent.  Knows no socket and no clock.
 *
 * The reader takes what the other side sends: it unmasks in place, puts fragments together, checks text as it comes,
 * and ends a connection that breaks a rule with the close code the RFC has for it. */
#ifndef TAUT_BASE_FRAME_H
#define TAUT_BASE_FRAME_H

#include "base/buf.h"
#include "base/utf8.h"

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

/* Zero at first, but for what the first fields say. */
struct frame_reader {
    size_t max_bytes;            /* of a message, over all its frames and unpacked */
    bool from_server;            /* its frames are not masked, a client's are */
    const struct memory *memory; /* for what is not whole; NULL: the heap */
    bool deflate;                /* permessage-deflate is agreed: unpack is called as inflater_run of net/frame.h */
    int (*unpack)(void *with, struct str packed, size_t max_bytes, struct str *out);
    void *unpack_with;

    uint8_t head[FRAME_HEAD_MAX];
    uint8_t head_n;
    bool in_payload, fin;
    uint8_t opcode;  /* of the frame at hand */
    uint8_t message; /* opcode of the message begun; 0: none */
    bool packed;     /* the message is deflated */
    uint8_t mask[4], mask_at;
    uint64_t left; /* of the frame's payload */
    struct utf8_stream text;
    struct buf parts;   /* of a message that is not whole */
    struct buf control; /* of a control frame that is not whole */

    /* What the last step brought; valid until the next. */
    enum ws_opcode kind; /* of a message */
    struct str payload;  /* of a message, ping or pong; a close frame's reason */
    int code;            /* of a close frame, or what to close a broken stream with */
};

/* Takes bytes, which it writes over; *used says how many are eaten.  FRAME_MORE: all of them. */
enum frame_step frame_read(struct frame_reader *r, char *bytes, size_t n, size_t *used);
void frame_reader_end(struct frame_reader *r);

/* The head of a whole frame: first is its opcode (and RSV1).  mask: four bytes, NULL for none.  Returns its length. */
size_t frame_head(char head[FRAME_HEAD_MAX], uint8_t first, size_t payload_n, const uint8_t *mask);
/* Masks or unmasks what begins `at` bytes behind the head. */
void frame_mask(const uint8_t mask[4], uint64_t at, char *p, size_t n);

#endif
