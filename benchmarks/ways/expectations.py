"""The same checks of a staged batch: by Great Expectations, and by hand."""

import psycopg

from enverus_elt.catalog import load_dataset
from enverus_elt.hooks.warehouse import sqlalchemy_url
from enverus_elt.steps.expectations import run_suite
from enverus_elt.steps.stage import partition_name
from enverus_elt.suites import read

BY_HAND = """
SELECT
    count(*) AS rows,
    count(*) FILTER (WHERE well_id IS NULL) AS no_key,
    count(*) FILTER (WHERE updated_date IS NULL) AS no_time,
    count(*) FILTER (WHERE api_uwi_14_unformatted !~ '^[0-9A-Z]{8,20}$') AS api,
    count(*) FILTER (WHERE vintage !~ '^[0-9]{4}$') AS vintage,
    count(*) FILTER (WHERE country NOT IN ('US', 'CA')) AS country,
    count(*) FILTER (WHERE md_ft NOT BETWEEN 0 AND 60000) AS md,
    count(*) FILTER (WHERE tvd_ft NOT BETWEEN 0 AND 60000) AS tvd,
    count(*) FILTER (WHERE lateral_length_ft NOT BETWEEN 0 AND 60000) AS lateral_length,
    count(*) FILTER (WHERE elevation_gl_ft NOT BETWEEN -1500 AND 20000) AS elevation,
    count(*) FILTER (WHERE water_depth NOT BETWEEN 0 AND 36000) AS water,
    count(*) FILTER (WHERE proppant_lbs < 0) AS proppant,
    count(*) FILTER (WHERE total_fluid_pumped_bbl < 0) AS fluid,
    count(*) FILTER (WHERE frac_stages < 0) AS stages,
    count(*) FILTER (WHERE cum_oil_bbl < 0) AS oil,
    count(*) FILTER (WHERE cum_gas_mcf < 0) AS gas,
    count(*) FILTER (WHERE first_6_month_oil_bbl < 0) AS first_oil,
    count(*) FILTER (WHERE peak_gas_mcf < 0) AS peak,
    count(*) FILTER (WHERE oil_gravity_api NOT BETWEEN -20 AND 100) AS gravity,
    count(*) FILTER (WHERE latitude NOT BETWEEN -90 AND 90) AS latitude,
    count(*) FILTER (WHERE longitude NOT BETWEEN -180 AND 180) AS longitude,
    count(*) FILTER (WHERE geometrytype(geom_point) <> 'POINT' OR st_isempty(geom_point)) AS kind,
    count(*) FILTER (WHERE st_x(geom_point) NOT BETWEEN -180 AND -50 OR st_y(geom_point) NOT BETWEEN 14 AND 84) AS out,
    count(*) FILTER (
        WHERE abs(st_x(geom_point) - longitude) > 0.0001 OR abs(st_y(geom_point) - latitude) > 0.0001
    ) AS off
FROM staging.:table
"""
TWICE = "SELECT count(*) FROM (SELECT FROM staging.:table GROUP BY well_id HAVING count(*) > 1) AS twice"


def by_suite(dataset_id: str, batch_id: int) -> dict[str, int]:
    """The suite that runs in the validate step, rendered as Data Docs."""
    dataset = load_dataset(dataset_id)
    table = partition_name(dataset, batch_id)
    outcome = run_suite(sqlalchemy_url(), read(dataset), table, "benchmark", dataset.sensitive)
    return {"expectations": outcome.evaluated, "failures": len(outcome.failures)}


def by_hand(conninfo: str, dataset_id: str, batch_id: int) -> None:
    """One pass and one grouping, as somebody would write them who needs no report."""
    table = partition_name(load_dataset(dataset_id), batch_id)
    with psycopg.connect(conninfo) as conn:
        for query in (BY_HAND, TWICE):
            conn.execute(query.replace(":table", table).encode()).fetchall()
