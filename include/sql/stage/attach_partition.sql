-- In the place of what an earlier attempt has staged: only here, when all is loaded, are others kept from the table.
DROP TABLE IF EXISTS staging.{{ partition | ident }};
ALTER TABLE staging.{{ table | ident }} RENAME TO {{ partition | ident }};
ALTER TABLE staging.{{ dataset.staging_table | ident }} ATTACH PARTITION staging.{{ partition | ident }} FOR VALUES IN ({{ batch_id | literal }}); -- noqa: PRS
ALTER TABLE staging.{{ partition | ident }} DROP CONSTRAINT batch_check;
