-- Who is not to be disturbed.

-- struct dnd_row: user_id i64, snooze_from_us i64, snooze_until_us i64, ended_us i64

-- dnd_get: what a person changed.
-- in user_id i64
-- one dnd_row
select user_id, snooze_from_us, snooze_until_us, ended_us from dnd where user_id = $1;

-- dnd_set: a person's snooze, and what it ended.
-- in user_id i64, snooze_from_us i64, snooze_until_us i64, ended_us i64
insert into dnd (user_id, snooze_from_us, snooze_until_us, ended_us) values ($1, $2, $3, $4)
on conflict (user_id) do update set snooze_from_us = excluded.snooze_from_us, snooze_until_us = excluded.snooze_until_us,
    ended_us = excluded.ended_us;
