"""Where the steps can be caught: how places on the wire look, on the way to the warehouse and to the object store."""

COMMIT = r"^Query COMMIT"
ADVANCE = r"UPDATE ops\.load_batches\s+SET\s+state"  # a step records what it has reached; its COMMIT follows
RUN_LOG = r"INSERT INTO ops\.run_log"  # the merge has written core; its COMMIT follows
ROWS = r"INSERT INTO core\."
COPY_DATA, COPY_DONE = r"^CopyData", r"^CopyDone"
ATTACH = r"ATTACH PARTITION"
LOCK = r"pg_advisory_xact_lock\(hashtext\('enverus_elt'\)"  # the merge has taken its batch, and does not hold it yet

PAGE = r"^GET /v3/direct-access/"
PART, MANIFEST = r"part00001\.csv\.gz", r"\.manifest\.json"
UPLOAD, UPLOADED = rf"^BODY PUT .*{PART}", rf"^BODY POST .*{PART}.*uploadId"
COPY_OBJECT = r"(?ims)^PUT .*^x-amz-copy-source:"
REQUEST = r"^(GET|PUT|POST|HEAD|DELETE) "

LAKE_RECORDS = r"INSERT INTO ops\.lake_assets"  # what is going to be written; its COMMIT follows
LAKE_COUNTS = r"UPDATE ops\.lake_versions\s+SET state"  # the version counts; its COMMIT follows
