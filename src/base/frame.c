#include "base/frame.h"

static enum frame_step broken(struct frame_reader *r, int code)
{
    r->code = code;
    return FRAME_BROKEN;
}

/* --- heads ---------------------------------------------------------------------------------------------------- */

static bool is_control(const struct frame_reader *r)
{
    return r->opcode >= WS_CLOSE;
}

static uint8_t length_bits(const struct frame_reader *r)
{
    return r->head[1] & 0x7F;
}

static size_t mask_bytes(const struct frame_reader *r)
{
    return r->from_server ? 0 : 4;
}

/* How long the head is, as far as its first two bytes tell. */
static size_t head_bytes(const struct frame_reader *r)
{
    uint8_t bits = length_bits(r);

    return 2 + mask_bytes(r) + (bits == 126 ? 2 : bits == 127 ? 8 : 0);
}

/* What the first two bytes must not be: looked at before the rest has come, so that no one waits for the rest of a
 * frame that is refused anyway. */
static bool start_is_good(struct frame_reader *r)
{
    bool rsv1 = r->head[0] & 0x40, control;

    r->fin = r->head[0] & 0x80;
    r->opcode = r->head[0] & 0x0F;
    control = is_control(r);
    if (r->head[0] & 0x30 || !(r->head[1] & 0x80) != r->from_server) /* reserved bits; masked by the wrong side */
        return false;
    if ((r->opcode > WS_BINARY && r->opcode < WS_CLOSE) || r->opcode > WS_PONG)
        return false;
    if (control && (!r->fin || length_bits(r) > FRAME_CONTROL_MAX))
        return false;
    if (rsv1 && (!r->deflate || control || r->opcode == WS_CONTINUATION))
        return false;
    if (!control && (r->opcode == WS_CONTINUATION) != (r->message != 0))
        return false;
    if (!control && r->opcode != WS_CONTINUATION)
        r->packed = rsv1;
    return true;
}

static uint64_t read_length(const struct frame_reader *r)
{
    uint8_t bits = length_bits(r);
    uint64_t v = 0;

    if (bits < 126)
        return bits;
    for (size_t i = 2; i < head_bytes(r) - mask_bytes(r); i++)
        v = v << 8 | r->head[i];
    return v;
}

/* The shortest form that holds the length is the only one. */
static bool length_is_good(const struct frame_reader *r)
{
    uint8_t bits = length_bits(r);

    return (bits != 126 || r->left > 125) && (bits != 127 || (r->left > UINT16_MAX && r->left >> 63 == 0));
}

static enum frame_step head_done(struct frame_reader *r)
{
    r->left = read_length(r);
    if (!length_is_good(r))
        return broken(r, WS_PROTOCOL_ERROR);
    if (!r->from_server)
        memcpy(r->mask, r->head + head_bytes(r) - 4, 4);
    r->mask_at = 0;
    r->head_n = 0;
    r->in_payload = true;
    if (is_control(r))
        return FRAME_MORE;
    if (r->left > r->max_bytes - r->parts.n)
        return broken(r, WS_TOO_BIG);
    if (r->opcode != WS_CONTINUATION) {
        r->message = r->opcode;
        r->text = (struct utf8_stream){0};
    }
    return FRAME_MORE;
}

/* FRAME_MORE with in_payload unset: more bytes of it are needed. */
static enum frame_step read_head(struct frame_reader *r, const char *bytes, size_t n, size_t *used)
{
    while (*used < n) {
        r->head[r->head_n++] = (uint8_t)bytes[(*used)++];
        if (r->head_n == 2 && !start_is_good(r))
            return broken(r, WS_PROTOCOL_ERROR);
        if (r->head_n >= 2 && r->head_n == head_bytes(r))
            return head_done(r);
    }
    return FRAME_MORE;
}

/* --- payloads ------------------------------------------------------------------------------------------------- */

void frame_mask(const uint8_t mask[4], uint64_t at, char *p, size_t n)
{
    uint64_t wide;
    uint8_t turned[8];
    size_t i = 0;

    for (uint64_t k = 0; k < 8; k++)
        turned[k] = mask[(at + k) & 3];
    memcpy(&wide, turned, sizeof(wide));
    for (uint64_t w; n - i >= 8; i += 8) {
        memcpy(&w, p + i, 8);
        w ^= wide;
        memcpy(p + i, &w, 8);
    }
    for (; i < n; i++)
        p[i] ^= (char)turned[i & 7];
}

/* Puts a piece behind what has come; whole is what there is then. */
static struct str gather(struct frame_reader *r, struct buf *b, size_t max, struct str piece, bool last)
{
    if (last && b->n == 0)
        return piece; /* never copied: the usual case */
    if (!b->p)
        *b = buf_from(r->memory, max);
    buf_str(b, piece);
    return buf_view(b);
}

