#include "api/upload.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "core/filetype.h"
#include "jobs/image.h"

enum { PREVIEW_LINES = 5, PREVIEW_LINE_CHARS = 250 };

struct http_part upload_text(struct str text)
{
    return (struct http_part){.data = text, .fd = -1, .size_bytes = (int64_t)text.n};
}

int upload_open(const struct http_part *part)
{
    int fd;

    if (part->fd >= 0)
        return dup(part->fd);
    fd = memfd_create("taut-part", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, part->data.p, part->data.n) != (ssize_t)part->data.n) {
        close(fd);
        return -1;
    }
    return fd;
}

/* --- bodies --------------------------------------------------------------------------------------------------- */

struct pin {
    struct call_after after; /* first: a call_after * is a pin * */
    struct str hash;
};

static void unpin(struct call *c, struct call_after *after, bool kept)
{
    blob_unpin(c->blobs, ((struct pin *)after)->hash, kept);
}

/* A stored body becomes one of the upload's, held until the call has ended. */
static struct str add_body(struct call *c, struct upload *u, const struct blob *blob, struct str part)
{
    struct pin *pin = ARENA_NEW(c->arena, struct pin);

    assert(u->n_bodies < UPLOAD_BODIES_MAX);
    pin->after.done = unpin;
    pin->hash = arena_dup(c->arena, str_of(blob->hash, SHA256_HEX));
    call_after(c, &pin->after);
    u->bodies[u->n_bodies++] = (struct upload_body){pin->hash, part};
    return pin->hash;
}

enum err upload_add(struct call *c, struct upload *u, struct str bytes, struct str part, struct str *hash)
{
    struct blob blob;

    if (!blob_put_bytes(c->blobs, bytes, &blob))
        return ERR_SERVICE_UNAVAILABLE;
    *hash = add_body(c, u, &blob, part);
    return OK;
}

enum err upload_name_bodies(struct call *c, int64_t owner, const struct upload *u)
{
    int64_t changed;

    for (int i = 0; i < u->n_bodies; i++)
        TRY(sql_file_body_add(c->db, c->arena, u->bodies[i].hash, owner, u->bodies[i].part, &changed));
    return OK;
}

static bool still_named(void *ctx, struct str hash)
{
    struct call *c = ctx;
    int64_t one;
    bool found;

    return sql_file_body_named(c->db, c->arena, hash, &one, &found) != OK || found;
}

static void remove_body(struct call *c, struct call_after *after, bool kept)
{
    if (kept)
        blob_remove(c->blobs, ((struct pin *)after)->hash, still_named, c);
}

enum err upload_drop_bodies(struct call *c, int64_t owner, bool (*is_old)(struct str part))
{
    struct file_body_row *bodies;
    int64_t changed;
    int n;

    TRY(sql_file_bodies(c->db, c->arena, owner, &bodies, &n));
    for (int i = 0; i < n; i++) {
        struct pin *drop = ARENA_NEW(c->arena, struct pin);
        if (is_old && !is_old(bodies[i].part))
            continue;
        drop->after.done = remove_body;
        drop->hash = bodies[i].hash;
        call_after(c, &drop->after);
        TRY(sql_file_body_drop(c->db, c->arena, owner, bodies[i].hash, bodies[i].part, &changed));
    }
    return OK;
}

/* --- text ----------------------------------------------------------------------------------------------------- */

/* The first n bytes of the part. */
static struct str first_bytes(struct call *c, const struct http_part *part, size_t n)
{
    char *bytes;
    ssize_t got;

    if (part->fd < 0)
        return str_head(part->data, n);
    bytes = arena_bytes(c->arena, n);
    got = pread(part->fd, bytes, n, 0);
    return str_of(bytes, got > 0 ? (size_t)got : 0);
}

static bool is_text(struct str s, bool is_all)
{
    if (s.n == 0 || str_chr(s, '\0') >= 0)
        return s.n == 0 && is_all;
    return utf8_valid(is_all ? s : utf8_whole(s));
}

