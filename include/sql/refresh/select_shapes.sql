-- The geometry columns of a mart.
SELECT a.attname FROM pg_attribute AS a
INNER JOIN pg_class AS c ON a.attrelid = c.oid
WHERE
    c.relnamespace = 'marts'::regnamespace
    AND c.relname = %(mart)s
    AND a.attnum > 0
    AND a.atttypid = 'geometry'::regtype
ORDER BY a.attnum
