CREATE TABLE staging.{{ partition | ident }} (
    LIKE staging.{{ dataset.staging_table | ident }} INCLUDING ALL
);
ALTER TABLE staging.{{ partition | ident }} ALTER COLUMN load_batch_id SET DEFAULT {{ batch_id | literal }};
