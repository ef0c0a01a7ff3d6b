CREATE TABLE staging.{{ table | ident }} (
    LIKE staging.{{ dataset.staging_table | ident }} INCLUDING ALL EXCLUDING COMMENTS
);
ALTER TABLE staging.{{ table | ident }} ALTER COLUMN load_batch_id SET DEFAULT {{ batch_id | literal }};
