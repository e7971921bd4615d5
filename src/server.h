/* Opening and closing the parts that serve: data folder, database, lane, API, listener. */
#ifndef TAUT_SERVER_H
#define TAUT_SERVER_H

#include "api/dispatch.h"
#include "core/live.h"
#include "front/front.h"
#include "settings.h"

struct search_indexer;
struct events_api;
struct interact;
struct unfurler;

struct server {
    struct arena *arena; /* what lives as long as the server */
    struct settings settings;
    struct str data_dir;
    struct str database; /* URL */
    bool throwaway;      /* taut dev: nothing survives, so nothing is fsynced */
    int lock_fd;
    struct geo *geo;       /* NULL: no geoip_database */
    unsigned char key[32]; /* of the key file */
    struct db *writer;     /* until server_start gives it to the lane */
    struct db *index;      /* SQLite: until the indexer has it */
    struct api api;
    struct search_indexer *indexer;
    struct events_api *events;
    struct interact *interact;
    struct unfurler *unfurler; /* NULL: no previews of pages */
    struct rtm *rtm;
    struct live live; /* what calls see of it */
    struct front front;
    struct http_server *http;
};

/* Takes the data folder (made when missing, mode 0700), its lock and its key file.  False: *why is a sentence. */
bool server_open_data(struct server *s, struct str *why);
/* The process of the server that runs on the folder; 0: none does. */
long data_dir_server(struct server *s);
/* The key file alone, made when missing; for the shell commands beside a running server. */
bool data_dir_key(struct server *s, struct str *why);
/* Are the secrets that the database keeps sealed under this key?  Also true when it keeps none. */
bool data_dir_key_fits(struct server *s, struct db *db);
#define DATA_DIR_KEY_WHY "the apps' secrets are not sealed under this taut.key"
#define DATA_DIR_KEY_HINT "put its copy back, or the other node's, and start again; until then apps hear nothing"
/* Its address: that of the settings, else the file of the data folder. */
struct str server_database(struct server *s);
/* Opens the database for writing and brings its schema up to date. */
bool server_open_database(struct server *s, struct str *why);
/* Opens the rest but the listener: calls can be made from within. */
bool server_open(struct server *s, struct str *why);
/* Then begins to serve. */
bool server_serve(struct server *s, struct str *why);
/* Both. */
bool server_start(struct server *s, struct str *why);
/* The listener as the settings want it, bound but not serving; NULL and a sentence when that cannot be. */
struct http_server *server_listener(struct server *s, struct str *why);
/* Waits for SIGTERM or SIGINT (block them before threads start: server_block_signals), serving SIGHUP meanwhile. */
void server_wait(struct server *s);
void server_stop(struct server *s);

void server_block_signals(void);
/* The origin this server is reached at: "http://127.0.0.1:8065". */
struct str server_origin(struct server *s);

#endif
