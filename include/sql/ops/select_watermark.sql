SELECT
    clock_timestamp() AS now,
    (
        SELECT w.read_to FROM ops.extract_watermarks AS w
        WHERE w.dataset = %(dataset)s
    ) AS read_to
