SELECT
    column_name,
    count(*) AS count
FROM uncastable
GROUP BY column_name
