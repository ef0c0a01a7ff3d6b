{% from "stage/quarantined.sql" import typed_version, typed_key %}
-- Rows without a key or a required value, rows from the future, and rows whose geometry is not where or what it can
-- be leave the batch.
WITH judged AS (
    SELECT
        s.row_no,
        v.column_name,
        v.reason
    FROM staging.{{ partition | ident }} AS s
    CROSS JOIN LATERAL (
        VALUES
        {% for name in dataset.load.key %}
        (s.{{ name | ident }} IS NULL, {{ name | literal }}, 'the key is missing'),
        {% endfor %}
        {% for name in dataset.required %}
        (s.{{ name | ident }} IS NULL, {{ name | literal }}, 'a required value is missing'),
        {% endfor %}
        {% if dataset.partition and dataset.partition.by.value == "month" %}
        (
            NOT (s.{{ dataset.partition.column | ident }} >= '1850-01-01' AND s.{{ dataset.partition.column | ident }} < '2101-01-01'),
            {{ dataset.partition.column | literal }},
            'the month is not one of the years 1850 to 2100'
        ),
        {% endif %}
        -- A day of grace, for the zone of the source's times is not known for sure.
        (
            greatest({{ dataset.version_columns | idents("s.") }}) > %(until)s::timestamptz + interval '1 day',
            {{ dataset.load.cursor | literal }},
            'the time of the change lies in the future'
        ),
        {% for geometry in dataset.geometry %}
        (st_isempty(s.{{ geometry.name | ident }}), {{ geometry.name | literal }}, 'the geometry is empty'),
        (
            geometrytype(s.{{ geometry.name | ident }}) NOT IN ({{ geometry.accepted | literals }}),
            {{ geometry.name | literal }},
            {{ ("the geometry is no " ~ geometry.type.value) | literal }}
        ),
        {% if geometry.geographic %}
        (
            NOT (
                st_xmin(s.{{ geometry.name | ident }}) >= -180 AND st_xmax(s.{{ geometry.name | ident }}) <= 180
                AND st_ymin(s.{{ geometry.name | ident }}) >= -90 AND st_ymax(s.{{ geometry.name | ident }}) <= 90
            ),
            {{ geometry.name | literal }},
            'longitude or latitude is out of range'
        ),
        {% endif %}
        {% if geometry.extent %}
        (
            NOT (
                st_xmin(s.{{ geometry.name | ident }}) >= {{ geometry.extent[0] | literal }} AND st_xmax(s.{{ geometry.name | ident }}) <= {{ geometry.extent[2] | literal }}
                AND st_ymin(s.{{ geometry.name | ident }}) >= {{ geometry.extent[1] | literal }} AND st_ymax(s.{{ geometry.name | ident }}) <= {{ geometry.extent[3] | literal }}
            ),
            {{ geometry.name | literal }},
            'the geometry lies outside of the dataset''s extent'
        ),
        {% endif %}
        {% if geometry.repair.value == "make_valid" %}
        (
            NOT st_isvalid(s.{{ geometry.name | ident }})
            AND st_isempty(st_collectionextract(st_makevalid(s.{{ geometry.name | ident }}), {{ geometry.dimension | literal }})),
            {{ geometry.name | literal }},
            'the geometry is not valid and cannot be repaired'
        ),
        {% endif %}
        {% if geometry.repair.value == "quarantine" %}
        (NOT st_isvalid(s.{{ geometry.name | ident }}), {{ geometry.name | literal }}, 'the geometry is not valid'),
        {% endif %}
        {% endfor %}
        (FALSE, NULL, NULL)
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
