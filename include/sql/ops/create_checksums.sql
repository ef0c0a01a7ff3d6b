-- Beside yoyo's own tables, for it has to be there before the first migration is.
CREATE TABLE IF NOT EXISTS ops.migration_checksums (
    migration text PRIMARY KEY,
    sha256 text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
)
