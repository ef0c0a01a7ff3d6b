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
    CONSTRAINT load_batches_window CHECK (window_low < window_high),
    CONSTRAINT load_batches_counts CHECK (least(extracted, staged, quarantined, failed_expectations) >= 0)
);
CREATE INDEX load_batches_created_at ON ops.load_batches USING brin (created_at);
COMMENT ON TABLE ops.load_batches IS 'One load of one dataset; a retry of the same Airflow run is the same batch.';
COMMENT ON COLUMN ops.load_batches.batch_id IS 'Number of the batch; the order in which batches were opened.';
COMMENT ON COLUMN ops.load_batches.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.load_batches.airflow_run_id IS 'The Airflow run, or the command, that opened the batch.';
COMMENT ON COLUMN ops.load_batches.state IS 'The last step that the batch has completed.';
COMMENT ON COLUMN ops.load_batches.run_token IS
'Taken anew by each attempt: whoever no longer holds it must not write.';
COMMENT ON COLUMN ops.load_batches.replay_of IS
'The batch whose objects a replay loads again: that one''s age is the replay''s, not its own number.';
COMMENT ON COLUMN ops.load_batches.window_low IS
'Lower bound of the cursor; empty where everything was read.';
COMMENT ON COLUMN ops.load_batches.window_high IS
'Closed upper bound of the cursor, taken once from the source''s clock.';
COMMENT ON COLUMN ops.load_batches.manifest_key IS 'Key of the manifest that lists the batch''s objects in the bucket.';
COMMENT ON COLUMN ops.load_batches.extracted IS 'Rows that the source delivered.';
COMMENT ON COLUMN ops.load_batches.staged IS 'Rows in the batch''s partition of staging.';
COMMENT ON COLUMN ops.load_batches.quarantined IS 'Rows set aside in ops.quarantine.';
COMMENT ON COLUMN ops.load_batches.failed_expectations IS 'How many expectations the batch does not meet.';
COMMENT ON COLUMN ops.load_batches.docs_url IS 'Address of the batch''s Data Docs.';
COMMENT ON COLUMN ops.load_batches.created_at IS 'When the batch was opened.';
COMMENT ON COLUMN ops.load_batches.updated_at IS 'When the batch last changed.';

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
    ),
    CONSTRAINT run_log_counts CHECK (
        least(
            extracted, staged, quarantined, inserted, updated, unchanged, stale, duplicate, deleted, absent,
            failed_expectations
        ) >= 0
    )
);
CREATE INDEX run_log_dataset ON ops.run_log (dataset, batch_id DESC);
CREATE INDEX run_log_finished_at ON ops.run_log USING brin (finished_at);
COMMENT ON TABLE ops.run_log IS 'One row a committed batch, written in the transaction that changed core.';
COMMENT ON COLUMN ops.run_log.batch_id IS 'The batch, in ops.load_batches.';
COMMENT ON COLUMN ops.run_log.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.run_log.airflow_run_id IS 'The Airflow run, or the command, that opened the batch.';
COMMENT ON COLUMN ops.run_log.extracted IS 'Rows that the source delivered.';
COMMENT ON COLUMN ops.run_log.staged IS 'Rows that were merged.';
COMMENT ON COLUMN ops.run_log.quarantined IS 'Rows set aside in ops.quarantine.';
COMMENT ON COLUMN ops.run_log.inserted IS 'Rows that core did not have.';
COMMENT ON COLUMN ops.run_log.updated IS 'Rows that core had otherwise.';
COMMENT ON COLUMN ops.run_log.unchanged IS 'Rows that core had just so, and that were not written.';
COMMENT ON COLUMN ops.run_log.stale IS 'Rows that core had in a newer form.';
COMMENT ON COLUMN ops.run_log.duplicate IS 'Rows of which the batch had a newer form.';
COMMENT ON COLUMN ops.run_log.deleted IS 'Rows that the source says are deleted.';
COMMENT ON COLUMN ops.run_log.absent IS
'Rows of a snapshot dataset that the source no longer has, deleted by difference.';
COMMENT ON COLUMN ops.run_log.failed_expectations IS 'How many expectations the batch does not meet.';
COMMENT ON COLUMN ops.run_log.watermark IS 'The newest cursor value of the batch''s rows.';
COMMENT ON COLUMN ops.run_log.started_at IS 'When the batch was opened.';
COMMENT ON COLUMN ops.run_log.finished_at IS 'When the batch was committed.';
COMMENT ON COLUMN ops.run_log.docs_url IS 'Address of the batch''s Data Docs.';

