{% from "merge/values.sql" import is_row %}
-- A row that changed ends its current version where the new one begins; a version never ends before it began.
UPDATE core.{{ dataset.table | ident }} AS c
SET
    is_current = FALSE,
    valid_to = greatest(d.version, c.valid_from + interval '1 microsecond'),
    updated_at = now()
FROM delta AS d
WHERE {{ is_row(dataset, "c") | trim | sql }} AND d.action IN ('updated', 'deleted');
