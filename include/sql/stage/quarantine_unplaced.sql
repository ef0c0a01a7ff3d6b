{% from "stage/quarantined.sql" import typed_version, typed_key %}
{% from "stage/faults.sql" import faults %}
-- Rows without a key or a required value, rows from the future, and rows whose geometry is not where or what it can
-- be leave the batch. What is wrong with a row is asked of those alone with which something is: they are few.
WITH suspect AS (
    SELECT * FROM staging.{{ partition | ident }} AS s
    WHERE
        FALSE
        {{ faults(dataset, "any") | trim | sql }}
),

judged AS (
    SELECT
        s.row_no,
        v.column_name,
        v.reason
    FROM suspect AS s
    CROSS JOIN LATERAL (
        VALUES
        (FALSE, NULL, NULL)
        {{ faults(dataset, "each") | trim | sql }}
    ) AS v (bad, column_name, reason)
    WHERE v.bad
),

bad AS (
    SELECT DISTINCT ON (row_no) * FROM judged
    ORDER BY row_no, column_name, reason
),

moved AS (
    DELETE FROM staging.{{ partition | ident }} AS s
    USING bad
    WHERE s.row_no = bad.row_no
    -- A geometry as text: as GeoJSON a coordinate that is no number could not be kept.
    RETURNING
        s.row_no,
        s.extra,
        {{ dataset.by_name | idents("s.") }},
        {% for geometry in dataset.geometry %}
        st_astext(s.{{ geometry.name | ident }}) AS {{ geometry.name | ident }},
        {% endfor %}
        bad.column_name AS bad_column,
        bad.reason AS bad_reason
)

INSERT INTO ops.quarantine (
    batch_id, dataset, row_no, object_key, line_no, column_name, reason, raw, version, natural_key
)
SELECT
    %(batch_id)s,
    %(dataset)s,
    m.row_no,
    o.object_key,
    m.row_no - o.first_row + 2,
    m.bad_column,
    m.bad_reason,
    jsonb_strip_nulls(to_jsonb(m) - 'row_no' - 'bad_column' - 'bad_reason'),
    {{ typed_version(dataset, "m.") | trim | sql }},
    {{ typed_key(dataset, "m.") | trim | sql }}
FROM moved AS m
INNER JOIN
    jsonb_to_recordset(%(objects)s::jsonb) AS o (object_key text, first_row bigint, last_row bigint)
    ON m.row_no BETWEEN o.first_row AND o.last_row;
