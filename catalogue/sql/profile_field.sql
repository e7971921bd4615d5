-- The custom fields that profiles of a workspace have.

-- struct profile_field_row: id str, ordering i64, label str, hint str, type str, choices str, is_hidden i64

-- profile_field_add: changes 0 rows when there is one of this id.
-- in team_id i64, id str, ordering i64, label str, hint str, type str, choices str, is_hidden i64
insert into profile_field (team_id, id, ordering, label, hint, type, choices, is_hidden)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing;

-- profile_fields: a workspace's, in order.
-- in team_id i64
-- many profile_field_row
select id, ordering, label, hint, type, choices, is_hidden from profile_field where team_id = $1 order by ordering, id;
