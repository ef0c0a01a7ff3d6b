-- Who let a batch into core on which evidence, and what the pages in Airflow's UI need to know of a dataset.
-- depends: 008_track_reads

CREATE TABLE ops.datasets (
    dataset text PRIMARY KEY,
    dag_id text NOT NULL,
    core_table text NOT NULL,
    title text NOT NULL,
    owner text NOT NULL,
    sla_hours integer NOT NULL,
    signoff_policy text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT datasets_sla_hours CHECK (sla_hours >= 1)
);
COMMENT ON TABLE ops.datasets IS
'The catalog as it was last migrated, for those who read the warehouse and not its files.';
COMMENT ON COLUMN ops.datasets.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.datasets.dag_id IS 'Airflow''s id of the DAG that loads it.';
COMMENT ON COLUMN ops.datasets.core_table IS 'Its table in core.';
COMMENT ON COLUMN ops.datasets.title IS 'What people call it.';
COMMENT ON COLUMN ops.datasets.owner IS 'Who answers for it.';
COMMENT ON COLUMN ops.datasets.sla_hours IS 'How old its last load may be [HOUR].';
COMMENT ON COLUMN ops.datasets.signoff_policy IS 'Which of its batches wait for a signature.';
COMMENT ON COLUMN ops.datasets.registered_at IS 'When the catalog was last migrated.';

ALTER TABLE ops.load_batches
ADD COLUMN expectations integer,
ADD COLUMN suite_sha256 text,
ADD COLUMN evidence_prefix text,
ADD COLUMN evidence_sha256 text,
ADD COLUMN signoff_reason text,
ADD CONSTRAINT load_batches_evidence CHECK (signoff_reason IS NULL OR evidence_sha256 IS NOT NULL);
CREATE INDEX load_batches_dataset ON ops.load_batches (dataset, batch_id DESC);

COMMENT ON COLUMN ops.load_batches.expectations IS 'How many expectations were evaluated on the batch.';
COMMENT ON COLUMN ops.load_batches.suite_sha256 IS 'Digest of the suite that the batch was judged by.';
COMMENT ON COLUMN ops.load_batches.evidence_prefix IS
'Where the files of evidence are in the bucket: a prefix of their own for each time that the batch is judged.';
COMMENT ON COLUMN ops.load_batches.evidence_sha256 IS
'Digest of evidence.json, which holds the digest of every other file of the evidence.';
COMMENT ON COLUMN ops.load_batches.signoff_reason IS
'Why the batch needs a signature before it is merged; empty where it needs none.';

