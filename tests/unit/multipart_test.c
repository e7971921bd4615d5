/* multipart/form-data in pieces of every size. */
#include <unistd.h>

#include "check.h"
#include "place.h"
#include "base/rand.h"
#include "net/multipart.h"

#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"

static struct http_limits limits;

static struct str file_bytes(struct arena *a, int fd)
{
    char *p = arena_bytes(a, 100000);
    ssize_t n = pread(fd, p, 100000, 0);

    CHECK(n >= 0);
    return str_of(p, (size_t)n);
}

/* The parts as lines "name|filename|type|where|bytes", "bad" before them when the form is so.  In the arena. */
static struct str parts_of(struct arena *a, struct str body, size_t piece)
{
    struct multipart *m = multipart_new(a, S("B"), &limits, place_in(a, "/tmp"));
    struct http_part *parts;
    unsigned char hash[SHA256_BYTES];
    struct str out;
    int n;

    while (body.n) {
        multipart_feed(m, str_head(body, piece));
        body = str_skip(body, piece);
    }
    out = multipart_end(m, &parts, &n) == MULTIPART_OK ? S("") : S("bad ");
    for (int i = 0; i < n; i++) {
        struct str data = parts[i].fd >= 0 ? file_bytes(a, parts[i].fd) : parts[i].data;

        CHECK((int64_t)data.n == parts[i].size_bytes);
        if (parts[i].fd >= 0)
            sha256(data, hash);
        CHECK(str_eq(parts[i].sha256, str_of((char *)hash, parts[i].fd >= 0 ? SHA256_BYTES : 0)));
        out = arena_printf(a, "%.*s%.*s|%.*s|%.*s|%s|%.*s\n", STR_FMT(out), STR_FMT(parts[i].name),
                           STR_FMT(parts[i].filename), STR_FMT(parts[i].content_type),
                           parts[i].fd >= 0 ? "file" : "memory", STR_FMT(data));
    }
    multipart_close(parts, n);
    return out;
}

static void same_in_all_pieces(const char *body, const char *want)
{
    for (size_t piece = 1; piece <= strlen(body) + 1; piece++) {
        struct arena *a = arena_new(4096);

        CHECK(str_eq(parts_of(a, str_c(body), piece), str_c(want)));
        arena_free(a);
    }
}

static void forms(void)
{
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n1\r\n--B--\r\n", "a|||memory|1\n");
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n\r\n--B--", "a|||memory|\n");
    same_in_all_pieces(
        "--B\r\n" FIELD("a") "\r\n1\r\n--B\r\n" FIELD("b") "Content-Type: text/plain\r\n\r\n2\r\n--B--\r\n",
        "a|||memory|1\nb||text/plain|memory|2\n");
    same_in_all_pieces(
        "a preamble\r\n--B \t\r\ncontent-disposition: FORM-DATA; NAME=a\r\n\r\n1\r\n--B--\r\nan epilogue\r\n--B",
        "a|||memory|1\n");
    same_in_all_pieces(
        "--B\r\nContent-Disposition: form-data; name=f; filename=\"C:\\dir\\a.txt\"\r\n\r\nx\r\n--B--\r\n",
        "f|a.txt||file|x\n");
    same_in_all_pieces(
        "--B\r\nContent-Disposition: form-data; name=f; filename=\"/home/me/b.txt\"\r\n\r\nx\r\n--B--\r\n",
        "f|b.txt||file|x\n");
    same_in_all_pieces("--B\r\nContent-Disposition: form-data; name=f; filename=z; filename*=utf-8''%C3%A4.txt\r\n\r\nx"
                       "\r\n--B--\r\n",
                       "f|\xc3\xa4.txt||file|x\n");
    same_in_all_pieces("--B\r\nContent-Disposition: form-data; name=f; filename=\"\"\r\n\r\n\r\n--B--\r\n",
                       "f|||file|\n");
    same_in_all_pieces("--B--\r\n", "");
}

/* Clients end forms in ways of their own. */
static void ends(void)
{
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n1\r\n--B\r\n", "a|||memory|1\n");
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n1\r\n--B", "a|||memory|1\n");
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n1", "a|||memory|1\n");
}

