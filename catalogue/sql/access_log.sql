-- Who used a workspace, from where and with what.

-- struct access_row: id i64, user_id i64, user_name str, ip str, agent str, calls i64, first_us i64, last_us i64

-- access_add: calls more of a person from an address with a client.
-- in team_id i64, user_id i64, ip str, agent str, id i64, calls i64, first_us i64, last_us i64
insert into access_log (team_id, user_id, ip, agent, id, calls, first_us, last_us)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (team_id, user_id, ip, agent) do update set calls = access_log.calls + excluded.calls,
first_us = case when excluded.first_us < access_log.first_us then excluded.first_us else access_log.first_us end,
last_us = case when excluded.last_us > access_log.last_us then excluded.last_us else access_log.last_us end;

-- access_expire: rows of a workspace whose last call was before this time, at most so many.
-- in team_id i64, before_us i64, limit i64
delete from access_log where team_id = $1 and last_us < $2 and id in
(select id from access_log where team_id = $1 and last_us < $2 order by last_us limit $3);

-- access_oldest: when the row that ends first was last used.
-- in team_id i64
-- value i64
select last_us from access_log where team_id = $1 order by last_us limit 1;

-- access_page: the latest first, up to a time and behind a row (its time and id).
-- in team_id i64, until_us i64, last_us i64, id i64, limit i64, skip i64
-- many access_row
select l.id, l.user_id, coalesce(u.name, ''), l.ip, l.agent, l.calls, l.first_us, l.last_us
from access_log l left join users u on u.id = l.user_id
where l.team_id = $1 and l.last_us <= $2 and (l.last_us < $3 or (l.last_us = $3 and l.id < $4))
order by l.last_us desc, l.id desc limit $5 offset $6;

-- access_count: how many access_page has in all.
-- in team_id i64, until_us i64
-- value i64
select count(*) from access_log where team_id = $1 and last_us <= $2;
