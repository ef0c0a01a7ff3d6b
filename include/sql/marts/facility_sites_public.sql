-- kind: view
-- inputs: facility-sites
-- column name: Name of the facility
-- column facility_type: What kind of facility it is
-- column status: What state of its life it is in
-- column state_province: State, province or offshore area
-- column country: ISO country code
-- Active facility sites as points, with the names of their codes.
SELECT
    s.objectid,
    s.facility_id,
    s.name,
    t.name AS facility_type,
    u.name AS status,
    p.name AS state_province,
    p.country,
    s.operator,
    s.capacity_mmcf_per_day,
    s.capacity_bbl_per_day,
    s.installed_date,
    s.decommissioned_date,
    st_force2d(s.geom_point)::geometry (Point, 4326) AS geom_point
FROM core.facility_sites AS s
INNER JOIN core.ref_facility_types AS t ON s.facility_type = t.code
INNER JOIN core.ref_statuses AS u ON s.status = u.code
LEFT JOIN core.ref_states AS p ON s.state_province = p.code
WHERE s.deleted_at IS NULL;
