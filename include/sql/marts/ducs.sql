-- inputs: rigs, wells
-- unique: objectid
-- column well_id: Enverus identifier of the well
-- column completion_id: Enverus identifier of the completion
-- column operator: Enverus operator
-- column play: Enverus play
-- column status: Enverus well status
-- column vendor_duc_status: What the vendor calls it, if it does
-- column rig_name: Rig that drilled it
-- column drilled_on: Since when it waits: the vendor's date, else the end of drilling
-- column days_uncompleted: Days since then, up to the newest change of wells [DAY]
-- Wells that are drilled but not completed, by the vendor's dates or their own; days up to the newest change of wells.
WITH as_of AS MATERIALIZED (
    SELECT max(updated_date)::date AS day FROM core.wells
),

-- Where a rig's row says since when the well waits it is believed; else the status has to leave it open.
drilled AS (
    SELECT
        w.objectid,
        w.well_id,
        w.completion_id,
        w.api_uwi_14_unformatted,
        w.well_name,
        w.env_operator,
        w.env_play,
        w.state_province,
        w.county,
        w.env_well_status,
        w.spud_date,
        w.md_ft,
        w.geom_point,
        r.rig_name_number,
        r.duc_status,
        coalesce(r.duc_start_date, w.drilling_end_date, w.drilling_td_date)::date AS drilled_on
    FROM core.wells AS w
    LEFT JOIN core.rigs AS r
        ON w.completion_id = r.completion_id AND w.well_id = r.well_id AND r.deleted_at IS NULL
    WHERE
        w.deleted_at IS NULL
        AND num_nonnulls(w.completion_date, w.first_prod_date, w.plug_date, r.duc_end_date) = 0
        AND (
            r.duc_start_date IS NOT NULL
            OR coalesce(w.env_well_status, '')
            !~* 'complet|produc|inject|abandon|plug|cancel|side ?track|shut|inactive|p ?& ?a'
        )
)

SELECT
    d.objectid,
    d.well_id,
    d.completion_id,
    d.api_uwi_14_unformatted,
    d.well_name,
    d.env_operator AS operator,
    d.env_play AS play,
    d.state_province,
    d.county,
    d.env_well_status AS status,
    d.duc_status AS vendor_duc_status,
    d.rig_name_number AS rig_name,
    d.spud_date::date AS spud_date,
    d.drilled_on,
    a.day - d.drilled_on AS days_uncompleted,
    round(d.md_ft::numeric, 0)::double precision AS md_ft,
    d.geom_point
FROM drilled AS d
CROSS JOIN as_of AS a
WHERE isfinite(d.drilled_on);
