"""Marts: what a file must declare, and which DAG a mart belongs to."""

import re
from pathlib import Path

import pytest

from enverus_elt.catalog import dataset_ids, table_name
from enverus_elt.errors import CatalogError
from enverus_elt.marts import Mart, load_marts, marts_of, shared_marts
from enverus_elt.paths import ROOT

FILE = """\
-- inputs: wells, landtrac-leases
-- unique: lease_id, well_id
-- Wells on leases.
SELECT lease_id
FROM core.wells;
"""


def load(folder: Path, text: str) -> Mart:
    (folder / "wells_per_lease.sql").write_text(text, encoding="utf-8")
    (mart,) = load_marts(folder)
    return mart


def test_a_mart_is_what_its_file_declares(folder: Path) -> None:
    mart = load(folder, FILE)
    assert mart.name == "wells_per_lease"
    assert mart.title == "Wells on leases."
    assert mart.inputs == ("landtrac-leases", "wells")
    assert mart.unique == ("lease_id", "well_id")
    assert mart.query == "SELECT lease_id\nFROM core.wells"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("-- inputs: wells, landtrac-leases\n", "the line '-- inputs: …' is missing"),
        ("-- unique: lease_id, well_id\n", "the line '-- unique: …' is missing"),
        ("-- Wells on leases.\n", "a comment line that says what the mart is for is missing"),
    ],
)
def test_a_missing_declaration_names_the_file(folder: Path, line: str, what: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(folder, FILE.replace(line, ""))
    assert str(caught.value) == f"marts/wells_per_lease.sql: {what}"


@pytest.mark.parametrize("empty", ["-- inputs: ,", "-- inputs:  ", "--inputs: wells", "-- Inputs: wells"])
def test_a_declaration_that_names_nothing_is_missing(folder: Path, empty: str) -> None:
    with pytest.raises(CatalogError, match=r"^marts/wells_per_lease\.sql: the line '-- inputs: …' is missing"):
        load(folder, FILE.replace("-- inputs: wells, landtrac-leases", empty))


@pytest.mark.parametrize(
    ("old", "new"),
    [("core.wells", "core.well_headers"), ("wells, ", ""), ("lease_id, ", ""), ("on leases", "on a lease")],
    ids=["query", "inputs", "unique", "title"],
)
def test_every_part_of_a_definition_changes_its_digest(folder: Path, old: str, new: str) -> None:
    assert load(folder, FILE).sha256 != load(folder, FILE.replace(old, new, 1)).sha256


def test_the_order_of_the_inputs_does_not_change_the_digest(folder: Path) -> None:
    turned = FILE.replace("wells, landtrac-leases", "landtrac-leases, wells")
    assert load(folder, FILE).sha256 == load(folder, turned).sha256


def test_a_mart_over_one_dataset_is_that_datasets_own() -> None:
    own, shared = Mart("a", "A", ("wells",), ("id",), ""), Mart("b", "B", ("production", "wells"), ("id",), "")
    assert marts_of("wells", (own, shared)) == (own,)
    assert marts_of("production", (own, shared)) == ()
    assert shared_marts((own, shared)) == (shared,)


@pytest.mark.parametrize("mart", load_marts(), ids=lambda mart: mart.name)
def test_a_shipped_mart_is_refreshed_by_one_dag(mart: Mart) -> None:
    marts = load_marts()
    owners = [dataset_id for dataset_id in dataset_ids() if mart in marts_of(dataset_id, marts)]
    assert len(owners) + (mart in shared_marts(marts)) == 1


@pytest.mark.parametrize("mart", load_marts(), ids=lambda mart: mart.name)
def test_a_shipped_mart_reads_exactly_the_tables_that_it_declares(mart: Mart) -> None:
    tables = {dataset_id: f"core.{dataset_id.replace('-', '_')}" for dataset_id in dataset_ids()}
    words = set(mart.query.replace(",", " ").split())
    assert {dataset_id for dataset_id, table in tables.items() if table in words} == set(mart.inputs)


CLOCKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp)\(|\b(current_date|current_timestamp|localtime)", re.IGNORECASE
)


@pytest.mark.parametrize("mart", load_marts(), ids=lambda mart: mart.name)
def test_a_shipped_mart_asks_for_no_time_of_day_and_shows_live_rows_alone(mart: Mart) -> None:
    assert not CLOCKS.search(mart.query)
    for dataset_id in mart.inputs:
        aliases = re.findall(rf"core\.{table_name(dataset_id)} AS (\w+)", mart.query) or [""]
        assert any(f"{alias}.deleted_at IS NULL".lstrip(".") in mart.query for alias in aliases), dataset_id


@pytest.mark.parametrize("mart", load_marts(), ids=lambda mart: mart.name)
def test_a_shipped_mart_with_a_geometry_has_one_and_a_stable_id(mart: Mart) -> None:
    shown = re.findall(r"(?:^\s+(?:\w\.)?|AS )(geom_\w+),?$", mart.query, re.MULTILINE)
    assert len(shown) <= 1
    assert not shown or re.search(r"(\.|AS |^ +)objectid,$", mart.query, re.MULTILINE)


def test_the_guide_lists_every_mart() -> None:
    guide = (ROOT / "docs" / "marts.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*)\| (.+) \|$", guide, re.MULTILINE)
    listed = [(name, inputs, title) for name, inputs, _, title in lines]
    assert listed == [(mart.name, ", ".join(mart.inputs), mart.title) for mart in load_marts()]


def test_marts_come_in_a_fixed_order(folder: Path) -> None:
    for name in ("b", "c", "a"):
        (folder / f"{name}.sql").write_text(FILE, encoding="utf-8")
    assert [mart.name for mart in load_marts(folder)] == ["a", "b", "c"]
