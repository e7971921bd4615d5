/* Sends a file to a channel, without reading it into memory: upload C0GENERAL report.pdf */
#include <stdio.h>
#include <string.h>
#include <taut/taut.h>

static enum taut_error upload(struct taut *t, const char *channel, const char *path, FILE *file)
{
    const char *slash = strrchr(path, '/');
    struct taut_upload u = {.source = taut_source_file(file, slash ? slash + 1 : path), .channels = channel};
    struct taut_files_complete_upload_external_reply *reply;
    enum taut_error e = taut_upload(t, &u, &reply);

    for (int i = 0; !e && i < reply->n_files; i++)
        printf("%s %s\n", reply->files[i].id, reply->files[i].permalink);
    taut_reply_free(reply);
    return e;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    struct taut *t = file ? taut_new(NULL) : NULL;
    enum taut_error e;

    if (!t) {
        fprintf(stderr, "usage: upload CHANNEL FILE\n");
        return 2;
    }
    e = upload(t, argv[1], argv[2], file);
    if (e)
        fprintf(stderr, "%s\n", taut_last_failure(t)->message);
    fclose(file);
    taut_free(t);
    return e != TAUT_OK;
}
