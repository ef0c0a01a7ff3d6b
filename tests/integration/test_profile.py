"""The profile of a staged batch: that it foretells the merge, and what it calls a difference."""

import psycopg
import pytest

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.batch import take_batch
from enverus_elt.steps.review.profile import as_if_merged
from enverus_elt.steps.review.profile_columns import MOST_CATEGORIES
from tests.integration.reviewing import HEADERS, LEASES, PRODUCTION, Reviewed, header, lease, reviewed
from tests.services.site import Site


def foretold(batch: Reviewed) -> dict[str, int]:
    """The profile's counts in the merge's words; where none can be absent the merge counts none."""
    fates = {**batch.profile["fates"]}
    fates.pop("superseded")
    return {"absent": 0, **fates}


def test_the_counts_are_what_the_merge_then_does(site: Site) -> None:
    site.change(HEADERS, *(header(number) for number in range(1, 9)), clear=True)
    first = reviewed(site, HEADERS, "first")
    assert foretold(first) == first.merged()
    gone = {"UpdatedDate": "2024-06-01T00:00:00", "DeletedDate": "2024-06-02T00:00:00"}
    site.change(HEADERS, header(1, WellName="NEW", UpdatedDate="2024-06-01T00:00:00"), header(2, **gone), header(9))
    second = reviewed(site, HEADERS, "second")
    expected = {"inserted": 1, "updated": 1, "unchanged": 6, "deleted": 1, "duplicate": 1}
    assert {name: rows for name, rows in foretold(second).items() if rows} == expected
    assert site.value("SELECT count(*) FROM core.well_headers") == 8  # looking at it has changed nothing
    assert foretold(second) == second.merged()


def test_an_older_batch_is_foretold_to_be_stale(site: Site) -> None:
    site.change(HEADERS, header(1), clear=True)
    reviewed(site, HEADERS, "first").merged()
    site.change(HEADERS, header(1, WellName="OLDER", UpdatedDate="2024-06-01T00:00:00"))
    older = site.staged(HEADERS, "older")
    site.change(HEADERS, header(1, WellName="NEWER", UpdatedDate="2024-06-02T00:00:00"))
    reviewed(site, HEADERS, "newer").merged()
    late = Reviewed(site, HEADERS, older)
    assert late.profile["fates"]["superseded"]
    assert b"Core holds a batch that read the source later" in late.pages["profile.html"]
    assert foretold(late) == late.merged()


def test_what_a_snapshot_lacks_is_foretold_unless_rows_are_in_quarantine(site: Site) -> None:
    site.change(LEASES, *(lease(number) for number in range(1, 21)), clear=True)
    reviewed(site, LEASES, "first").merged()
    site.change(LEASES, delete=[{"LeaseID": 1}])
    second = reviewed(site, LEASES, "second")
    assert second.profile["fates"]["absent"] == 1
    site.change(LEASES, lease(30, Acres="many"))
    third = reviewed(site, LEASES, "third")
    assert (third.profile["fates"]["absent"], third.profile["quarantined"]) == (0, 1)
    assert third.profile["reasons"] == [{"column": "acres", "reason": "cannot be typed as double precision", "rows": 1}]
    assert foretold(third) == third.merged()


def test_looking_waits_for_no_other_load_and_keeps_none_waiting(site: Site) -> None:
    site.change(HEADERS, header(1), clear=True)
    batch_id, dataset = site.staged(HEADERS, "run"), load_dataset(HEADERS)
    with site.warehouse() as other, other.transaction():
        other.execute("LOCK TABLE core.well_headers IN ROW EXCLUSIVE MODE")  # what a merge takes
        assert Reviewed(site, HEADERS, batch_id).profile["rows"] == 1
    with connect() as conn:
        site.approve(conn, HEADERS, batch_id)
        with as_if_merged(conn, dataset, take_batch(conn, dataset, batch_id)) as fates:
            assert site.merged(HEADERS, batch_id).inserted == fates.inserted == 1
        temporary = "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()"
        assert conn.execute(temporary).fetchone() == {"count": 0}


def test_nulls_ranges_and_values_are_told_beside_the_earlier_batch(site: Site) -> None:
    rows = [header(n, ENVOperator="ACME" if n % 3 else "BETA", County=None) for n in range(1, 13)]
    site.change(HEADERS, *rows, clear=True)
    first = reviewed(site, HEADERS, "first")
    operator = first.column("env_operator")
    assert (operator["top"], operator["different"]) == ([["ACME", 8], ["BETA", 4]], 2)
    assert "new" not in operator
    assert first.column("water_depth")["range"] == [100, 100]
    first.merged()
    changed = {"UpdatedDate": "2024-07-01T00:00:00"}
    site.change(
        HEADERS,
        header(1, ENVOperator="GAMMA", WaterDepth=-5, County="HARRIS", WellName=None, **changed),
        header(2, WaterDepth=101, GeomSHL_Point="POINT (-91.5 60)", **changed),
        clear=True,
    )
    second = reviewed(site, HEADERS, "second", [first.kept()])
    assert second.profile["compared_with"] == [first.batch_id]
    operator = second.column("env_operator")
    assert (operator["new"], operator["known"]) == (["GAMMA"], ["ACME", "BETA", "GAMMA"])
    assert "vanished" not in operator  # the batch holds changes only
    assert operator["differences"] == ["1 value never seen before"]
    depth = second.column("water_depth")
    assert (depth["range"], depth["seen"], depth["earlier_nulls"]) == ([-5, 101], [-5, 101], [0.0])
    assert depth["differences"] == ["least -5, earlier never below 100", "greatest 101, earlier never above 100"]
    assert second.column("county")["differences"][0] == "values, where earlier batches had none"
    assert second.column("well_name")["differences"][0] == "1 without a value, where earlier batches had none"
    assert second.column("geom_point")["differences"] == ["y greatest 60, earlier never above 28"]
    assert "differences" not in second.column("updated_date")  # is expected to run ahead
    page = second.pages["profile.html"].decode()
    assert page.index(">env_operator<") < page.index(">abstract<")


