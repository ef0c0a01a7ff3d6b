-- inputs: landtrac-units, well-headers
-- unique: objectid
-- column well_id: Enverus identifier of the well
-- column well_name: Name of the well
-- column operator: Enverus operator
-- column status: Enverus well status
-- column play: Enverus play
-- column spud_date: Spud date
-- column area_acres: Area of the unit [ACRE]
-- column wells_in_unit: Wells of the unit
-- column acres_per_well: Area of the unit over its wells [ACRE]
-- Units with their wells: a row per well, with the unit's outline, acres and number of wells.
SELECT
    u.objectid,
    u.unit_name,
    u.lease_number,
    u.api_uwi_unformatted,
    u.well_id,
    coalesce(w.well_name, u.well_name) AS well_name,
    coalesce(w.env_operator, u.env_operator_current) AS operator,
    coalesce(w.env_well_status, u.env_well_status) AS status,
    u.env_play AS play,
    u.state_province,
    u.county,
    coalesce(w.spud_date, u.spud_date)::date AS spud_date,
    u.completion_date::date AS completion_date,
    u.first_prod_date::date AS first_prod_date,
    round(u.area_acres::numeric, 1)::double precision AS area_acres,
    count(*) OVER unit AS wells_in_unit,
    round((u.area_acres / count(*) OVER unit)::numeric, 1)::double precision AS acres_per_well,
    u.geom_poly
FROM core.landtrac_units AS u
LEFT JOIN core.well_headers AS w ON u.well_id = w.well_id AND w.deleted_at IS NULL
WHERE u.deleted_at IS NULL
WINDOW unit AS (PARTITION BY coalesce(u.unit_name, u.api_uwi_unformatted));
