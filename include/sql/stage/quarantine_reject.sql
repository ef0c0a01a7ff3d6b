INSERT INTO ops.quarantine (
    batch_id, dataset, row_no, object_key, line_no, column_name, reason, raw, version, natural_key
)
VALUES (
    %(batch_id)s,
    %(dataset)s,
    %(row_no)s,
    %(object_key)s,
    %(line_no)s,
    %(column)s,
    %(reason)s,
    to_jsonb(%(raw)s::text),
    CASE WHEN %(changed)s::timestamptz <= %(until)s::timestamptz + interval '1 day' THEN %(changed)s::timestamptz END,
    %(natural_key)s::jsonb
)
