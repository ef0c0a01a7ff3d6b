SELECT
    mart,
    definition_sha256
FROM ops.marts
