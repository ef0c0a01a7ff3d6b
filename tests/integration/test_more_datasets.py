"""The datasets that refer to wells, through all steps and in both vintages, and the marts over all of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from enverus_elt.catalog import Dataset, load_dataset, table_name
from enverus_elt.hooks.enverus import enverus_session
from enverus_elt.hooks.warehouse import connect
from enverus_elt.marts import load_marts
from enverus_elt.steps.batch import LoadKind
from enverus_elt.steps.merge import Merged
from enverus_elt.steps.opening import LoadRequest
from enverus_elt.steps.refresh import refresh
from enverus_elt.steps.stage import stage
from tests.services.site import Site

REFERRED_TO = ("well-headers", "wells")
REFERRING = (
    "wellbore-headers", "permits", "rigs", "active-rigs", "full-directional-surveys", "drill-stem-tests",
    "landtrac-units",
)  # fmt: skip
OTHERS = ("production", "landtrac-leases")  # what other marts read
SNAPSHOT = "active-rigs"
# The wells that rigs have drilled, and not the forty thousand before them.
RECENT = LoadRequest(LoadKind.BACKFILL, datetime(2018, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC))


def test_datasets_about_wells_end_as_the_api_serves_them_and_fill_the_marts(site: Site) -> None:
    site.serve("2025")
    _take_for_granted(site, (*REFERRED_TO, *OTHERS))
    for vintage in ("2024", "2025"):
        site.serve(vintage)
        outcomes = {dataset: site.loaded(dataset, vintage) for dataset in REFERRING}
        for dataset in REFERRING:
            _check_against_the_api(site, load_dataset(dataset), outcomes[dataset].absent)
            _check_links(site, load_dataset(dataset))
    _check_that_everything_moved(outcomes)
    assert site.rows("SELECT dataset FROM ops.load_batches WHERE failed_expectations > 0 OR quarantined > 0") == []
    assert site.loaded(SNAPSHOT, "third").changed == 0
    _check_points(site)
    _check_marts(site)


def _take_for_granted(site: Site, datasets: Iterable[str]) -> None:
    for dataset in datasets:
        batch_id = site.extracted(dataset, "first", RECENT if dataset == "wells" else None)
        with connect() as conn:
            stage(conn, site.store, load_dataset(dataset), batch_id)
            site.approve(conn, dataset, batch_id)
        site.merged(dataset, batch_id)


def _check_against_the_api(site: Site, dataset: Dataset, absent: int) -> None:
    """All rows that are served are in core, and live where the API has not deleted them."""
    found = site.rows(f"SELECT count(*) AS rows, count(*) - count(deleted_at) AS live FROM core.{dataset.table}")
    with connect() as conn, enverus_session(conn) as session:
        filters = ({}, {"deleteddate": "null"})
        answers = [session.send("HEAD", dataset.source.path, one) for one in filters]
    served, live = (int(answer.headers["X-Query-Record-Count"]) for answer in answers)
    assert found == [{"rows": served + absent, "live": live}], dataset.id


def _check_links(site: Site, dataset: Dataset) -> None:
    for relationship in dataset.relationships:
        pairs = zip(relationship.columns, relationship.to, strict=True)
        joined = " AND ".join(f"o.{own} = t.{other}" for own, other in pairs)
        given = " AND ".join(f"o.{own} IS NOT NULL" for own in relationship.columns)
        query = f"""
        SELECT count(*) AS given, count(*) FILTER (WHERE EXISTS (
            SELECT FROM core.{table_name(relationship.refers_to)} AS t WHERE {joined}
        )) AS known
        FROM core.{dataset.table} AS o WHERE {given}
        """
        (count,) = site.rows(query)
        assert count["given"] == count["known"] > 0, (dataset.id, relationship)


def _check_that_everything_moved(outcomes: dict[str, Merged]) -> None:
    for dataset, outcome in outcomes.items():
        assert min(outcome.inserted, outcome.updated, outcome.deleted) > 0, (dataset, outcome)
    assert {dataset for dataset, outcome in outcomes.items() if outcome.absent} == {SNAPSHOT}


def _check_points(site: Site) -> None:
    """Points made from two columns are where these say, and stations are as high as theirs says."""
    for table, longitude, latitude in (
        ("rigs", "rig_longitude_wgs84", "rig_latitude_wgs84"),
        ("active_rigs", "rig_longitude", "rig_latitude"),
    ):
        elsewhere = f"st_x(geom_point) <> {longitude} OR st_y(geom_point) <> {latitude} OR st_srid(geom_point) <> 4326"
        where = f"(geom_point IS NULL) <> ({longitude} IS NULL) OR {elsewhere}"
        assert site.value(f"SELECT count(*) FROM core.{table} WHERE {where}") == 0
        assert site.value(f"SELECT count(geom_point) FROM core.{table}") > 0
    query = "SELECT count(*) FROM core.full_directional_surveys WHERE st_z(geom_point) = subsea_elevation_ft"
    assert site.value(query) == site.value("SELECT count(*) FROM core.full_directional_surveys")


# One statement a mart: true where it says of core what it is for.
TRUE_OF_MARTS = {
    "ducs": """
        SELECT min(days_uncompleted) >= 0 AND count(geom_point) > 0 AND count(rig_name) > 0
        AND bool_and(status !~ 'Completed|Abandoned') FROM marts.ducs""",
    "rigs_on_location": """
        SELECT count(*) = (SELECT count(*) FROM core.active_rigs WHERE deleted_at IS NULL)
        AND count(operator) = count(*) AND count(play) = count(*) AND min(days_on_location) >= 0
        FROM marts.rigs_on_location""",
    "leases_expiring": """
        SELECT count(*) = (
            SELECT count(*) FROM core.landtrac_leases WHERE expiration_date::date - (
                SELECT max(updated_date)::date FROM core.landtrac_leases
            ) BETWEEN 0 AND 364
        ) FROM marts.leases_expiring""",
    "permits_pipeline": """
        SELECT (sum(submitted), sum(approved)) = (
            SELECT count(submitted_date), count(approved_date) FROM core.permits WHERE deleted_at IS NULL
        ) AND sum(spudded) BETWEEN 1 AND (SELECT count(DISTINCT well_id) FROM core.permits)
        FROM marts.permits_pipeline""",
    "wells_per_county": """
        SELECT sum(completions) = (SELECT count(*) FROM core.wells WHERE deleted_at IS NULL)
        FROM marts.wells_per_county""",
    "wells_by_operator_and_play": """
        SELECT sum(completions) = (SELECT count(*) FROM core.wells WHERE deleted_at IS NULL)
        AND sum(wells_spudded_in_12_months) > 0 AND count(DISTINCT play) > 3 FROM marts.wells_by_operator_and_play""",
    "laterals": """
        SELECT bool_and(st_equals(st_point(l.heel_longitude, l.heel_latitude, 4326), w.geom_point))
        AND bool_and(st_distance(st_point(l.toe_longitude, l.toe_latitude, 4326), w.geom_bhl_point) < 1e-6)
        AND min(l.drawn_length_ft) > 0 FROM marts.laterals AS l INNER JOIN core.wells AS w USING (objectid)""",
    "lateral_ends": """
        SELECT count(*) = 2 * (SELECT count(*) FROM marts.laterals) AND count(DISTINCT objectid) = count(*)
        FROM marts.lateral_ends""",
    "wellbore_trajectories": """
        SELECT bool_and(st_npoints(t.geom_line) = t.stations AND st_ndims(t.geom_line) = 3)
        AND bool_and(st_distance(st_force2d(st_startpoint(t.geom_line)), h.geom_point) < 1e-6)
        AND bool_and(st_distance(st_force2d(st_endpoint(t.geom_line)), h.geom_bhl_point) < 1e-4)
        AND bool_and(st_z(st_endpoint(t.geom_line)) = st_zmin(t.geom_line))
        AND count(*) = (
            SELECT count(DISTINCT api_uwi_12_unformatted) FROM core.full_directional_surveys WHERE deleted_at IS NULL
        )
        FROM marts.wellbore_trajectories AS t INNER JOIN core.wellbore_headers AS h USING (objectid)""",
    "drill_stem_tests_by_formation": """
        SELECT sum(tests) = (SELECT count(DISTINCT dst_id) FROM core.drill_stem_tests WHERE deleted_at IS NULL)
        AND sum(misruns) > 0 AND min(median_gradient_psi_per_ft) > 0.2 FROM marts.drill_stem_tests_by_formation""",
    "unit_wells": """
        SELECT count(*) = (SELECT count(*) FROM core.landtrac_units WHERE deleted_at IS NULL)
        AND max(wells_in_unit) > 1 AND bool_and(abs(area_acres / wells_in_unit - acres_per_well) < 0.2)
        FROM marts.unit_wells""",
    "production_monthly": """
        SELECT max(liquids_of_peak_pct) = 100 AND sum(liquids_bbl) = (
            SELECT sum(liquids_prod_bbl) FROM core.production WHERE is_current AND deleted_at IS NULL
        ) AND (
            SELECT bool_and(abs(m.liquids_change_pct - 100 * (m.liquids_bbl / b.liquids_bbl - 1)) < 0.051)
            FROM marts.production_monthly AS m INNER JOIN marts.production_monthly AS b
            ON m.well_id = b.well_id AND m.producing_month = b.producing_month + interval '1 month'
            WHERE b.liquids_bbl > 0
        ) FROM marts.production_monthly""",
}


def _check_marts(site: Site) -> None:
    with connect() as conn:
        refreshed = refresh(conn, load_marts())
    assert {item.mart for item in refreshed if item.rows == 0} == set()
    assert [mart for mart, query in TRUE_OF_MARTS.items() if site.value(query) is not True] == []
    tables = [f"core.{table_name(dataset)}" for dataset in (*REFERRED_TO, *REFERRING, *OTHERS)]
    unknown = site.rows("SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND reltuples < 0", tables)
    assert unknown == [], "a table that the planner takes for empty"
