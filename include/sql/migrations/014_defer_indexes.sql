-- Keeps the definitions of indexes that an initial load builds after the rows.
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
GRANT SELECT ON ops.deferred_indexes TO enverus_loader, enverus_reader;
