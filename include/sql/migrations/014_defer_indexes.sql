-- Keeps the definitions of indexes that an initial load builds after the rows; and says what the checksums are.
-- depends: 013_drop_marts

CREATE TABLE ops.deferred_indexes (
    core_table text NOT NULL,
    index_name text NOT NULL,
    definition text NOT NULL,
    deferred_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (core_table, index_name)
);
COMMENT ON TABLE ops.deferred_indexes IS
'Indexes that an initial load has dropped from an empty table and not built again yet.';
COMMENT ON COLUMN ops.deferred_indexes.core_table IS 'The table in core.';
COMMENT ON COLUMN ops.deferred_indexes.index_name IS 'The index.';
COMMENT ON COLUMN ops.deferred_indexes.definition IS 'The statement that builds it again.';
COMMENT ON COLUMN ops.deferred_indexes.deferred_at IS 'When it was dropped.';

COMMENT ON TABLE ops.migration_checksums IS 'The text of each migration as it was applied: an edited one is refused.';
COMMENT ON COLUMN ops.migration_checksums.migration IS 'Name of the migration''s file, without its ending.';
COMMENT ON COLUMN ops.migration_checksums.sha256 IS 'Digest of the file.';
COMMENT ON COLUMN ops.migration_checksums.recorded_at IS 'When it was applied.';
GRANT SELECT ON ops.migration_checksums TO enverus_loader, enverus_reader;

GRANT SELECT ON ops.deferred_indexes TO enverus_loader, enverus_reader;
