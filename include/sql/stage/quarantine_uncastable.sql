{% from "stage/quarantined.sql" import text_version, text_key %}
INSERT INTO ops.quarantine (
    batch_id, dataset, row_no, object_key, line_no, column_name, reason, raw, version, natural_key
)
SELECT
    %(batch_id)s,
    %(dataset)s,
    u.row_no,
    o.object_key,
    u.row_no - o.first_row + 2,
    u.column_name,
    'cannot be typed as ' || (%(types)s::jsonb ->> u.column_name),
    jsonb_strip_nulls(to_jsonb(t) - 'row_no' - 'row_hash'),
    {{ text_version(dataset, "t.") | trim | sql }},
    {{ text_key(dataset, "t.") | trim | sql }}
FROM uncastable AS u
INNER JOIN pg_temp.{{ table | ident }} AS t ON t.row_no::bigint = u.row_no
INNER JOIN
    jsonb_to_recordset(%(objects)s::jsonb) AS o (object_key text, first_row bigint, last_row bigint)
    ON u.row_no BETWEEN o.first_row AND o.last_row;