CREATE TABLE ops.signoff_requests (
    request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    dataset text NOT NULL,
    airflow_run_id text NOT NULL,
    reason text NOT NULL,
    evidence_sha256 text NOT NULL,
    reviewers text[] NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    remind_every interval NOT NULL,
    noticed_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
CREATE INDEX signoff_requests_asked_at ON ops.signoff_requests USING brin (asked_at);
CREATE UNIQUE INDEX signoff_requests_open ON ops.signoff_requests (batch_id) WHERE closed_at IS NULL;
CREATE INDEX signoff_requests_dataset ON ops.signoff_requests (dataset) WHERE closed_at IS NULL;
COMMENT ON TABLE ops.signoff_requests IS 'Questions to the reviewers; at most one is open for a batch.';
COMMENT ON COLUMN ops.signoff_requests.request_id IS 'Number of the question.';
COMMENT ON COLUMN ops.signoff_requests.batch_id IS 'The batch that waits, in ops.load_batches.';
COMMENT ON COLUMN ops.signoff_requests.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.signoff_requests.airflow_run_id IS 'The Airflow run that asks.';
COMMENT ON COLUMN ops.signoff_requests.reason IS 'Why the batch needs a signature.';
COMMENT ON COLUMN ops.signoff_requests.evidence_sha256 IS 'Digest of the evidence that was shown.';
COMMENT ON COLUMN ops.signoff_requests.reviewers IS 'Ids of the Airflow users who may answer.';
COMMENT ON COLUMN ops.signoff_requests.asked_at IS 'When the question was put.';
COMMENT ON COLUMN ops.signoff_requests.expires_at IS 'When no answer becomes a no.';
COMMENT ON COLUMN ops.signoff_requests.remind_every IS 'How long after each notice the reviewers are told again.';
COMMENT ON COLUMN ops.signoff_requests.noticed_at IS 'When the reviewers were last told of it.';
COMMENT ON COLUMN ops.signoff_requests.closed_at IS 'When it was answered or expired; empty while it is open.';

CREATE TABLE ops.qa_signoffs (
    signoff_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id bigint NOT NULL UNIQUE REFERENCES ops.signoff_requests (request_id),
    batch_id bigint NOT NULL REFERENCES ops.load_batches (batch_id),
    dataset text NOT NULL,
    decision text NOT NULL,
    decided_by text,
    decided_by_name text,
    decided_at timestamptz NOT NULL,
    comment text,
    suite_sha256 text NOT NULL,
    evidence_url text NOT NULL,
    evidence_sha256 text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT qa_signoffs_decision CHECK (decision IN ('approved', 'rejected', 'expired')),
    CONSTRAINT qa_signoffs_person CHECK ((decision = 'expired') = (decided_by IS NULL))
);
CREATE INDEX qa_signoffs_batch ON ops.qa_signoffs (batch_id);
CREATE INDEX qa_signoffs_recorded_at ON ops.qa_signoffs USING brin (recorded_at);
COMMENT ON TABLE ops.qa_signoffs IS
'The record of signatures: rows are added, and nobody who loads data can change or delete one.';
COMMENT ON COLUMN ops.qa_signoffs.signoff_id IS 'Number of the signature.';
COMMENT ON COLUMN ops.qa_signoffs.request_id IS 'The question that it answers, in ops.signoff_requests.';
COMMENT ON COLUMN ops.qa_signoffs.batch_id IS 'The batch that it is about, in ops.load_batches.';
COMMENT ON COLUMN ops.qa_signoffs.dataset IS 'Id of the dataset in the catalog.';
COMMENT ON COLUMN ops.qa_signoffs.decision IS 'What the reviewer decided; expired where nobody answered in time.';
COMMENT ON COLUMN ops.qa_signoffs.decided_by IS 'Id of the Airflow user; empty where nobody answered.';
COMMENT ON COLUMN ops.qa_signoffs.decided_by_name IS 'Name of the Airflow user.';
COMMENT ON COLUMN ops.qa_signoffs.decided_at IS 'When it was decided.';
COMMENT ON COLUMN ops.qa_signoffs.comment IS 'The reviewer''s own words.';
COMMENT ON COLUMN ops.qa_signoffs.suite_sha256 IS 'Digest of the suite that the batch was judged by.';
COMMENT ON COLUMN ops.qa_signoffs.evidence_url IS 'Address of the evidence that was shown.';
COMMENT ON COLUMN ops.qa_signoffs.evidence_sha256 IS 'Digest of the evidence that was shown.';
COMMENT ON COLUMN ops.qa_signoffs.recorded_at IS 'When it was written here.';

CREATE VIEW ops.v_signed_batches AS
SELECT
    s.batch_id AS load_batch_id,
    s.dataset,
    s.decided_by,
    s.decided_by_name,
    s.decided_at,
    s.comment,
    s.evidence_url,
    s.evidence_sha256,
    s.suite_sha256
FROM ops.qa_signoffs AS s
WHERE s.decision = 'approved';
COMMENT ON VIEW ops.v_signed_batches IS
'Joined to any row of core by load_batch_id, it says who signed for the batch that last changed the row.';

CALL ops.copy_comments('ops.qa_signoffs', 'ops.v_signed_batches');
COMMENT ON COLUMN ops.v_signed_batches.load_batch_id IS 'The batch that was signed for, as core''s rows name it.';

GRANT SELECT ON ops.datasets, ops.signoff_requests, ops.qa_signoffs, ops.v_signed_batches
TO enverus_loader, enverus_reader;
GRANT INSERT, UPDATE ON ops.signoff_requests TO enverus_loader;
GRANT INSERT ON ops.qa_signoffs TO enverus_loader;
