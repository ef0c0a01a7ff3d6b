INSERT INTO ops.extract_watermarks AS w (dataset, watermark, batch_id)
VALUES (%(dataset)s, %(watermark)s, %(batch_id)s)
ON CONFLICT (dataset) DO UPDATE
    SET watermark = excluded.watermark, batch_id = excluded.batch_id, updated_at = now()
    WHERE w.watermark < excluded.watermark
