CREATE TABLE staging.{{ dataset.staging_table | ident }} (
    load_batch_id bigint NOT NULL,
    row_no bigint NOT NULL,
    row_hash uuid NOT NULL,
{% for column in dataset.columns %}
    {{ column.name | ident }} {{ column.type | sql }},
{% endfor %}
{% for geometry in dataset.geometry %}
    {{ geometry.name | ident }} geometry({{ geometry.staged_typmod | sql }}){% if geometry.made_from %} GENERATED ALWAYS AS (st_setsrid(st_makepoint({{ geometry.made_from.longitude | ident }}, {{ geometry.made_from.latitude | ident }}), {{ geometry.srid | literal }})) STORED{% endif %},
{% endfor %}
    extra jsonb
) PARTITION BY LIST (load_batch_id);
COMMENT ON TABLE staging.{{ dataset.staging_table | ident }} IS 'Rows as they arrived, one partition a batch, never changed.';
CALL ops.copy_comments({{ ("core." ~ dataset.table) | literal }}, {{ ("staging." ~ dataset.staging_table) | literal }});
COMMENT ON COLUMN staging.{{ dataset.staging_table | ident }}.load_batch_id IS 'The batch that the row is of, in ops.load_batches.';
COMMENT ON COLUMN staging.{{ dataset.staging_table | ident }}.row_no IS 'Number of the row within its batch.';
COMMENT ON COLUMN staging.{{ dataset.staging_table | ident }}.extra IS 'Fields of the source that the catalog does not know.';

CREATE VIEW staging.{{ dataset.table | ident }} AS
SELECT DISTINCT ON (load_batch_id, {{ dataset.load.key | idents }}) *
FROM staging.{{ dataset.staging_table | ident }}
ORDER BY load_batch_id, {{ dataset.load.key | idents }}, {{ dataset.load.cursor | ident }} DESC NULLS LAST, row_no DESC;
COMMENT ON VIEW staging.{{ dataset.table | ident }} IS 'The newest form of each key within each batch.';
CALL ops.copy_comments({{ ("staging." ~ dataset.staging_table) | literal }}, {{ ("staging." ~ dataset.table) | literal }});
