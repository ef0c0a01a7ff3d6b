INSERT INTO ops.deliveries (
    batch_id, manifest_key, manifest_etag, manifest_modified_at, manifest, uploader, intent, dataset
)
VALUES (
    %(batch_id)s, %(key)s, %(etag)s, %(modified_at)s, %(body)s, %(uploader)s, %(intent)s, %(dataset)s
)
ON CONFLICT (manifest_key, manifest_etag, manifest_modified_at) DO NOTHING
RETURNING *
