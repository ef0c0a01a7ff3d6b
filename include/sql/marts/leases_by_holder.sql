-- inputs: landtrac-leases
-- unique: holder
-- Leases and acres by lessee.
SELECT
    coalesce(grantee_name, 'unknown') AS holder,
    count(*) AS leases,
    round(sum(acres)::numeric, 1) AS acres,
    min(expiration_date)::date AS first_expiration
FROM core.landtrac_leases
WHERE deleted_at IS NULL
GROUP BY 1;
