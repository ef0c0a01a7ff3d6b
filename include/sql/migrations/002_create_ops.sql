-- The record of every load: what a batch is, where it stands, what it did.
-- depends: 001_create_schemas

CREATE TABLE ops.load_batches (
    batch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset text NOT NULL,
    airflow_run_id text NOT NULL,
    state text NOT NULL DEFAULT 'extracting',
    run_token uuid,
    replay_of bigint REFERENCES ops.load_batches (batch_id),
    window_low timestamptz,
    window_high timestamptz NOT NULL,
    manifest_key text,
    extracted bigint,
    staged bigint,
    quarantined bigint,
    failed_expectations integer,
    docs_url text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT load_batches_run UNIQUE (dataset, airflow_run_id),
    CONSTRAINT load_batches_state CHECK (
        state IN ('extracting', 'extracted', 'staged', 'validated', 'rejected', 'merged', 'archived')
    ),
    CONSTRAINT load_batches_window CHECK (window_low < window_high)
);
COMMENT ON TABLE ops.load_batches IS 'One load of one dataset; a retry of the same Airflow run is the same batch.';
COMMENT ON COLUMN ops.load_batches.run_token IS
'Taken anew by each attempt: whoever no longer holds it must not write.';
COMMENT ON COLUMN ops.load_batches.replay_of IS
'The batch whose objects a replay loads again: that one''s age is the replay''s, not its own number.';
COMMENT ON COLUMN ops.load_batches.window_high IS
'Closed upper bound of the cursor, taken once from the source''s clock.';

CREATE TABLE ops.run_log (
    batch_id bigint PRIMARY KEY REFERENCES ops.load_batches (batch_id),
    dataset text NOT NULL,
    airflow_run_id text NOT NULL,
    extracted bigint NOT NULL,
    staged bigint NOT NULL,
    quarantined bigint NOT NULL,
    inserted bigint NOT NULL,
    updated bigint NOT NULL,
    unchanged bigint NOT NULL,
    stale bigint NOT NULL,
    duplicate bigint NOT NULL,
    deleted bigint NOT NULL,
    absent bigint NOT NULL,
    failed_expectations integer NOT NULL,
    watermark timestamptz,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    docs_url text,
    CONSTRAINT run_log_extract_conserves CHECK (extracted = staged + quarantined),
    CONSTRAINT run_log_merge_conserves CHECK (
        staged = inserted + updated + unchanged + stale + duplicate + deleted
    )
);
CREATE INDEX run_log_dataset ON ops.run_log (dataset, batch_id DESC);
COMMENT ON TABLE ops.run_log IS 'One row a committed batch, written in the transaction that changed core.';
COMMENT ON COLUMN ops.run_log.absent IS
'Rows of a snapshot dataset that the source no longer has, deleted by difference.';

CREATE TABLE ops.extract_watermarks (
    dataset text PRIMARY KEY,
    watermark timestamptz NOT NULL,
    batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ops.extract_watermarks IS 'The newest cursor value that core holds; moves with the rows, never back.';

CREATE TABLE ops.quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    dataset text NOT NULL,
    row_no bigint NOT NULL,
    object_key text NOT NULL,
    line_no bigint NOT NULL,
    column_name text,
    reason text NOT NULL,
    raw jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quarantine_row UNIQUE (batch_id, row_no)
);
COMMENT ON TABLE ops.quarantine IS 'Rows that could not be typed, keyed or located, with the reason and as they came.';

CREATE TABLE ops.marts (
    mart text PRIMARY KEY,
    definition_sha256 text NOT NULL,
    inputs text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ops.marts IS 'The marts as they were last created from include/sql/marts.';

CREATE TABLE ops.mart_refreshes (
    mart text PRIMARY KEY REFERENCES ops.marts (mart) ON DELETE CASCADE,
    input_changes jsonb NOT NULL,
    row_count bigint NOT NULL,
    seconds double precision NOT NULL,
    refreshed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN ops.mart_refreshes.input_changes IS
'How many batches had changed each input when the mart was refreshed: the same again needs no refresh.';

GRANT SELECT ON ALL TABLES IN SCHEMA ops TO enverus_loader, enverus_reader;
GRANT INSERT, UPDATE ON
ops.load_batches, ops.run_log, ops.extract_watermarks, ops.quarantine, ops.mart_refreshes
TO enverus_loader;
GRANT DELETE ON ops.quarantine TO enverus_loader;
