-- Rows in quarantine, as far as their geometry can be read and lies on the globe.
WITH shape (name, srid, geographic) AS (
    VALUES
    {% for shape in dataset.geometry %}
    ({{ shape.name | literal }}, {{ shape.srid | literal }}, {{ ("TRUE" if shape.geographic else "FALSE") | sql }}){{ ("" if loop.last else ",") | sql }}
    {% endfor %}
),

read AS (
    SELECT
        q.row_no,
        q.natural_key,
        {{ ("q.raw ->> " ~ (label | literal) if label else "NULL") | sql }} AS label,
        s.name,
        s.geographic,
        CASE
            WHEN ops.is_castable(q.raw ->> s.name, 'geometry') THEN
                CASE
                    WHEN st_srid((q.raw ->> s.name)::geometry) = 0
                        THEN st_setsrid((q.raw ->> s.name)::geometry, s.srid)
                    ELSE (q.raw ->> s.name)::geometry
                END
        END AS geometry
    FROM ops.quarantine AS q
    CROSS JOIN shape AS s
    WHERE q.batch_id = %(batch_id)s
)

INSERT INTO feature (fate, row_no, sample, key, label, shape, new_place)
SELECT
    'quarantined',
    r.row_no,
    md5(r.row_no::text)::uuid,
    {% if key_is_shown %}
    (SELECT string_agg(k.value, ', ' ORDER BY k.ordinality) FROM jsonb_array_elements_text(r.natural_key) WITH ORDINALITY AS k),
    {% else %}
    NULL,
    {% endif %}
    r.label,
    r.name,
    CASE
        WHEN
            NOT st_isempty(r.geometry)
            AND (
                NOT r.geographic
                OR (
                    st_xmin(r.geometry) >= -180 AND st_xmax(r.geometry) <= 180
                    AND st_ymin(r.geometry) >= -90 AND st_ymax(r.geometry) <= 90
                )
            )
            THEN st_transform(st_curvetoline(st_force2d(r.geometry)), 4326)
    END
FROM read AS r;
