-- inputs: landtrac-leases
-- unique: expiration_year
-- column expiration_year: Year in which they expire
-- column leases: How many leases
-- column acres: Their acres [ACRE]
-- column mean_royalty_pct: Their mean royalty [PCT]
-- Active leases by the year in which they expire, with their acres and mean royalty.
SELECT
    extract(YEAR FROM expiration_date)::integer AS expiration_year,
    count(*) AS leases,
    round(sum(acres)::numeric, 1) AS acres,
    round(avg(royalty)::numeric, 3) AS mean_royalty_pct
FROM core.landtrac_leases
WHERE deleted_at IS NULL AND isfinite(expiration_date)
GROUP BY 1;
