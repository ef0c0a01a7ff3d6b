SELECT
    migration,
    sha256
FROM ops.migration_checksums
