#include "core/auth.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/rand.h"
#include "sql.h"
#include "store/db.h"

enum { SLOTS = 1024, PROBES = 4, SCOPES_MAX_BYTES = 4096 };

struct entry {
    unsigned char hash[SHA256_BYTES];
    uint64_t generation;
    struct actor actor; /* its texts lie in `texts` */
    char *texts;
};

struct auth_cache {
    struct entry slots[SLOTS];
};

/* Starts at 1: an empty slot's generation 0 never matches. */
static _Atomic uint64_t generation = 1;
static _Atomic int64_t epoch_seen;

struct auth_cache *auth_cache_new(void)
{
    return calloc(1, sizeof(struct auth_cache));
}

void auth_cache_free(struct auth_cache *cache)
{
    if (!cache)
        return;
    for (int i = 0; i < SLOTS; i++)
        free(cache->slots[i].texts);
    free(cache);
}

void auth_forget_all(void)
{
    atomic_fetch_add(&generation, 1);
}

uint64_t auth_generation(void)
{
    return atomic_load(&generation);
}

static void see_epoch(int64_t epoch)
{
    int64_t seen = atomic_load(&epoch_seen);

    while (seen < epoch)
        if (atomic_compare_exchange_weak(&epoch_seen, &seen, epoch)) {
            auth_forget_all();
            return;
        }
}

int64_t auth_epoch(void)
{
    return atomic_load(&epoch_seen);
}

enum err auth_epoch_read(struct db *db, struct arena *a, int64_t *epoch)
{
    bool found;

    *epoch = 0;
    return db_engine(db) == DB_POSTGRES ? sql_auth_epoch(db, a, epoch, &found) : OK;
}

enum err auth_look(struct db *db, struct arena *a)
{
    int64_t epoch;

    TRY(auth_epoch_read(db, a, &epoch));
    see_epoch(epoch);
    return OK;
}

enum err auth_epoch_tell(struct db *db, struct arena *a)
{
    int64_t changed;

    return db_engine(db) == DB_POSTGRES ? sql_auth_epoch_grow(db, a, &changed) : OK;
}

/* The actor's texts, one after the other, so that one function copies them into a cache and out of it. */
static void actor_move_texts(struct actor *a, char *to)
{
    struct str *texts[] = {&a->scope_text, &a->user_name, &a->team_name, &a->app_name, &a->allowed_ips};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i]->n)
            memcpy(to, texts[i]->p, texts[i]->n);
        texts[i]->p = to;
        to += texts[i]->n;
    }
}

static size_t actor_texts_bytes(const struct actor *a)
{
    return a->scope_text.n + a->user_name.n + a->team_name.n + a->app_name.n + a->allowed_ips.n;
}

static uint64_t hash_slot(const unsigned char hash[SHA256_BYTES])
{
    uint64_t h;

    memcpy(&h, hash, sizeof(h));
    return h % SLOTS;
}

static bool cache_get(struct auth_cache *cache, const unsigned char hash[SHA256_BYTES], uint64_t now_generation,
                      struct arena *a, struct actor *out)
{
    uint64_t at = hash_slot(hash);

    for (int i = 0; i < PROBES; i++) {
        struct entry *e = &cache->slots[(at + (uint64_t)i) % SLOTS];
        if (e->generation == now_generation && memcmp(e->hash, hash, SHA256_BYTES) == 0) {
            *out = e->actor;
            actor_move_texts(out, arena_bytes(a, actor_texts_bytes(out) + 1));
            return true;
        }
    }
    return false;
}

static void cache_put(struct auth_cache *cache, const unsigned char hash[SHA256_BYTES], uint64_t of_generation,
                      const struct actor *actor)
{
    uint64_t at = hash_slot(hash);
    struct entry *e = &cache->slots[at];
    char *texts;

    for (int i = 0; i < PROBES; i++) {
        struct entry *other = &cache->slots[(at + (uint64_t)i) % SLOTS];
        if (other->generation != of_generation) {
            e = other;
            break;
        }
    }
    texts = malloc(actor_texts_bytes(actor) + 1);
    if (!texts)
        return;
    free(e->texts);
    memcpy(e->hash, hash, SHA256_BYTES);
    e->generation = of_generation;
    e->actor = *actor;
    e->texts = texts;
    actor_move_texts(&e->actor, texts);
}

static enum err token_state(const struct token_row *t, int64_t now_us)
{
    bool person_needed = t->kind != TOKEN_APP;

    if (t->revoked_us || t->app_deleted)
        return ERR_TOKEN_REVOKED;
    if (t->user_deleted || t->team_deleted || t->member_deleted || (person_needed && !t->is_member))
        return ERR_ACCOUNT_INACTIVE;
    if (t->expires_us && t->expires_us <= now_us)
        return ERR_TOKEN_EXPIRED;
    return OK;
}

static void actor_fill(const struct token_row *t, struct actor *out)
{
    *out = (struct actor){
        .kind = (enum token_kind)t->kind,
        .user = t->user_id,
        .team = t->team_id,
        .home = t->team_id ? t->team_id : t->home_id,
        .org = t->org_id,
        .app = t->app_id,
        .bot = t->bot_id,
        .token = t->id,
        .role = (enum role)t->role,
        .guest = (enum guest)t->guest,
        .is_bot = t->is_bot != 0,
        .scope_text = t->scopes,
        .user_name = t->user_name,
        .team_name = t->team_name,
        .app_name = t->app_name,
        .allowed_ips = t->allowed_ips,
        .expires_us = t->expires_us,
    };
    scope_parse(t->scopes, out->scopes);
}

enum err auth_actor(struct auth_cache *cache, struct db *db, struct arena *a, struct str token, int64_t now_us,
                    struct actor *out)
{
    unsigned char hash[SHA256_BYTES];
    uint64_t before = auth_generation(); /* read before the row is: a change in between must not be missed */
    struct token_row row;
    bool found;

    if (token.n == 0)
        return ERR_NOT_AUTHED;
    sha256(token, hash);
    if (cache && cache_get(cache, hash, before, a, out))
        return out->expires_us && out->expires_us <= now_us ? ERR_TOKEN_EXPIRED : OK;
    TRY(sql_token_by_hash(db, a, hex_of(a, hash, sizeof(hash)), &row, &found));
    if (!found)
        return ERR_INVALID_AUTH;
    see_epoch(row.epoch);
    TRY(token_state(&row, now_us));
    actor_fill(&row, out);
    if (cache && row.scopes.n <= SCOPES_MAX_BYTES)
        cache_put(cache, hash, before, out);
    return OK;
}
