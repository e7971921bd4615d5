-- The custom fields that profiles of a workspace have.

-- struct profile_field_row: id str, ordering i64, label str, hint str, type str, choices str, is_hidden i64

-- profile_field_add: changes 0 rows when there is one of this id.
-- in team_id i64, id str, ordering i64, label str, hint str, type str, choices str, is_hidden i64
insert into profile_field (team_id, id, ordering, label, hint, type, choices, is_hidden)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing;

-- profile_field_drop: takes it out.
-- in team_id i64, id str
delete from profile_field where team_id = $1 and id = $2;

-- profile_field_hide: whether people are shown it.
-- in team_id i64, id str, is_hidden i64
update profile_field set is_hidden = $3 where team_id = $1 and id = $2;

-- profile_field_hint: what is said beside it.
-- in team_id i64, id str, hint str
update profile_field set hint = $3 where team_id = $1 and id = $2;

-- struct profile_filled_row: user_id i64, fields str

-- profile_filled: who of a workspace filled in any, behind a user.
-- in team_id i64, after i64, limit i64
-- many profile_filled_row
select u.id, u.fields from team_member m join users u on u.id = m.user_id
where m.team_id = $1 and m.user_id > $2 and u.fields <> '' order by m.user_id limit $3;

-- profile_fields: a workspace's, in order.
-- in team_id i64
-- many profile_field_row
select id, ordering, label, hint, type, choices, is_hidden from profile_field where team_id = $1 order by ordering, id;
