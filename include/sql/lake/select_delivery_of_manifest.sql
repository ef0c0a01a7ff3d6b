SELECT * FROM ops.deliveries
WHERE manifest_key = %(key)s AND manifest_etag = %(etag)s AND manifest_modified_at = %(modified_at)s
