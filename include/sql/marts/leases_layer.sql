-- kind: view
-- inputs: landtrac-leases
-- column basin: Enverus basin
-- Active leases as outlines, for maps; without the lessors.
SELECT
    objectid,
    lease_id,
    record_number,
    grantee_name,
    grantee_alias,
    assignee_name,
    instrument_type,
    state_province,
    county,
    env_basin AS basin,
    acres,
    royalty,
    bonus,
    term_months,
    record_date::date AS record_date,
    effective_date::date AS effective_date,
    expiration_date::date AS expiration_date,
    geom_poly
FROM core.landtrac_leases
WHERE deleted_at IS NULL AND geom_poly IS NOT NULL;
