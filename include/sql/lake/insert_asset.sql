INSERT INTO ops.lake_assets (
    dataset, version, name, key, role, media_type, bytes, sha256, content_sha256,
    feature_count, crs, bbox, footprint, columns, facts
)
VALUES (
    %(dataset)s,
    %(version)s,
    %(name)s,
    %(key)s,
    %(role)s,
    %(media_type)s,
    %(bytes)s,
    %(sha256)s,
    %(content_sha256)s,
    %(rows)s,
    %(crs)s,
    %(bbox)s,
    st_multi(st_geomfromwkb(%(footprint)s::bytea, 4326)),
    %(columns)s,
    %(facts)s
)
