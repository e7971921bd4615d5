-- Apps and their ways into a workspace; people's passwords.

-- app_get: one app.
-- in app_id i64
-- one app_row
select id, org_id, name, client_id, client_secret_hash, signing_secret, verification_token, created_us, deleted, manifest,
       owner_id, team_id
from app where id = $1;

-- app_by_client_id: the app behind a client id.
-- in client_id str
-- one app_row
select id, org_id, name, client_id, client_secret_hash, signing_secret, verification_token, created_us, deleted, manifest,
       owner_id, team_id
from app where client_id = $1;

-- app_set_manifest: a new manifest, and what of it is looked at all the time.
-- in app_id i64, name str, manifest str, allowed_ips str
update app set name = $2, manifest = $3, allowed_ips = $4 where id = $1;

-- password_set: a new password, or the first one.
-- in user_id i64, hash str, changed_us i64
insert into user_password (user_id, hash, changed_us) values ($1, $2, $3)
on conflict (user_id) do update set hash = excluded.hash, changed_us = excluded.changed_us;

-- password_get: the hash of somebody's password.
-- in user_id i64
-- value str
select hash from user_password where user_id = $1;

-- struct oauth_code_row: app_id i64, team_id i64, user_id i64, version i64, bot_scopes str, user_scopes str, redirect_uri str, challenge str, expires_us i64, used_us i64, channel_id i64

-- oauth_code_add: a code that somebody consented to.
-- in hash str, app_id i64, team_id i64, user_id i64, version i64, bot_scopes str, user_scopes str, redirect_uri str, challenge str, expires_us i64, channel_id i64
insert into oauth_code (hash, app_id, team_id, user_id, version, bot_scopes, user_scopes, redirect_uri, challenge, expires_us, used_us,
                        channel_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11);

-- oauth_code_get: what a code stands for.
-- in hash str
-- one oauth_code_row
select app_id, team_id, user_id, version, bot_scopes, user_scopes, redirect_uri, challenge, expires_us, used_us, channel_id
from oauth_code where hash = $1;

-- oauth_code_use: changes 0 rows when it was used before.
-- in hash str, used_us i64
update oauth_code set used_us = $2 where hash = $1 and used_us = 0;

-- oauth_code_sweep: codes that nobody can use any more.
-- in before_us i64
delete from oauth_code where expires_us < $1;

-- refresh_add: the refresh token that came with an access token.
-- in hash str, token_id i64
insert into refresh_token (hash, token_id, used_us) values ($1, $2, 0);

-- struct refresh_row: token_id i64, used_us i64, kind i64, team_id i64, user_id i64, app_id i64, bot_id i64, scopes str, revoked_us i64

-- refresh_get: a refresh token and the access token it came with.
-- in hash str
-- one refresh_row
select r.token_id, r.used_us, t.kind, t.team_id, t.user_id, t.app_id, t.bot_id, t.scopes, t.revoked_us
from refresh_token r join token t on t.id = r.token_id where r.hash = $1;

-- refresh_use: changes 0 rows when it was used before.
-- in hash str, used_us i64
update refresh_token set used_us = $2 where hash = $1 and used_us = 0;

-- token_expire: a token stops at a time, unless it stops before.
-- in id i64, expires_us i64
update token set expires_us = $2 where id = $1 and (expires_us = 0 or expires_us > $2);
