-- How many different values ANALYZE reckons each column to have. A share of the rows is given as a negative number.
SELECT
    s.attname AS column_name,
    CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * %(rows)s ELSE s.n_distinct END AS estimate
FROM pg_stats AS s
WHERE s.schemaname = 'staging' AND s.tablename = %(partition)s
