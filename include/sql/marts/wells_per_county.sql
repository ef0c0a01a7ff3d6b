-- inputs: wells
-- unique: state_province, county
-- column wells: Wells
-- column completions: Completions
-- column operators: Operators with wells there
-- column first_spud: Oldest spud date
-- column last_spud: Newest spud date
-- Wells and completions per state and county; offshore wells have no county and are counted by their federal waters.
SELECT
    coalesce(state_province, 'unknown') AS state_province,
    coalesce(county, 'none') AS county,
    count(DISTINCT well_id) AS wells,
    count(*) AS completions,
    count(DISTINCT env_operator) AS operators,
    min(spud_date)::date AS first_spud,
    max(spud_date)::date AS last_spud
FROM core.wells
WHERE deleted_at IS NULL
GROUP BY 1, 2;
