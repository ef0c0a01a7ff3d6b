-- What a batch read and when, what holds the watermark, what drifted, who let a held batch pass, and the API's token.
-- depends: 007_create_landtrac_leases

ALTER TABLE ops.load_batches
ADD COLUMN kind text NOT NULL DEFAULT 'regular',
ADD COLUMN read_at timestamptz,
ADD COLUMN read_until timestamptz,
ADD COLUMN absent_columns text[] NOT NULL DEFAULT '{}',
ADD COLUMN asked_for bigint[] NOT NULL DEFAULT '{}',
ADD COLUMN accepted_by text,
ADD COLUMN accepted_reason text,
ADD COLUMN accepted_at timestamptz,
ADD CONSTRAINT load_batches_kind CHECK (kind IN ('regular', 'backfill', 'reseed', 'replay')),
ADD CONSTRAINT load_batches_accepted CHECK ((accepted_by IS NULL) = (accepted_at IS NULL));

UPDATE ops.load_batches
SET
    kind = CASE WHEN replay_of IS NULL THEN 'regular' ELSE 'replay' END,
    read_at = window_high,
    read_until = window_high;

ALTER TABLE ops.load_batches ALTER COLUMN read_at SET NOT NULL;

COMMENT ON COLUMN ops.load_batches.kind IS
'Regular batches move the watermark; a backfill reads one window again, a reseed everything, a replay its objects.';
COMMENT ON COLUMN ops.load_batches.read_at IS
'The source''s clock when the attempt began to read: how old the batch''s knowledge is, whatever its window.';
COMMENT ON COLUMN ops.load_batches.read_until IS
'The source''s clock after the last row: what is younger is from the future.';
COMMENT ON COLUMN ops.load_batches.absent_columns IS
'Columns whose field no row of the batch had: core keeps what it knows of them.';
COMMENT ON COLUMN ops.load_batches.asked_for IS
'Entries of ops.quarantine whose rows were asked for by key, beside the window.';
COMMENT ON COLUMN ops.load_batches.accepted_by IS
'Who let the batch pass although its volume is not what it should be.';
COMMENT ON COLUMN ops.load_batches.accepted_reason IS 'Why they let it pass, in their words.';
COMMENT ON COLUMN ops.load_batches.accepted_at IS 'When they let it pass.';

ALTER TABLE ops.quarantine
ADD COLUMN version timestamptz,
ADD COLUMN natural_key jsonb,
ADD COLUMN holds boolean NOT NULL DEFAULT FALSE,
ADD COLUMN released_at timestamptz,
ADD COLUMN released_by bigint REFERENCES ops.load_batches (batch_id),
ADD COLUMN released_reason text,
ADD CONSTRAINT quarantine_released CHECK ((released_at IS NULL) = (released_reason IS NULL));
CREATE INDEX quarantine_open ON ops.quarantine (dataset, version) WHERE released_at IS NULL;

COMMENT ON COLUMN ops.quarantine.version IS 'When the row changed at the source; empty where that cannot be known.';
COMMENT ON COLUMN ops.quarantine.natural_key IS
'The key''s values in the catalog''s order, by which later batches ask for the row again; empty where one is missing.';
COMMENT ON COLUMN ops.quarantine.holds IS
'Whether the batch was committed without the row: until it is released, the watermark stays at its version.';
COMMENT ON COLUMN ops.quarantine.released_at IS 'When the entry was settled; empty while it is open.';
COMMENT ON COLUMN ops.quarantine.released_by IS
'The batch that has read the row again; empty where a person let it go.';
COMMENT ON COLUMN ops.quarantine.released_reason IS 'Why the entry is settled.';
GRANT SELECT (version, holds, released_at, released_by, released_reason) ON ops.quarantine TO enverus_reader;

ALTER TABLE ops.extract_watermarks ADD COLUMN read_to timestamptz;
UPDATE ops.extract_watermarks SET read_to = watermark;
ALTER TABLE ops.extract_watermarks ALTER COLUMN read_to SET NOT NULL;
COMMENT ON COLUMN ops.extract_watermarks.watermark IS
'Every row that changed up to here is in core. Stays at the oldest row in quarantine until that is released.';
COMMENT ON COLUMN ops.extract_watermarks.read_to IS
'The newest change in core: windows start here, and ask for the rows in quarantine by their keys.';

CREATE TABLE ops.schema_drift (
    dataset text NOT NULL,
    field text NOT NULL,
    kind text NOT NULL,
    first_batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    last_batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schema_drift_pkey PRIMARY KEY (dataset, field, kind),
    CONSTRAINT schema_drift_kind CHECK (kind IN ('unknown', 'absent', 'type'))
);
COMMENT ON TABLE ops.schema_drift IS
'Fields that the source has and the catalog has not, that no row has any more, or whose values changed type.';
COMMENT ON COLUMN ops.schema_drift.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.schema_drift.field IS 'The source''s name of the field.';
COMMENT ON COLUMN ops.schema_drift.kind IS 'Whether the field is unknown, absent, or of another type.';
COMMENT ON COLUMN ops.schema_drift.first_batch_id IS 'The first batch that saw it so, in ops.load_batches.';
COMMENT ON COLUMN ops.schema_drift.last_batch_id IS 'The last batch that saw it so, in ops.load_batches.';
COMMENT ON COLUMN ops.schema_drift.first_seen_at IS 'When it was first seen.';
COMMENT ON COLUMN ops.schema_drift.last_seen_at IS 'When it was last seen.';

CREATE TABLE ops.api_tokens (
    account text PRIMARY KEY,
    token bytea NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ops.api_tokens IS
'The token that all tasks share, encrypted with the secret key it was issued for; the readers have no access.';
COMMENT ON COLUMN ops.api_tokens.account IS 'Digest of the API''s address and secret key.';
COMMENT ON COLUMN ops.api_tokens.token IS 'The token, encrypted.';
COMMENT ON COLUMN ops.api_tokens.issued_at IS 'When the API issued it.';

GRANT SELECT ON ops.schema_drift TO enverus_loader, enverus_reader;
GRANT INSERT, UPDATE ON ops.schema_drift TO enverus_loader;
GRANT SELECT, INSERT, UPDATE ON ops.api_tokens TO enverus_loader;
