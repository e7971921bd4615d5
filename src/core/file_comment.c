#include "core/file_comment.h"

#include "base/clock.h"
#include "objects.h"

int64_t file_comment_id(struct arena *a, struct str text)
{
    if (!str_starts(text, S("Fc")))
        return 0;
    return id_parse_kind(ARENA_JOIN(a, str_of((char[]){FILE_COMMENT_KIND}, 1), str_skip(text, 2)), "Y");
}

struct str file_comment_text(int64_t id, char out[ID_MAX + 1])
{
    size_t n = id_format(id, out + 1);

    out[0] = 'F';
    out[1] = 'c';
    return str_of(out, n + 1);
}

struct obj_file_comment file_comment_of(const struct file_comment_row *row, char id[ID_MAX + 1])
{
    return (struct obj_file_comment){
        .id = file_comment_text(row->id, id),
        .created = row->created_us / US_PER_S,
        .timestamp = row->created_us / US_PER_S,
        .user = row->user_id,
        .comment = row->comment,
    };
}

void file_comment_put(struct json_out *o, struct str key, const struct file_comment_row *row)
{
    char id[ID_MAX + 1];
    const struct obj_file_comment comment = file_comment_of(row, id);

    put_file_comment(o, key, &comment);
}
