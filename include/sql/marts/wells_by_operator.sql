-- inputs: wells
-- unique: operator, status
-- Active wells by operator and status, with depths and the last spud.
SELECT
    coalesce(env_operator, 'unknown') AS operator,
    coalesce(env_well_status, 'unknown') AS status,
    count(*) AS wells,
    round(avg(md_ft)::numeric, 1) AS average_md_ft,
    round(max(water_depth)::numeric, 1) AS deepest_water_ft,
    max(spud_date)::date AS last_spud
FROM core.wells
WHERE deleted_at IS NULL
GROUP BY 1, 2;
