SELECT
    clock_timestamp() AS now,
    (
        SELECT w.watermark FROM ops.extract_watermarks AS w
        WHERE w.dataset = %(dataset)s
    ) AS watermark
