-- inputs: production
-- unique: well_id, producing_month
-- column liquids_bbl: Oil and condensate of the month [BBL]
-- column gas_mcf: Gas of the month [MCF]
-- column water_bbl: Water of the month [BBL]
-- column cumulative_liquids_bbl: Oil and condensate up to and with the month [BBL]
-- column cumulative_gas_mcf: Gas up to and with the month [MCF]
-- column liquids_change_pct: Change of oil and condensate on the month before [PCT]
-- column gas_change_pct: Change of gas on the month before [PCT]
-- column liquids_of_peak_pct: Oil and condensate as a share of the well's best month [PCT]
-- column gas_of_peak_pct: Gas as a share of the well's best month [PCT]
-- Monthly volumes per well as reported last, with running totals, change on the month before, and share of the peak.
WITH months AS (
    SELECT
        well_id,
        producing_month::date AS producing_month,
        sum(liquids_prod_bbl) AS liquids_bbl,
        sum(gas_prod_mcf) AS gas_mcf,
        sum(water_prod_bbl) AS water_bbl
    FROM core.production
    WHERE is_current AND deleted_at IS NULL AND well_id IS NOT NULL AND isfinite(producing_month)
    GROUP BY well_id, producing_month::date
),

-- The month before in the calendar: a month without a report is no decline.
compared AS (
    SELECT
        *,
        max(liquids_bbl) OVER month_before AS liquids_before_bbl,
        max(gas_mcf) OVER month_before AS gas_before_mcf
    FROM months
    WINDOW
        month_before AS (
            PARTITION BY well_id ORDER BY producing_month
            RANGE BETWEEN INTERVAL '1 month' PRECEDING AND INTERVAL '1 month' PRECEDING
        )
)

SELECT
    well_id,
    producing_month,
    liquids_bbl,
    gas_mcf,
    water_bbl,
    sum(liquids_bbl) OVER to_date AS cumulative_liquids_bbl,
    sum(gas_mcf) OVER to_date AS cumulative_gas_mcf,
    round((100 * (liquids_bbl / nullif(liquids_before_bbl, 0) - 1))::numeric, 1) AS liquids_change_pct,
    round((100 * (gas_mcf / nullif(gas_before_mcf, 0) - 1))::numeric, 1) AS gas_change_pct,
    round((100 * liquids_bbl / nullif(max(liquids_bbl) OVER all_months, 0))::numeric, 1) AS liquids_of_peak_pct,
    round((100 * gas_mcf / nullif(max(gas_mcf) OVER all_months, 0))::numeric, 1) AS gas_of_peak_pct
FROM compared
WINDOW
    to_date AS (PARTITION BY well_id ORDER BY producing_month),
    all_months AS (PARTITION BY well_id);
