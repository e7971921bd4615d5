-- viewers: people by their ids, a comma list; the fields of their profiles when with_fields is 1.
-- in ids str, with_fields i64
-- each viewer_row
select u.id, u.team_id, u.is_bot, case when $2 = 1 then u.fields else '' end
from users u where u.id = any(string_to_array($1, ',')::bigint[]);
