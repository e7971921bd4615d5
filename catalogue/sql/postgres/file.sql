-- file_words_put: indexes a file; ask file_words_drop first.
-- in file_id i64, words str
insert into file_words (rowid, words) values ($1, $2::text::tsvector);

-- file_words_find: files that match and that somebody may see, the newest first.
-- in match str, team_id i64, user_id i64, guest i64, from_us i64, to_us i64, limit i64, skip i64
-- many file_row
select f.id, f.team_id, f.user_id, f.bot_id, f.created_us, f.updated_us, f.state, f.mode, f.name, f.title,
       f.filetype, f.kind, f.size_bytes, f.body, f.alt_txt, f.preview, f.lines, f.lines_more, f.original_w,
       f.original_h, f.rotation, f.thumbs, f.secret, f.shared_publicly, f.comments_n, f.upload_hash,
       f.external_id, f.external_url, f.app_id, 0
from file_words w join file f on f.id = w.rowid
where w.words @@ $1::text::tsquery
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
where not exists (select 1 from file_words w where w.rowid = f.id and w.words @@ $1::text::tsquery)
  and f.team_id = $2 and f.state = 2 and f.created_us >= $5 and f.created_us <= $6
  and ($7 = 0 or exists (select 1 from file_share s where s.file_id = f.id and s.channel_id = $7))
  and (f.user_id = $3 or exists (
    select 1 from file_share s join channel c on c.id = s.channel_id
    left join channel_member m on m.channel_id = c.id and m.user_id = $3
    where s.file_id = f.id and (m.user_id is not null or (c.kind = 0 and $4 = 0))))
order by f.created_us desc, f.id desc limit $8 offset $9;
