-- Can ArcGIS show every mart that has a geometry? It wants one integer id, one geometry, plain lower-case names, text
-- of a stated length, and none of the types that it leaves out or reads in its own way.
WITH layer AS (
    SELECT
        c.oid,
        'marts.' || c.relname AS name,
        count(*) AS geometries
    FROM pg_class AS c
    INNER JOIN pg_attribute AS a ON c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE
        c.relnamespace = 'marts'::regnamespace
        AND c.relkind IN ('v', 'm', 'r', 'p', 'f')
        AND a.atttypid IN ('geometry'::regtype, 'geography'::regtype)
    GROUP BY c.oid, c.relname
),

field AS (
    SELECT
        l.name || '.' || a.attname AS name,
        a.attname,
        format_type(a.atttypid, a.atttypmod) AS type
    FROM layer AS l
    INNER JOIN pg_attribute AS a ON l.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
)

SELECT l.name || ': ' || l.geometries || ' geometries, and a layer has one' AS finding
FROM layer AS l
WHERE l.geometries > 1
UNION ALL
SELECT l.name || ': no objectid of type integer' AS finding
FROM layer AS l
WHERE l.name || '.objectid integer' NOT IN (SELECT f.name || ' ' || f.type FROM field AS f)
UNION ALL
SELECT f.name || ': a name is of lower-case letters, digits and _' AS finding
FROM field AS f
WHERE f.attname !~ '^[a-z][a-z0-9_]*$'
UNION ALL
SELECT f.name || ': ' || f.type || ' has no length; cast it to varchar(n)' AS finding
FROM field AS f
WHERE f.type IN ('text', 'character varying')
UNION ALL
SELECT f.name || ': ' || f.type || ' has no precision; cast it to double precision' AS finding
FROM field AS f
WHERE f.type = 'numeric'
UNION ALL
SELECT f.name || ': ArcGIS does not show ' || f.type || ', or not as it is; cast it or leave it out' AS finding
FROM field AS f
WHERE
    f.type !~ '^(smallint|integer|bigint|real|double precision|date|timestamp without time zone)$'
    AND f.type !~ '^(numeric|character varying)(\([0-9,]+\))?$'
    AND f.type !~ '^(geometry|geography)' AND f.type <> 'text'
ORDER BY finding
