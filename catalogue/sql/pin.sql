-- Pins.

-- struct pin_row: channel_id i64, ts i64, user_id i64, at_us i64

-- pin_add: changes 0 rows when it is pinned already.
-- in channel_id i64, ts i64, user_id i64, at_us i64
insert into pin (channel_id, ts, user_id, at_us) values ($1, $2, $3, $4) on conflict do nothing;

-- pin_remove: changes 0 rows when it was not pinned.
-- in channel_id i64, ts i64
delete from pin where channel_id = $1 and ts = $2;

-- pin_list: newest pin first.
-- in channel_id i64
-- many pin_row
select channel_id, ts, user_id, at_us from pin where channel_id = $1 order by at_us desc, ts desc;

-- channel_pins_add: keeps the count of pins.
-- in channel_id i64, by i64
update channel set pins_n = pins_n + $2, version = version + 1 where id = $1;
