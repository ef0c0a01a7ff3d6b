ALTER TABLE staging.{{ partition | ident }} ADD CONSTRAINT batch_check CHECK (load_batch_id = {{ batch_id | literal }});
ALTER TABLE staging.{{ dataset.staging_table | ident }} ATTACH PARTITION staging.{{ partition | ident }} FOR VALUES IN ({{ batch_id | literal }}); -- noqa: PRS
ALTER TABLE staging.{{ partition | ident }} DROP CONSTRAINT batch_check;
ANALYZE staging.{{ partition | ident }};
