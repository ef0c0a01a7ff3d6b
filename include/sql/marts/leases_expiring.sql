-- inputs: landtrac-leases
-- unique: objectid
-- column region: Enverus region
-- column basin: Enverus basin
-- column days_left: Days until it expires, from as_of [DAY]
-- column as_of: Day of the newest change among all leases
-- column area_acres: Area [ACRE]
-- column royalty_pct: Royalty [PCT]
-- Leases that expire within 12 months of the newest change among all leases: the day up to which the load knows them.
WITH as_of AS MATERIALIZED (
    SELECT max(updated_date)::date AS day FROM core.landtrac_leases
)

SELECT
    l.objectid,
    l.lease_id,
    l.record_number,
    l.grantee_name,
    l.state_province,
    l.county,
    l.env_region AS region,
    l.env_basin AS basin,
    l.effective_date::date AS effective_date,
    l.expiration_date::date AS expiration_date,
    l.expiration_date::date - a.day AS days_left,
    a.day AS as_of,
    round(l.acres::numeric, 1)::double precision AS area_acres,
    round(l.royalty::numeric, 3)::double precision AS royalty_pct,
    l.geom_poly
FROM core.landtrac_leases AS l
CROSS JOIN as_of AS a
WHERE
    l.deleted_at IS NULL
    AND l.expiration_date >= a.day
    AND l.expiration_date < a.day + interval '12 months';
