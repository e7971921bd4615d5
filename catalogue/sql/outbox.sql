-- Events on their way to apps, and the apps that hear them.

-- struct listener_row: id i64, org_id i64, manifest str, signing_secret str, verification_token str, url str, disabled_us i64

-- listeners: apps with a manifest, and where they proved to be; in order of id.
-- many listener_row
select a.id, a.org_id, a.manifest, a.signing_secret, a.verification_token, coalesce(u.url, ''), coalesce(u.disabled_us, 0)
from app a left join app_url u on u.app_id = a.id
where a.deleted = 0 and a.manifest <> '' order by a.id;

-- struct ear_row: app_id i64, team_id i64, user_id i64, is_bot i64, guest i64, scopes str, whole_org i64

-- listener_ears: whom apps with a manifest hear for: who gave them tokens that were not revoked, in order of app, workspace and person; a token of the organization is one of all workspaces that its user is in.
-- many ear_row
select t.app_id, m.team_id, t.user_id, case when t.kind = 2 then 1 else 0 end, m.guest, t.scopes,
       case when t.team_id = 0 then 1 else 0 end
from token t join app a on a.id = t.app_id join users u on u.id = t.user_id
join team_member m on m.user_id = t.user_id and (t.team_id = 0 or m.team_id = t.team_id)
where t.revoked_us = 0 and t.kind in (1, 2) and a.deleted = 0 and a.manifest <> '' and u.deleted = 0 and m.deleted = 0
order by t.app_id, m.team_id, t.user_id, t.id;

-- member_in_team: is somebody in a conversation of this workspace?
-- in channel_id i64, user_id i64, team_id i64
-- value i64
select 1 from channel_member m join channel c on c.id = m.channel_id
where m.channel_id = $1 and m.user_id = $2 and c.team_id = $3;

-- channel_kind_of: the kind of a conversation.
-- in channel_id i64
-- value i64
select kind from channel where id = $1;

-- outbox_add: an event for an app.
-- in id i64, app_id i64, team_id i64, body str, created_us i64
insert into outbox (id, app_id, team_id, body, attempts, due_us, reason, created_us) values ($1, $2, $3, $4, 0, 0, '', $5);

-- struct outbox_row: id i64, team_id i64, body str, attempts i64, reason str, created_us i64

-- outbox_due: what an app is to hear now, in order.
-- in app_id i64, now_us i64, limit i64
-- each outbox_row
select id, team_id, body, attempts, reason, created_us from outbox where app_id = $1 and due_us <= $2 order by id limit $3;

-- outbox_remove: it was delivered, or given up.
-- in id i64
delete from outbox where id = $1;

-- outbox_put_off: it failed, and is tried again later.
-- in id i64, attempts i64, due_us i64, reason str
update outbox set attempts = $2, due_us = $3, reason = $4 where id = $1;

-- outbox_forget: nothing of it is for anybody any more.
-- in app_id i64
delete from outbox where app_id = $1;

-- outbox_apps: whose events wait.
-- many i64
select distinct app_id from outbox order by app_id;

-- struct app_url_row: url str, verified_us i64, disabled_us i64

-- app_url_of: where an app proved to be.
-- in app_id i64
-- one app_url_row
select url, verified_us, disabled_us from app_url where app_id = $1;

-- app_url_set: the app answered the challenge there.
-- in app_id i64, url str, verified_us i64
insert into app_url (app_id, url, verified_us, disabled_us) values ($1, $2, $3, 0)
on conflict (app_id) do update set url = excluded.url, verified_us = excluded.verified_us, disabled_us = 0;

-- app_url_disable: it failed too often.
-- in app_id i64, disabled_us i64
update app_url set disabled_us = $2 where app_id = $1;

-- app_url_forget: whatever is there has to answer a challenge again.
-- in app_id i64
delete from app_url where app_id = $1;

-- socket_ticket_add: an address for one connection.
-- in hash str, app_id i64, expires_us i64
insert into socket_ticket (hash, app_id, expires_us) values ($1, $2, $3);

-- socket_ticket_app: whose address it is, as long as it is good.
-- in hash str, now_us i64
-- value i64
select app_id from socket_ticket where hash = $1 and expires_us > $2;

-- socket_ticket_remove: changes 0 rows when it was used before.
-- in hash str
delete from socket_ticket where hash = $1;

-- socket_ticket_sweep: addresses that nobody opened in time.
-- in now_us i64
delete from socket_ticket where expires_us <= $1;

-- struct authorization_row: user_id i64, is_bot i64, whole_org i64

-- app_authorizations: who let an app into a workspace and is in a conversation (0: whether or not), in order of id; user_id 0: everybody.
-- in app_id i64, team_id i64, channel_id i64, user_id i64, after_id i64, limit i64
-- many authorization_row
select t.user_id, max(case when t.kind = 2 then 1 else 0 end), max(case when t.team_id = 0 then 1 else 0 end)
from token t join users u on u.id = t.user_id join team_member m on m.user_id = t.user_id and m.team_id = $2
where t.app_id = $1 and t.team_id in (0, $2) and t.revoked_us = 0 and t.kind in (1, 2) and u.deleted = 0 and m.deleted = 0
  and ($3 = 0 or exists (select 1 from channel_member c where c.channel_id = $3 and c.user_id = t.user_id))
  and ($4 = 0 or t.user_id = $4) and t.user_id > $5
group by t.user_id order by t.user_id limit $6;