static void fill_preview(struct call *c, struct str text, struct file_row *f)
{
    struct buf b = buf_in(c->arena, SNIPPET_MAX_BYTES);
    struct str rest = text, line;

    for (f->lines = 0; rest.n && str_cut(&rest, '\n', &line); f->lines++) {
        if (f->lines >= PREVIEW_LINES)
            continue;
        if (f->lines)
            buf_char(&b, '\n');
        if (str_ends(line, S("\r")))
            line = str_head(line, line.n - 1);
        buf_str(&b, utf8_head(line, PREVIEW_LINE_CHARS));
    }
    f->preview = buf_view(&b);
    f->lines_more = f->lines > PREVIEW_LINES ? f->lines - PREVIEW_LINES : 0;
}

/* --- images --------------------------------------------------------------------------------------------------- */

static const struct image_order thumbs = {
    .sizes =
        {{1024, false}, {960, false}, {720, false}, {480, false}, {360, false}, {160, true}, {80, true}, {64, true}},
    .n = 8,
};

/* A fitted picture is kept when the image is larger than the next smaller one. */
static bool is_wanted(const struct image *im, int at)
{
    int longer = im->w > im->h ? im->w : im->h;

    if (thumbs.sizes[at].square || thumbs.sizes[at + 1].square)
        return true;
    return longer > thumbs.sizes[at + 1].pixels;
}

static enum err store_thumb(struct call *c, struct upload *u, const struct image_made *made, struct buf *list)
{
    struct str hash;

    TRY(upload_add(c, u, made->bytes, arena_printf(c->arena, "%d", made->pixels), &hash));
    buf_printf(list, "%s%d,%d,%d,%s,%.*s", list->n ? ";" : "", made->pixels, made->w, made->h,
               made->jpeg ? "jpg" : "png", STR_FMT(hash));
    return OK;
}

/* An image that cannot be read is a file without pictures. */
static enum err make_thumbs(struct call *c, int fd, struct upload *u)
{
    struct buf list = buf_in(c->arena, 4096);
    struct image im;
    enum image_status status;

    if (fd < 0)
        return ERR_SERVICE_UNAVAILABLE;
    status = image_make(c->arena, fd, &thumbs, &im);
    close(fd);
    if (status != IMAGE_OK)
        return OK;
    u->row.original_w = im.w;
    u->row.original_h = im.h;
    u->row.rotation = im.rotation;
    for (int i = 0; i < im.n; i++)
        if (is_wanted(&im, i))
            TRY(store_thumb(c, u, &im.made[i], &list));
    u->row.thumbs = buf_view(&list);
    return OK;
}

enum err upload_thumbs(struct call *c, const struct http_part *part, struct upload *u)
{
    return make_thumbs(c, upload_open(part), u);
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

static const struct filetype *type_of(struct call *c, const struct http_part *part, struct str name, struct str type,
                                      struct str *text)
{
    bool small = part->size_bytes <= SNIPPET_MAX_BYTES;
    struct str head = first_bytes(c, part, small ? (size_t)part->size_bytes : FILETYPE_HEAD_BYTES);
    const struct filetype *asked = filetype_find(type);
    bool reads = is_text(head, small);

    *text = small && reads ? head : (struct str){0};
    /* Only one text can be taken for another: what is no text is what its bytes say. */
    if (asked && asked->text && reads)
        return asked;
    return filetype_detect(name, str_head(head, FILETYPE_HEAD_BYTES), reads);
}

static bool put_body(struct call *c, const struct http_part *part, struct blob *body)
{
    return part->fd >= 0 ? blob_put_file(c->blobs, part->fd, part->sha256, part->size_bytes, body)
                         : blob_put_bytes(c->blobs, part->data, body);
}

enum err upload_take(struct call *c, const struct http_part *part, struct str name, struct str type, struct upload *u)
{
    const struct filetype *t;
    struct blob body;
    struct str text;
    int64_t size;

    *u = (struct upload){0};
    t = type_of(c, part, name, type, &text);
    if (!put_body(c, part, &body))
        return ERR_SERVICE_UNAVAILABLE;
    u->row.body = add_body(c, u, &body, S("body"));
    u->row.size_bytes = body.size_bytes;
    u->row.filetype = t->name;
    u->row.kind = t->kind;
    u->row.mode = S("hosted");
    if (t->text && text.p) {
        u->row.mode = S("snippet");
        u->row.kind = S("snippets");
        fill_preview(c, text, &u->row);
    }
    return str_eq(t->kind, S("images")) ? make_thumbs(c, blob_open(c->blobs, u->row.body, &size), u) : OK;
}
