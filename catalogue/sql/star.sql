-- What people starred.

-- struct star_row: channel_id i64, ts i64, file_id i64, at_us i64

-- star_add: changes 0 rows when it is starred already.
-- in user_id i64, team_id i64, channel_id i64, ts i64, file_id i64, at_us i64
insert into star (user_id, team_id, channel_id, ts, file_id, at_us) values ($1, $2, $3, $4, $5, $6)
on conflict (user_id, team_id, channel_id, ts, file_id) do nothing;

-- star_remove: changes 0 rows when it is not starred.
-- in user_id i64, team_id i64, channel_id i64, ts i64, file_id i64
delete from star where user_id = $1 and team_id = $2 and channel_id = $3 and ts = $4 and file_id = $5;

-- star_last: when the person starred something last.
-- in user_id i64, team_id i64
-- value i64
select at_us from star where user_id = $1 and team_id = $2 order by at_us desc limit 1;

-- star_page: newest first.
-- in user_id i64, team_id i64, before_us i64, limit i64, skip i64
-- many star_row
select channel_id, ts, file_id, at_us from star where user_id = $1 and team_id = $2 and at_us < $3
order by at_us desc limit $4 offset $5;

-- star_count: how many things a person starred.
-- in user_id i64, team_id i64
-- value i64
select count(*) from star where user_id = $1 and team_id = $2;