static void near_delimiters(void)
{
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n\r\r\n\r\n-\r\n--\r\n--A--B\r\n--B--\r\n",
                       "a|||memory|\r\r\n\r\n-\r\n--\r\n--A--B\n");
    same_in_all_pieces("--A\r\n--B\r\n" FIELD("a") "\r\n--B\r\n--B--", "a|||memory|--B\n");
}

static void malformed(void)
{
    same_in_all_pieces("nonsense", "bad ");
    same_in_all_pieces("--B\r\nnonsense\r\n\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\n: a\r\n\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\nContent-Type: text/plain\r\n\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\n" FIELD("a") FIELD("b") "\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\n" FIELD("\xff") "\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\nContent-Disposition: form-data; name=f; filename*=utf-8''%00\r\n\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\n" FIELD("a") "\r\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\nContent-Disposition: form-data; name=a\n\n1\r\n--B--", "bad ");
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n1\r\n--B\r\nContent-", "bad a|||memory|1\n");
    same_in_all_pieces("--B\r\n" FIELD("a") "\r\n1\r\n--BX\r\n", "bad a|||memory|1\n");
}

static void large(void)
{
    struct arena *a = arena_new(4096);
    char *data = arena_bytes(a, 70000);
    struct str body, want;

    for (int i = 0; i < 70000; i++)
        data[i] = i % 5 == 0 ? '\r' : (char)('a' + i % 26);
    body = arena_printf(a, "--B\r\n" FIELD("a") "\r\n%.*s\r\n--B--", 70000, data);
    want = arena_printf(a, "a|||file|%.*s\n", 70000, data);
    for (size_t piece = 997; piece < 90000; piece *= 9)
        CHECK(str_eq(parts_of(a, body, piece), want));
    body = arena_printf(a, "--B\r\n" FIELD("a") "X: %.*s\r\n\r\n1\r\n--B--", 9000, data);
    CHECK(str_eq(parts_of(a, body, 1000), S("bad ")));
    arena_free(a);
}

static void too_many(void)
{
    struct arena *a = arena_new(4096);
    struct str part = S("--B\r\n" FIELD("a") "\r\n1\r\n"), body = S("");

    for (int i = 0; i < limits.parts_n; i++)
        body = arena_printf(a, "%.*s%.*s", STR_FMT(body), STR_FMT(part));
    CHECK(!str_starts(parts_of(a, arena_printf(a, "%.*s--B--", STR_FMT(body)), 100), S("bad")));
    CHECK(str_starts(parts_of(a, arena_printf(a, "%.*s%.*s", STR_FMT(body), STR_FMT(part)), 100), S("bad")));
    arena_free(a);
}

/* A folder that takes no files is a fault of the server, not of the form. */
static void no_folder(void)
{
    struct arena *a = arena_new(4096);
    struct multipart *m = multipart_new(a, S("B"), &limits, place_in(a, "/nowhere"));
    struct http_part *parts;
    int n;

    multipart_feed(m, S("--B\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nx\r\n--B--\r\n"));
    CHECK(multipart_end(m, &parts, &n) == MULTIPART_FAULT);
    multipart_close(parts, n);
    arena_free(a);
}

static bool boundary(const char *type, const char *want)
{
    struct arena *a = arena_new(4096);
    bool same = str_eq(multipart_boundary(a, str_c(type)), str_c(want));

    arena_free(a);
    return same;
}

#define SEVENTY "0123456789012345678901234567890123456789012345678901234567890123456789"

static void boundaries(void)
{
    CHECK(boundary("multipart/form-data; boundary=abc", "abc"));
    CHECK(boundary("Multipart/Form-Data;charset=utf-8; Boundary=\"a b:c\"", "a b:c"));
    CHECK(boundary("multipart/form-data; boundary=" SEVENTY, SEVENTY));
    CHECK(boundary("multipart/form-data; boundary=" SEVENTY "0", ""));
    CHECK(boundary("multipart/form-data; boundary=\"a\tb\"", ""));
    CHECK(boundary("multipart/form-data; boundary=", ""));
    CHECK(boundary("multipart/form-data", ""));
    CHECK(boundary("multipart/mixed; boundary=abc", ""));
    CHECK(boundary("", ""));
}

int main(void)
{
    limits = http_limits_default;
    forms();
    ends();
    near_delimiters();
    malformed();
    large();
    too_many();
    no_folder();
    boundaries();
    return 0;
}
