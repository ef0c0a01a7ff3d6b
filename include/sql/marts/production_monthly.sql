-- inputs: production
-- unique: well_id, producing_month
-- column liquids_bbl: Oil and condensate of the month [BBL]
-- column gas_mcf: Gas of the month [MCF]
-- column water_bbl: Water of the month [BBL]
-- column cumulative_liquids_bbl: Oil and condensate up to and with the month [BBL]
-- column cumulative_gas_mcf: Gas up to and with the month [MCF]
-- Monthly volumes per well as reported last, with the running total.
SELECT
    well_id,
    producing_month::date AS producing_month,
    sum(liquids_prod_bbl) AS liquids_bbl,
    sum(gas_prod_mcf) AS gas_mcf,
    sum(water_prod_bbl) AS water_bbl,
    sum(sum(liquids_prod_bbl)) OVER by_month AS cumulative_liquids_bbl,
    sum(sum(gas_prod_mcf)) OVER by_month AS cumulative_gas_mcf
FROM core.production
WHERE is_current AND deleted_at IS NULL AND well_id IS NOT NULL AND producing_month IS NOT NULL
GROUP BY well_id, producing_month::date
WINDOW by_month AS (PARTITION BY well_id ORDER BY producing_month::date);
