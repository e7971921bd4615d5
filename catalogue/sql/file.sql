-- Files, where they are shared, and what was said of them.

-- struct file_row: id i64, team_id i64, user_id i64, bot_id i64, created_us i64, updated_us i64, state i64, mode str, name str, title str, filetype str, kind str, size_bytes i64, body str, alt_txt str, preview str, lines i64, lines_more i64, original_w i64, original_h i64, rotation i64, thumbs str, secret str, shared_publicly i64, comments_n i64, upload_hash str, external_id str, external_url str, app_id i64, ts i64

-- file_add: a new file, promised or with its body.
-- in id i64, team_id i64, user_id i64, bot_id i64, created_us i64, updated_us i64, state i64, mode str, name str, title str, filetype str, kind str, size_bytes i64, body str, alt_txt str, preview str, lines i64, lines_more i64, original_w i64, original_h i64, rotation i64, thumbs str, secret str, shared_publicly i64, comments_n i64, upload_hash str
insert into file (id, team_id, user_id, bot_id, created_us, updated_us, state, mode, name, title, filetype, kind,
                  size_bytes, body, alt_txt, preview, lines, lines_more, original_w, original_h, rotation, thumbs,
                  secret, shared_publicly, comments_n, upload_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26);

-- file_get: one file.
-- in id i64
-- one file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file f where f.id = $1;

-- file_by_ticket: the file that an upload address was made for.
-- in upload_hash str
-- one file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file f where f.upload_hash = $1 and f.upload_hash <> '';

-- file_fill: what an upload brought.
-- in id i64, updated_us i64, state i64, mode str, filetype str, kind str, size_bytes i64, body str, preview str, lines i64, lines_more i64, original_w i64, original_h i64, rotation i64, thumbs str
update file set updated_us = $2, state = $3, mode = $4, filetype = $5, kind = $6, size_bytes = $7, body = $8, preview = $9, lines = $10,
       lines_more = $11, original_w = $12, original_h = $13, rotation = $14, thumbs = $15
where id = $1;

-- file_complete: changes 0 rows unless its body has come and nobody completed it before.
-- in id i64, title str, created_us i64
update file set state = 2, upload_hash = '', title = $2, created_us = $3, updated_us = $3 where id = $1 and state = 1;

-- file_tombstone: what is left of a deleted file.
-- in id i64, updated_us i64
update file set state = 3, updated_us = $2, name = '', title = '', body = '', alt_txt = '', preview = '', thumbs = '', shared_publicly = 0,
       upload_hash = '', external_id = '', external_url = ''
where id = $1;

-- file_set_remote: what an app says of a file that lies elsewhere.
-- in id i64, external_id str, external_url str, app_id i64, name str, title str, filetype str, body str, original_w i64, original_h i64, rotation i64, thumbs str, updated_us i64
update file set external_id = $2, external_url = $3, app_id = $4, name = $5, title = $6, filetype = $7, body = $8, original_w = $9,
       original_h = $10, rotation = $11, thumbs = $12, updated_us = $13
where id = $1;

-- file_remote: the file that an app calls so.
-- in team_id i64, app_id i64, external_id str
-- value i64
select id from file where team_id = $1 and app_id = $2 and external_id = $3 and external_id <> '';

-- file_remote_page: an app's, the newest first, behind one (0: from the first on).
-- in team_id i64, app_id i64, from_us i64, to_us i64, channel_id i64, before_id i64, limit i64
-- many i64
select f.id from file f
where f.team_id = $1 and f.app_id = $2 and f.external_id <> '' and f.created_us >= $3 and f.created_us <= $4
  and ($5 = 0 or exists (select 1 from file_share s where s.file_id = f.id and s.channel_id = $5)) and ($6 = 0 or f.id < $6)
order by f.id desc limit $7;

-- file_set_public: whether its public address works.
-- in id i64, shared_publicly i64, updated_us i64
update file set shared_publicly = $2, updated_us = $3 where id = $1;

