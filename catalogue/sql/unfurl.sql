-- Previews of pages.

-- struct unfurl_row: id i64, team_id i64, channel_id i64, ts i64, links i64, media i64, urls str, result str, tries i64, due_us i64

-- unfurl_add: the pages of a message are to be read.
-- in id i64, team_id i64, channel_id i64, ts i64, links i64, media i64, urls str, due_us i64
insert into unfurl (id, team_id, channel_id, ts, links, media, urls, result, tries, due_us)
values ($1, $2, $3, $4, $5, $6, $7, '', 0, $8);

-- unfurl_due: those that are to be read now, the oldest first.
-- in now_us i64, limit i64
-- many unfurl_row
select id, team_id, channel_id, ts, links, media, urls, result, tries, due_us from unfurl
where due_us <= $1 order by due_us limit $2;

-- unfurl_claim: somebody reads them; changes 0 rows when another one does.  Whoever stops meanwhile leaves them to be read again.
-- in id i64, was_us i64, due_us i64
update unfurl set due_us = $3, tries = tries + 1 where id = $1 and due_us = $2;

-- unfurl_answer: what the pages say.
-- in id i64, result str, due_us i64
update unfurl set result = $2, due_us = $3 where id = $1;

-- unfurl_get: one of them.
-- in id i64
-- one unfurl_row
select id, team_id, channel_id, ts, links, media, urls, result, tries, due_us from unfurl where id = $1;

-- unfurl_remove: done, or nothing comes of it.
-- in id i64
delete from unfurl where id = $1;
