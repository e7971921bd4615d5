-- People, bots' users, and who belongs to which workspace.

-- struct user_row: id i64, org_id i64, team_id i64, name str, email str, real_name str, display_name str, first_name str, last_name str, title str, phone str, skype str, pronouns str, status_text str, status_emoji str, status_expiration_us i64, fields str, avatar_hash str, color str, tz str, tz_label str, tz_offset_s i64, locale str, is_bot i64, bot_id i64, app_id i64, away i64, deleted i64, created_us i64, updated_us i64, role i64, guest i64, is_member i64, member_deleted i64

-- user_name: the handle of one user.
-- in user_id i64
-- value str
select name from users where id = $1;

-- user_in_team: a user together with what it is in a workspace; is_member 0 when it does not belong there.
-- in user_id i64, team_id i64
-- one user_row
select u.id, u.org_id, u.team_id, u.name, u.email, u.real_name, u.display_name, u.first_name, u.last_name, u.title, u.phone,
       u.skype, u.pronouns, u.status_text, u.status_emoji, u.status_expiration_us, u.fields, u.avatar_hash, u.color, u.tz,
       u.tz_label, u.tz_offset_s, u.locale, u.is_bot, u.bot_id, u.app_id, u.away, u.deleted, u.created_us, u.updated_us,
       coalesce(m.role, 0), coalesce(m.guest, 0), case when m.user_id is null then 0 else 1 end, coalesce(m.deleted, 0)
from users u left join team_member m on m.user_id = u.id and m.team_id = $2
where u.id = $1;

-- users_page: the members of a workspace in order of id, deactivated ones included.
-- in team_id i64, after_id i64, limit i64
-- many user_row
select u.id, u.org_id, u.team_id, u.name, u.email, u.real_name, u.display_name, u.first_name, u.last_name, u.title, u.phone,
       u.skype, u.pronouns, u.status_text, u.status_emoji, u.status_expiration_us, u.fields, u.avatar_hash, u.color, u.tz,
       u.tz_label, u.tz_offset_s, u.locale, u.is_bot, u.bot_id, u.app_id, u.away, u.deleted, u.created_us, u.updated_us,
       m.role, m.guest, 1, m.deleted
from team_member m join users u on u.id = m.user_id
where m.team_id = $1 and m.user_id > $2
order by m.user_id limit $3;

-- user_by_email: the id of who has this (case-folded) e-mail.
-- in org_id i64, email_fold str
-- value i64
select id from users where org_id = $1 and email_fold = $2 and email_fold <> '';

-- user_by_name: the id of a member of a workspace by handle.
-- in team_id i64, name str
-- value i64
select u.id from users u join team_member m on m.user_id = u.id and m.team_id = $1
where u.org_id = (select org_id from team where id = $1) and u.name = $2 and u.deleted = 0 and m.deleted = 0
order by u.id limit 1;

-- user_add: a new person or bot user.
-- in id i64, org_id i64, team_id i64, name str, email str, email_fold str, real_name str, display_name str, first_name str, last_name str, color str, avatar_hash str, is_bot i64, bot_id i64, app_id i64, created_us i64
insert into users (id, org_id, team_id, name, email, email_fold, real_name, display_name, first_name, last_name, title, phone,
                   skype, pronouns, status_text, status_emoji, status_expiration_us, fields, avatar_hash, color, tz, tz_label,
                   tz_offset_s, locale, is_bot, bot_id, app_id, away, deleted, created_us, updated_us)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '', '', '', 0, '', $12, $11, 'Etc/UTC',
        'Coordinated Universal Time', 0, 'en-US', $13, $14, $15, 0, 0, $16, $16)
on conflict do nothing;

-- team_member_add: changes 0 rows when the user belongs there already.
-- in team_id i64, user_id i64, role i64, guest i64, joined_us i64
insert into team_member (team_id, user_id, role, guest, deleted, joined_us) values ($1, $2, $3, $4, 0, $5) on conflict do nothing;

-- struct user_pref_row: name str, value str

-- user_prefs: a person's preferences in a workspace.
-- in team_id i64, user_id i64
-- many user_pref_row
select name, value from user_pref where team_id = $1 and user_id = $2 order by name;

-- user_pref_set: a preference of a person in a workspace.
-- in team_id i64, user_id i64, name str, value str
insert into user_pref (team_id, user_id, name, value) values ($1, $2, $3, $4)
on conflict (team_id, user_id, name) do update set value = excluded.value;

-- muted_channels: the conversations a person muted.
-- in user_id i64
-- many i64
select channel_id from channel_member where user_id = $1 and muted = 1 order by channel_id;

-- unmute_all: no conversation of a person is muted any more.
-- in user_id i64
update channel_member set muted = 0 where user_id = $1 and muted = 1;

-- mute: changes 0 rows when the person is not in it.
-- in channel_id i64, user_id i64
update channel_member set muted = 1 where channel_id = $1 and user_id = $2;

-- user_set_away: changes 0 rows when it was so already.
-- in user_id i64, away i64
update users set away = $2 where id = $1 and away <> $2;

-- user_set_profile: what a person says of itself.
-- in user_id i64, real_name str, display_name str, first_name str, last_name str, title str, phone str, skype str, pronouns str, status_text str, status_emoji str, status_expiration_us i64, updated_us i64
update users set real_name = $2, display_name = $3, first_name = $4, last_name = $5, title = $6, phone = $7, skype = $8,
       pronouns = $9, status_text = $10, status_emoji = $11, status_expiration_us = $12, updated_us = $13
where id = $1;

-- user_set_fields: what a person filled into custom fields.
-- in user kept_member, fields str, updated_us i64
update users set fields = $2, updated_us = $3 where id = $1;

-- user_set_photo: another avatar_hash.
-- in user_id i64, avatar_hash str, updated_us i64
update users set avatar_hash = $2, updated_us = $3 where id = $1;

-- struct photo_row: hash str, part str

-- user_photo: the body of one size of a person's photo, when this is still the hash of it.
-- in user_id i64, avatar_hash str, png_part str, jpg_part str
-- one photo_row
select b.hash, b.part from users u join file_body b on b.owner_id = u.id
where u.id = $1 and u.avatar_hash = $2 and b.part in ($3, $4);

-- user_set_email: a new e-mail; ask user_by_email first.
-- in user kept_member, email str, email_fold str
update users set email = $2, email_fold = $3 where id = $1;

-- user_set_zone: where a person's clock is.
-- in user_id i64, tz str, tz_label str, tz_offset_s i64, updated_us i64
update users set tz = $2, tz_label = $3, tz_offset_s = $4, updated_us = $5 where id = $1;

-- user_set_deleted: takes a person out of the organization, or back in; changes 0 rows when it is so already.
-- in user kept_member, deleted i64, updated_us i64
update users set deleted = $2, updated_us = $3 where id = $1 and deleted <> $2;

-- team_member_set: a new rank in a workspace.
-- in team_id i64, user kept_member, role i64, guest i64
update team_member set role = $3, guest = $4 where team_id = $1 and user_id = $2;

-- user_of_team_named: who has this handle in a workspace, deactivated people included.
-- in team_id i64, name str
-- value i64
select u.id from users u join team_member m on m.user_id = u.id and m.team_id = $1
where u.name = $2 order by u.deleted, u.id limit 1;
