INSERT INTO ops.migration_checksums (migration, sha256) VALUES (%(migration)s, %(sha256)s)
