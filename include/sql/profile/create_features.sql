-- One row per geometry of each row that merging would change, in degrees of WGS 84: before, and after.
{% from "merge/values.sql" import geometry_value, is_row %}
{% from "profile/display.sql" import displayed, shown_key, shown_label %}
CREATE TEMPORARY TABLE feature ON COMMIT DROP AS
WITH changed AS (
    SELECT
        d.action AS fate,
        d.row_no,
        s.row_hash AS sample,
        {{ shown_key(dataset, key_is_shown, "s.") | trim | sql }} AS key,
        {{ shown_label(label, "s.") | trim | sql }} AS label,
        {% for shape in dataset.geometry %}
        c.{{ shape.name | ident }} AS {{ ("before%d" % loop.index0) | ident }},
        {% if shape.name in absent %}
        c.{{ shape.name | ident }} AS {{ ("after%d" % loop.index0) | ident }}{{ ("" if loop.last else ",") | sql }}
        {% else %}
        {{ geometry_value(shape) | trim | sql }} AS {{ ("after%d" % loop.index0) | ident }}{{ ("" if loop.last else ",") | sql }}
        {% endif %}
        {% endfor %}
    FROM delta AS d
    INNER JOIN staging.{{ partition | ident }} AS s ON d.row_no = s.row_no
    LEFT JOIN core.{{ dataset.table | ident }} AS c ON {{ is_row(dataset, "c") | trim | sql }}
    WHERE d.action IN ('inserted', 'updated', 'deleted')
    UNION ALL
    SELECT
        'deleted',
        NULL,
        c.row_hash,
        {{ shown_key(dataset, key_is_shown, "c.") | trim | sql }},
        {{ shown_label(label, "c.") | trim | sql }},
        {% for shape in dataset.geometry %}
        c.{{ shape.name | ident }},
        NULL{{ ("" if loop.last else ",") | sql }}
        {% endfor %}
    FROM absent AS a
    INNER JOIN core.{{ dataset.table | ident }} AS c ON a.objectid = c.objectid
)

SELECT
    f.fate,
    f.row_no,
    f.sample,
    f.key,
    f.label,
    v.shape,
    v.old_place,
    v.new_place,
    CASE
        WHEN f.fate = 'updated' AND v.old_place IS NOT NULL AND v.new_place IS NOT NULL AND (v.old_place IS DISTINCT FROM v.new_place)
            THEN st_distance(st_centroid(v.old_place)::geography, st_centroid(v.new_place)::geography)
    END AS moved
FROM changed AS f
CROSS JOIN LATERAL (
    VALUES
    {% for shape in dataset.geometry %}
    (
        {{ shape.name | literal }},
        {{ displayed("f.before%d" % loop.index0, shape.srid) | trim | sql }},
        {{ displayed("f.after%d" % loop.index0, shape.srid) | trim | sql }}
    ){{ ("" if loop.last else ",") | sql }}
    {% endfor %}
) AS v (shape, old_place, new_place);
