-- inputs: drill-stem-tests
-- unique: formation
-- column tests: Tests of the formation
-- column misruns: Tests that failed
-- column wells: Wells in which it was tested
-- column shallowest_ft: Top of the shallowest test [FT]
-- column deepest_ft: Bottom of the deepest test [FT]
-- column median_shut_in_pressure_psi: Median of the greater shut-in pressure [PSI]
-- column median_gradient_psi_per_ft: Median of shut-in pressure over depth [PSI/FT]
-- column hottest_f: Greatest temperature at the bottom [DEGF]
-- column tests_with_oil: Tests that brought up oil
-- column tests_with_gas: Tests that brought up gas
-- Drill-stem tests per formation: how many, how deep, which pressures, and how many brought up oil or gas.
WITH tests AS (
    SELECT
        well_id,
        dst_id,
        coalesce(min(formation), 'unknown') AS formation,
        bool_or(misrun ILIKE 'Y%') AS is_misrun,
        min(start_depth_ft) AS start_depth_ft,
        max(end_depth_ft) AS end_depth_ft,
        max(greatest(initial_shut_in_pressure_psi, final_shut_in_pressure_psi)) AS shut_in_pressure_psi,
        max(temperature_bh_f) AS temperature_bh_f,
        bool_or(recovered_type ILIKE '%oil%') AS brought_oil,
        bool_or(recovered_type ILIKE '%gas%') AS brought_gas
    FROM core.drill_stem_tests
    WHERE deleted_at IS NULL
    GROUP BY well_id, dst_id
)

SELECT
    formation,
    count(*) AS tests,
    count(*) FILTER (WHERE is_misrun) AS misruns,
    count(DISTINCT well_id) AS wells,
    round(min(start_depth_ft)::numeric, 0) AS shallowest_ft,
    round(max(end_depth_ft)::numeric, 0) AS deepest_ft,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY shut_in_pressure_psi))::numeric, 0)
        AS median_shut_in_pressure_psi,
    round((percentile_cont(0.5) WITHIN GROUP (ORDER BY shut_in_pressure_psi / nullif(end_depth_ft, 0)))::numeric, 3)
        AS median_gradient_psi_per_ft,
    round(max(temperature_bh_f)::numeric, 0) AS hottest_f,
    count(*) FILTER (WHERE brought_oil) AS tests_with_oil,
    count(*) FILTER (WHERE brought_gas) AS tests_with_gas
FROM tests
GROUP BY formation;
