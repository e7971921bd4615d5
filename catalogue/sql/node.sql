-- What nodes that share a database tell each other.

-- line_claim: this node delivers the app's events; changes 0 rows while another one does.
-- in app_id i64, node i64, now_us i64, until_us i64
insert into line_lease (app_id, node, until_us) values ($1, $2, $4)
on conflict (app_id) do update set node = excluded.node, until_us = excluded.until_us
where line_lease.node = excluded.node or line_lease.until_us <= $3;

-- line_release: it does no more.
-- in app_id i64, node i64
delete from line_lease where app_id = $1 and node = $2;

-- auth_epoch_grow: tokens, people or apps have changed.
insert into auth_epoch (one, n) values (1, 1) on conflict (one) do update set n = auth_epoch.n + 1;

-- auth_epoch: how often they have.
-- value i64
select n from auth_epoch where one = 1;