CREATE TABLE ops.extract_watermarks (
    dataset text PRIMARY KEY,
    watermark timestamptz NOT NULL,
    batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ops.extract_watermarks IS 'The newest cursor value that core holds; moves with the rows, never back.';
COMMENT ON COLUMN ops.extract_watermarks.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.extract_watermarks.batch_id IS 'The batch that last moved it, in ops.load_batches.';
COMMENT ON COLUMN ops.extract_watermarks.updated_at IS 'When it last moved.';

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
CREATE INDEX quarantine_created_at ON ops.quarantine USING brin (created_at);
COMMENT ON TABLE ops.quarantine IS 'Rows that could not be typed, keyed or located, with the reason and as they came.';
COMMENT ON COLUMN ops.quarantine.quarantine_id IS 'Number of the entry.';
COMMENT ON COLUMN ops.quarantine.batch_id IS 'The batch that the row is of, in ops.load_batches.';
COMMENT ON COLUMN ops.quarantine.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.quarantine.row_no IS 'Number of the row within its batch.';
COMMENT ON COLUMN ops.quarantine.object_key IS 'Key of the object in the bucket that holds the row.';
COMMENT ON COLUMN ops.quarantine.line_no IS 'Line of the row in that object; the first one is its header.';
COMMENT ON COLUMN ops.quarantine.column_name IS 'The column that is at fault; empty where the whole row is.';
COMMENT ON COLUMN ops.quarantine.reason IS 'Why the row is here, without its values.';
COMMENT ON COLUMN ops.quarantine.raw IS
'The row as it came: it may hold values of sensitive columns, so readers have no access.';
COMMENT ON COLUMN ops.quarantine.created_at IS 'When the row was set aside.';

CREATE TABLE ops.marts (
    mart text PRIMARY KEY,
    kind text NOT NULL,
    definition_sha256 text NOT NULL,
    inputs text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT marts_kind CHECK (kind IN ('materialized', 'view'))
);
COMMENT ON TABLE ops.marts IS 'The marts as they were last created from include/sql/marts.';
COMMENT ON COLUMN ops.marts.mart IS 'Name of the view in schema marts.';
COMMENT ON COLUMN ops.marts.kind IS 'Whether it is materialized and refreshed, or a plain view.';
COMMENT ON COLUMN ops.marts.definition_sha256 IS 'Digest of the file: another one means that the view is made anew.';
COMMENT ON COLUMN ops.marts.inputs IS 'Ids of the datasets and names of the marts that it reads.';
COMMENT ON COLUMN ops.marts.created_at IS 'When the view was created.';

CREATE TABLE ops.mart_refreshes (
    mart text PRIMARY KEY REFERENCES ops.marts (mart) ON DELETE CASCADE,
    input_changes jsonb NOT NULL,
    row_count bigint NOT NULL,
    seconds double precision NOT NULL,
    refreshes bigint NOT NULL DEFAULT 1,
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mart_refreshes_counts CHECK (row_count >= 0 AND seconds >= 0 AND refreshes >= 1)
);
COMMENT ON TABLE ops.mart_refreshes IS 'The last refresh of each materialized mart.';
COMMENT ON COLUMN ops.mart_refreshes.mart IS 'The mart, in ops.marts.';
COMMENT ON COLUMN ops.mart_refreshes.input_changes IS
'How often each input had changed when the mart was refreshed: batches of a dataset that changed core, refreshes of a'
' mart. The same again needs no refresh.';
COMMENT ON COLUMN ops.mart_refreshes.row_count IS 'Rows of the mart.';
COMMENT ON COLUMN ops.mart_refreshes.seconds IS 'How long the refresh took [S].';
COMMENT ON COLUMN ops.mart_refreshes.refreshes IS 'How often the mart was refreshed since it was created.';
COMMENT ON COLUMN ops.mart_refreshes.refreshed_at IS 'When the mart was last refreshed.';

GRANT SELECT ON
ops.load_batches, ops.run_log, ops.extract_watermarks, ops.marts, ops.mart_refreshes
TO enverus_loader, enverus_reader;
GRANT INSERT, UPDATE ON
ops.load_batches, ops.run_log, ops.extract_watermarks, ops.quarantine, ops.mart_refreshes
TO enverus_loader;
GRANT SELECT, DELETE ON ops.quarantine TO enverus_loader;
-- Not the rows themselves, nor in 008 their keys: both may hold values of sensitive columns.
GRANT SELECT (
    quarantine_id, batch_id, dataset, row_no, object_key, line_no, column_name, reason, created_at
) ON ops.quarantine TO enverus_reader;
