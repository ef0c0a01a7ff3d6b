SELECT
    count(*) FILTER (WHERE action = 'inserted') AS inserted,
    count(*) FILTER (WHERE action = 'updated') AS updated,
    count(*) FILTER (WHERE action = 'unchanged') AS unchanged,
    count(*) FILTER (WHERE action = 'stale') AS stale,
    count(*) FILTER (WHERE action = 'duplicate') AS duplicate,
    count(*) FILTER (WHERE action = 'deleted') AS deleted,
    max(cursor_value) FILTER (WHERE cursor_value <= %(bound)s) AS watermark
FROM delta