def test_a_value_vanishes_once_from_what_is_read_whole(site: Site) -> None:
    texas, ohio = [lease(n) for n in range(1, 21)], lease(21, StateProvince="OH")
    site.change(LEASES, *texas, ohio, clear=True)
    first = reviewed(site, LEASES, "first")
    first.merged()
    site.change(LEASES, delete=[{"LeaseID": 21}])
    second = reviewed(site, LEASES, "second", [first.kept()])
    assert second.column("state_province")["vanished"] == ["OH"]
    second.merged()
    third = reviewed(site, LEASES, "third", [second.kept(), first.kept()])
    assert "vanished" not in third.column("state_province")
    third.merged()
    site.change(LEASES, ohio)
    fourth = reviewed(site, LEASES, "fourth", [third.kept()]).column("state_province")
    assert "new" not in fourth  # it was seen before
    assert "gone" not in fourth


def test_a_column_of_names_is_followed_no_longer_and_stays_so(site: Site) -> None:
    many = MOST_CATEGORIES + 1
    site.change(HEADERS, *(header(n) for n in range(1, many + 1)), clear=True)
    first = reviewed(site, HEADERS, "first")
    name = first.column("well_name")
    assert (name["category"], name["lengths"]) == (False, [6, 8])
    assert first.column("env_operator")["top"] == [["ACME", many]]
    first.merged()
    site.change(HEADERS, header(1, WellName="NEW", UpdatedDate="2024-07-01T00:00:00"), clear=True)
    assert reviewed(site, HEADERS, "second", [first.kept()]).column("well_name")["category"] is False


def with_sensitive(dataset: Dataset, *names: str) -> Dataset:
    facts = dataset.model_dump()
    facts["columns"] = [{**column, "sensitive": column["name"] in names} for column in facts["columns"]]
    return Dataset.model_validate(facts)


def test_of_a_sensitive_column_nothing_but_its_number_is_seen(site: Site) -> None:
    rows = [header(987_654, WellName="SECRET WELL", ENVOperator="SECRET OPERATOR", WaterDepth=4711)]
    site.change(HEADERS, *rows, clear=True)
    batch_id = site.staged(HEADERS, "run")
    sensitive = with_sensitive(load_dataset(HEADERS), "well_id", "well_name", "env_operator", "water_depth")
    batch = Reviewed(site, sensitive, batch_id)
    assert batch.column("env_operator") == {
        "name": "env_operator", "type": "varchar(256)", "sensitive": True, "values": 1
    }  # fmt: skip
    for page in batch.pages.values():
        for value in ("SECRET", "4711", "4,711", "987654", "987,654"):
            assert value not in page.decode()


@pytest.mark.parametrize("body", [None, b"", b"{", b"{}", b"\xff\xfe", b'{"format": "enverus-batch-profile"}'])
def test_without_a_readable_profile_there_is_no_comparison(site: Site, body: bytes | None) -> None:
    site.change(HEADERS, header(1), clear=True)
    if body is not None:
        site.store.put("before.json", body)
    batch = reviewed(site, HEADERS, "run", ["before.json"])
    assert (batch.profile["compared_with"], batch.profile["unreadable"]) == ([], 1)
    assert not [column for column in batch.profile["columns"] if "differences" in column]
    page = batch.pages["profile.html"].decode()
    assert "There is no comparison" in page
    assert "1 earlier profile is missing or cannot be read" in page


def test_a_profile_of_another_dataset_is_none_to_compare_with(site: Site) -> None:
    site.change(LEASES, lease(1), clear=True)
    site.change(HEADERS, header(1), clear=True)
    other = reviewed(site, LEASES, "leases").kept()
    assert reviewed(site, HEADERS, "headers", [other]).profile["unreadable"] == 1


def test_an_empty_batch_has_its_pages(site: Site) -> None:
    site.change(HEADERS, clear=True)
    batch = reviewed(site, HEADERS, "run")
    assert (batch.profile["rows"], sum(foretold(batch).values())) == (0, 0)
    assert b"there is nothing to draw" in batch.pages["map.html"]


def test_the_same_batch_gives_the_same_bytes(site: Site) -> None:
    site.change(HEADERS, *(header(number) for number in range(1, 100)), clear=True)
    batch_id = site.staged(HEADERS, "run")
    first = Reviewed(site, HEADERS, batch_id).pages
    Reviewed(site, HEADERS, batch_id)
    with site.warehouse() as conn:
        conn.execute(
            psycopg.sql.SQL("ANALYZE staging.{}").format(psycopg.sql.Identifier(f"well_headers_raw_b{batch_id}"))
        )
    assert Reviewed(site, HEADERS, batch_id).pages == first


def test_a_dataset_without_geometry_has_no_map(site: Site) -> None:
    row = {"ProductionID": 1, "UpdatedDate": "2024-05-01T00:00:00", "Prod_OilBBL": 5}
    site.change(PRODUCTION, row, clear=True)
    batch = reviewed(site, PRODUCTION, "run")
    assert set(batch.pages) == {"profile.json", "profile.html"}
    page = batch.pages["profile.html"].decode()
    assert "no geometry, so there is no map" in page
    assert "map.html" not in page