-- file_set_comments: how many comments it has.
-- in id i64, comments_n i64
update file set comments_n = $2 where id = $1;

-- file_seen: 1 when a file is shared where this person may look; guest 1: only where they are in.
-- in file_id i64, user_id i64, guest i64
-- value i64
select 1 from file_share s join channel c on c.id = s.channel_id
left join channel_member m on m.channel_id = c.id and m.user_id = $2
where s.file_id = $1 and (m.user_id is not null or (c.kind = 0 and $3 = 0)) limit 1;

-- file_words_put: indexes a file; ask file_words_drop first.
-- in file_id i64, words str
insert into file_words (rowid, words) values ($1, $2/*postgres: ::text::tsvector*/);

-- file_words_drop: takes a file out of the index.
-- in file_id i64
delete from file_words where rowid = $1;

-- file_words_missing: files that are not indexed, behind one.
-- in after_id i64, limit i64
-- many file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file f where f.state = 2 and f.id > $1 and not exists (select 1 from file_words w where w.rowid = f.id)
order by f.id limit $2;

-- file_words_find: files that match and that somebody may see, the newest first.
-- in match str, team_id i64, user_id i64, guest i64, from_us i64, to_us i64, limit i64, skip i64
-- many file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file_words w /*sqlite: cross*/ join file f on f.id = w.rowid
where /*sqlite: w.file_words match $1*//*postgres: w.words @@ $1::text::tsquery*/
  and f.team_id = $2 and f.state = 2 and f.created_us >= $5 and f.created_us <= $6
  and (f.user_id = $3 or exists (
    select 1 from file_share s join channel c on c.id = s.channel_id
    left join channel_member m on m.channel_id = c.id and m.user_id = $3
    where s.file_id = f.id and (m.user_id is not null or (c.kind = 0 and $4 = 0))))
order by f.id desc limit $7 offset $8;

-- file_words_without: files that do not match and that somebody may see, the newest first.
-- in match str, team_id i64, user_id i64, guest i64, from_us i64, to_us i64, channel_id i64, limit i64, skip i64
-- many file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file f
where /*sqlite: f.id not in (select rowid from file_words where file_words match $1)*/
      /*postgres: not exists (select 1 from file_words w where w.rowid = f.id and w.words @@ $1::text::tsquery)*/
  and f.team_id = $2 and f.state = 2 and f.created_us >= $5 and f.created_us <= $6
  and ($7 = 0 or exists (select 1 from file_share s where s.file_id = f.id and s.channel_id = $7))
  and (f.user_id = $3 or exists (
    select 1 from file_share s join channel c on c.id = s.channel_id
    left join channel_member m on m.channel_id = c.id and m.user_id = $3
    where s.file_id = f.id and (m.user_id is not null or (c.kind = 0 and $4 = 0))))
order by f.created_us desc, f.id desc limit $8 offset $9;

-- file_list: the files of a workspace that somebody may see, newest first; types is ',a,b,' or empty.
-- in team_id i64, user_id i64, guest i64, from_us i64, to_us i64, by_id i64, types str, channel_id i64, limit i64, skip i64
-- many file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file f
where f.team_id = $1 and f.state = 2 and f.created_us >= $4 and f.created_us <= $5 and ($6 = 0 or f.user_id = $6)
  and ($7 = '' or (f.kind <> '' and $7 like '%,' || f.kind || ',%'))
  and ($8 = 0 or exists (select 1 from file_share s where s.file_id = f.id and s.channel_id = $8))
  and (f.user_id = $2 or exists (
    select 1 from file_share s join channel c on c.id = s.channel_id
    left join channel_member m on m.channel_id = c.id and m.user_id = $2
    where s.file_id = f.id and (m.user_id is not null or (c.kind = 0 and $3 = 0))))
order by f.created_us desc, f.id desc limit $9 offset $10;

