SELECT watermark FROM ops.extract_watermarks
WHERE dataset = %(dataset)s
