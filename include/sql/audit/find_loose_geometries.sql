-- Has every geometry one type and one SRID, an index where its rows are stored, and the checks that its dataset
-- promises? Staging takes any type, so that a row of another one can be set aside by name, and is read by batch.
WITH geometry AS (
    SELECT
        c.oid,
        c.relkind,
        a.attnum,
        n.nspname || '.' || c.relname || '.' || a.attname AS name,
        format_type(a.atttypid, a.atttypmod) AS type,
        d.srid IS NOT NULL AS is_source,
        coalesce(d.checked, FALSE) AS checked
    FROM pg_class AS c
    INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
    INNER JOIN pg_attribute AS a ON c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN
        jsonb_to_recordset(%(geometries)s::jsonb) AS d (relation text, name text, srid integer, checked boolean)
        ON n.nspname || '.' || c.relname = d.relation AND a.attname = d.name
    WHERE
        n.nspname IN ('core', 'marts')
        AND c.relkind IN ('r', 'p', 'm', 'v')
        AND NOT c.relispartition
        AND a.atttypid IN ('geometry'::regtype, 'geography'::regtype)
),

constrained AS (
    SELECT
        g.name,
        bool_or(pg_get_constraintdef(k.oid) ~ 'st_srid') AS by_srid,
        bool_or(pg_get_constraintdef(k.oid) ~ 'st_isvalid') AS by_validity
    FROM geometry AS g
    LEFT JOIN pg_constraint AS k ON g.oid = k.conrelid AND k.contype = 'c' AND g.attnum = any(k.conkey)
    GROUP BY g.name
)

SELECT g.name || ': ' || g.type || ' says neither type nor SRID; declare both, geometry(Point, 4326) say' AS finding
FROM geometry AS g
WHERE g.type !~ '^geometry\((Multi)?(Point|LineString|Polygon)Z?,[1-9][0-9]*\)$'
UNION ALL
SELECT g.name || ': no GiST index' AS finding
FROM geometry AS g
WHERE
    g.relkind <> 'v'
    AND NOT EXISTS (
        SELECT FROM pg_index AS i
        INNER JOIN pg_class AS x ON i.indexrelid = x.oid
        INNER JOIN pg_am AS m ON x.relam = m.oid
        WHERE i.indrelid = g.oid AND i.indkey[0] = g.attnum AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'gist'
    )
UNION ALL
SELECT g.name || ': no CHECK of its SRID' AS finding
FROM geometry AS g
INNER JOIN constrained AS k ON g.name = k.name
WHERE g.is_source AND k.by_srid IS NOT TRUE
UNION ALL
SELECT g.name || ': no CHECK of its validity' AS finding
FROM geometry AS g
INNER JOIN constrained AS k ON g.name = k.name
WHERE g.checked AND k.by_validity IS NOT TRUE
ORDER BY finding