/* Codes that may stand in a close frame (RFC 6455, section 7.4, and the registry). */
static bool code_may_be_sent(int code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

static enum frame_step close_frame(struct frame_reader *r)
{
    struct str p = r->payload;

    r->code = WS_NO_CODE;
    if (p.n == 0)
        return FRAME_CLOSE;
    if (p.n == 1)
        return broken(r, WS_PROTOCOL_ERROR);
    r->code = (uint8_t)p.p[0] << 8 | (uint8_t)p.p[1];
    r->payload = str_skip(p, 2);
    if (!code_may_be_sent(r->code))
        return broken(r, WS_PROTOCOL_ERROR);
    if (!utf8_valid(r->payload))
        return broken(r, WS_BAD_TEXT);
    return FRAME_CLOSE;
}

static enum frame_step control_piece(struct frame_reader *r, struct str piece)
{
    r->payload = gather(r, &r->control, FRAME_CONTROL_MAX, piece, r->left == 0);
    if (r->control.over)
        return broken(r, WS_TOO_BIG);
    if (r->left)
        return FRAME_MORE;
    r->in_payload = false;
    if (r->opcode == WS_CLOSE)
        return close_frame(r);
    return r->opcode == WS_PING ? FRAME_PING : FRAME_PONG;
}

static enum frame_step message_done(struct frame_reader *r)
{
    int code = 0;

    r->kind = r->message;
    r->message = 0;
    if (r->packed) {
        code = r->unpack(r->unpack_with, r->payload, r->max_bytes, &r->payload);
        if (code == 0 && r->kind == WS_TEXT && !utf8_valid(r->payload))
            code = WS_BAD_TEXT;
    } else if (r->text.need) {
        code = WS_BAD_TEXT;
    }
    return code ? broken(r, code) : FRAME_MESSAGE;
}

static enum frame_step message_piece(struct frame_reader *r, struct str piece)
{
    if (r->message == WS_TEXT && !r->packed && !utf8_stream_take(&r->text, piece))
        return broken(r, WS_BAD_TEXT);
    r->payload = gather(r, &r->parts, r->max_bytes, piece, r->fin && r->left == 0);
    if (r->parts.over) /* there is no memory: that it is too large the head told */
        return broken(r, WS_TOO_BIG);
    if (r->left)
        return FRAME_MORE;
    r->in_payload = false;
    return r->fin ? message_done(r) : FRAME_MORE;
}

static enum frame_step read_payload(struct frame_reader *r, char *bytes, size_t n, size_t *used)
{
    size_t take = n - *used < r->left ? n - *used : (size_t)r->left;
    struct str piece = str_of(bytes + *used, take);

    if (!r->from_server) {
        frame_mask(r->mask, r->mask_at, bytes + *used, take);
        r->mask_at = (uint8_t)((r->mask_at + take) & 3);
    }
    *used += take;
    r->left -= take;
    return is_control(r) ? control_piece(r, piece) : message_piece(r, piece);
}

/* What the last step handed out is not needed any more. */
static void let_go(struct frame_reader *r)
{
    if (!r->message && r->parts.p)
        buf_free(&r->parts);
    if (!(r->in_payload && is_control(r)) && r->control.p)
        buf_free(&r->control);
}

enum frame_step frame_read(struct frame_reader *r, char *bytes, size_t n, size_t *used)
{
    enum frame_step step = FRAME_MORE;

    *used = 0;
    let_go(r);
    while (step == FRAME_MORE && *used < n) {
        if (!r->in_payload)
            step = read_head(r, bytes, n, used);
        if (step == FRAME_MORE && r->in_payload && (*used < n || r->left == 0))
            step = read_payload(r, bytes, n, used);
    }
    return step;
}

void frame_reader_end(struct frame_reader *r)
{
    buf_free(&r->parts);
    buf_free(&r->control);
}

/* --- the way out ------------------------------------------------------------------------------------------------- */

size_t frame_head(char head[FRAME_HEAD_MAX], uint8_t first, size_t payload_n, const uint8_t *mask)
{
    size_t n = payload_n < 126 ? 2 : payload_n <= UINT16_MAX ? 4 : 10;

    head[0] = (char)(0x80 | first);
    head[1] = (char)(n == 2 ? payload_n : n == 4 ? 126 : 127);
    for (size_t i = n; i > 2; i--, payload_n >>= 8)
        head[i - 1] = (char)(payload_n & 0xFF);
    if (!mask)
        return n;
    head[1] = (char)(head[1] | 0x80);
    memcpy(head + n, mask, 4);
    return n + 4;
}
