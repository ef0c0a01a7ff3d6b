SELECT
    mart,
    kind,
    definition_sha256,
    inputs
FROM ops.marts
