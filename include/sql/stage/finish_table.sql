-- The check spares the attachment a look at every row.
ALTER TABLE staging.{{ table | ident }} ADD CONSTRAINT batch_check CHECK (load_batch_id = {{ batch_id | literal }});
ANALYZE staging.{{ table | ident }};
