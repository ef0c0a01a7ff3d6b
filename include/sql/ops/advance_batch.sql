UPDATE ops.load_batches
SET
    state = %(state)s,
    read_until = coalesce(%(read_until)s, read_until),
    absent_columns = coalesce(%(absent_columns)s, absent_columns),
    manifest_key = coalesce(%(manifest_key)s, manifest_key),
    lake_dataset = coalesce(%(lake_dataset)s, lake_dataset),
    lake_version = coalesce(%(lake_version)s, lake_version),
    extracted = coalesce(%(extracted)s, extracted),
    staged = coalesce(%(staged)s, staged),
    quarantined = coalesce(%(quarantined)s, quarantined),
    updated_at = now()
WHERE batch_id = %(batch_id)s
