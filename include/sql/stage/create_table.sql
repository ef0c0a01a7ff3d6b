-- The check spares the attachment as a partition a look at every row.
CREATE TABLE staging.{{ table | ident }} (
    LIKE staging.{{ dataset.staging_table | ident }} INCLUDING ALL EXCLUDING COMMENTS,
    CONSTRAINT batch_check CHECK (load_batch_id = {{ batch_id | literal }})
);
ALTER TABLE staging.{{ table | ident }} ALTER COLUMN load_batch_id SET DEFAULT {{ batch_id | literal }};