-- file_list_count: how many files file_list has in all.
-- in team_id i64, user_id i64, guest i64, from_us i64, to_us i64, by_id i64, types str, channel_id i64
-- value i64
select count(*)
from file f
where f.team_id = $1 and f.state = 2 and f.created_us >= $4 and f.created_us <= $5 and ($6 = 0 or f.user_id = $6)
  and ($7 = '' or (f.kind <> '' and $7 like '%,' || f.kind || ',%'))
  and ($8 = 0 or exists (select 1 from file_share s where s.file_id = f.id and s.channel_id = $8))
  and (f.user_id = $2 or exists (
    select 1 from file_share s join channel c on c.id = s.channel_id
    left join channel_member m on m.channel_id = c.id and m.user_id = $2
    where s.file_id = f.id and (m.user_id is not null or (c.kind = 0 and $3 = 0))));

-- file_of_messages: the files in the messages of a page.
-- in channel_id i64, from_ts i64, to_ts i64
-- many file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, s.ts
from file_share s join file f on f.id = s.file_id
where s.channel_id = $1 and s.ts >= $2 and s.ts <= $3 order by s.ts, s.place;

-- file_share_add: a file stands in a message.
-- in channel_id i64, ts i64, place i64, file_id i64, user_id i64
insert into file_share (channel_id, ts, place, file_id, user_id) values ($1, $2, $3, $4, $5);

-- file_share_remove: a message is gone.
-- in channel_id i64, ts i64
delete from file_share where channel_id = $1 and ts = $2;

-- struct file_share_row: channel_id i64, ts i64, user_id i64, kind i64, team_id i64, name str, is_member i64, thread_ts i64, reply_count i64, latest_reply i64, reply_users str

-- file_shares: where a file is shared, and whether this person is in there.
-- in file_id i64, user_id i64
-- many file_share_row
select s.channel_id, s.ts, s.user_id, c.kind, c.team_id, c.name, case when m.user_id is null then 0 else 1 end, g.thread_ts,
       g.reply_count, g.latest_reply, g.reply_users
from file_share s join channel c on c.id = s.channel_id
join message g on g.channel_id = s.channel_id and g.ts = s.ts
left join channel_member m on m.channel_id = c.id and m.user_id = $2
where s.file_id = $1 order by s.ts, s.channel_id;

-- file_body_add: a body is in use.
-- in hash str, owner_id i64, part str
insert into file_body (hash, owner_id, part) values ($1, $2, $3) on conflict do nothing;

-- struct file_body_row: hash str, part str

-- file_bodies: the bodies that something uses, and as what.
-- in owner_id i64
-- many file_body_row
select hash, part from file_body where owner_id = $1 order by hash, part;

-- file_body_of: the body that something uses as this part of it.
-- in owner_id i64, part str
-- value str
select hash from file_body where owner_id = $1 and part = $2;

-- file_body_drop: something uses a body no more as this part of it.
-- in owner_id i64, hash str, part str
delete from file_body where owner_id = $1 and hash = $2 and part = $3;

-- file_body_named: 1 when a body is in use.
-- in hash str
-- value i64
select 1 from file_body where hash = $1 limit 1;

-- struct file_comment_row: id i64, file_id i64, user_id i64, created_us i64, comment str

-- file_comment_add: somebody said something of a file.
-- in id i64, file_id i64, user_id i64, created_us i64, comment str
insert into file_comment (id, file_id, user_id, created_us, comment) values ($1, $2, $3, $4, $5);

-- file_comment_get: one comment.
-- in file_id i64, id i64
-- one file_comment_row
select id, file_id, user_id, created_us, comment from file_comment where file_id = $1 and id = $2;

-- file_comment_edit: another text.
-- in id i64, comment str
update file_comment set comment = $2 where id = $1;

-- file_comment_remove: it is gone.
-- in id i64
delete from file_comment where id = $1;

-- file_comments: what was said of a file, oldest first.
-- in file_id i64, limit i64, skip i64
-- many file_comment_row
select id, file_id, user_id, created_us, comment from file_comment where file_id = $1 order by created_us, id limit $2 offset $3;

-- file_comments_clear: a file is gone.
-- in file_id i64
delete from file_comment where file_id = $1;
