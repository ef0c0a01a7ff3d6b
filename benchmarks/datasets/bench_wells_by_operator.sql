-- inputs: bench-wells
-- unique: operator, status
-- column operator: Enverus operator
-- column status: Enverus well status
-- column wells: How many wells
-- column average_md_ft: Their mean measured depth [FT]
-- column last_spud: When the last one was spudded
-- Wells of the benchmark by operator and status.
SELECT
    coalesce(env_operator, 'unknown') AS operator,
    coalesce(env_well_status, 'unknown') AS status,
    count(*) AS wells,
    round(avg(md_ft)::numeric, 1) AS average_md_ft,
    max(spud_date)::date AS last_spud
FROM core.bench_wells
WHERE deleted_at IS NULL
GROUP BY 1, 2;
