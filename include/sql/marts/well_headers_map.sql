-- inputs: well-headers
-- unique: objectid
-- column operator: Enverus operator
-- column status: Enverus well status
-- Active wells as points for maps, with the columns people filter by.
SELECT
    objectid,
    well_id,
    api_uwi_unformatted,
    well_name,
    env_operator AS operator,
    env_well_status AS status,
    spud_date::date AS spud_date,
    geom_point
FROM core.well_headers
WHERE deleted_at IS NULL AND geom_point IS NOT NULL;
