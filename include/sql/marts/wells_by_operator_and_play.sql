-- inputs: wells
-- unique: operator, play
-- column operator: Enverus operator
-- column play: Enverus play
-- column wells: Wells
-- column completions: Completions
-- column wells_spudded_in_12_months: Wells spudded in the 12 months before the newest change of wells
-- column average_md_ft: Mean measured depth [FT]
-- column average_lateral_ft: Mean lateral length [FT]
-- column last_spud: Newest spud date
-- Wells and completions by operator and play, with depths, laterals, and spuds of the year before the newest change.
WITH as_of AS MATERIALIZED (
    SELECT max(updated_date) AS moment FROM core.wells
)

SELECT
    coalesce(w.env_operator, 'unknown') AS operator,
    coalesce(w.env_play, 'unknown') AS play,
    count(DISTINCT w.well_id) AS wells,
    count(*) AS completions,
    count(DISTINCT w.well_id) FILTER (
        WHERE w.spud_date > a.moment - interval '12 months' AND w.spud_date <= a.moment
    ) AS wells_spudded_in_12_months,
    round(avg(w.md_ft)::numeric, 0) AS average_md_ft,
    round(avg(w.lateral_length_ft)::numeric, 0) AS average_lateral_ft,
    max(w.spud_date)::date AS last_spud
FROM core.wells AS w
CROSS JOIN as_of AS a
WHERE w.deleted_at IS NULL
GROUP BY 1, 2;
