-- What the columns of a mart mean: what the columns of the same name mean that its query reads, if these agree.
SELECT
    c.attname AS column_name,
    min(col_description(d.refobjid, d.refobjsubid)) AS meaning
FROM pg_rewrite AS r
INNER JOIN pg_depend AS d
    ON
        r.oid = d.objid
        AND d.classid = 'pg_rewrite'::regclass
        AND d.refclassid = 'pg_class'::regclass
        AND d.refobjsubid > 0
INNER JOIN pg_attribute AS s ON d.refobjid = s.attrelid AND d.refobjsubid = s.attnum
INNER JOIN pg_attribute AS c ON r.ev_class = c.attrelid AND s.attname = c.attname
INNER JOIN pg_class AS v ON r.ev_class = v.oid
WHERE
    v.relnamespace = 'marts'::regnamespace
    AND v.relname = %(mart)s
    AND d.refobjid <> v.oid
GROUP BY c.attname
HAVING count(DISTINCT col_description(d.refobjid, d.refobjsubid)) = 1
