-- inputs: wells, landtrac-leases
-- unique: lease_id
-- column objectid: Stable 32-bit integer of the lease for ArcGIS
-- column wells: How many wells lie on the lease
-- column last_spud: When the last one was spudded
-- Active wells whose surface location lies on a lease, by lease.
SELECT
    l.objectid,
    l.lease_id,
    l.record_number,
    l.grantee_name,
    count(w.objectid) AS wells,
    max(w.spud_date)::date AS last_spud,
    l.geom_poly
FROM core.landtrac_leases AS l
LEFT JOIN core.wells AS w
    ON w.deleted_at IS NULL AND st_covers(l.geom_poly, w.geom_point)
WHERE l.deleted_at IS NULL
GROUP BY l.objectid, l.lease_id, l.record_number, l.grantee_name, l.geom_poly;
