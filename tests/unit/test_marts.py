"""Marts: what a file must declare, and which DAG a mart belongs to."""

import re
from pathlib import Path

import pytest

from enverus_elt.catalog import dataset_ids, table_name
from enverus_elt.errors import CatalogError
from enverus_elt.marts import (
    Kind,
    Mart,
    datasets_behind,
    load_marts,
    marts_of,
    marts_reading,
    read_marts,
    reads,
    shared_marts,
)
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
def test_a_shipped_mart_is_refreshed_by_one_dag_and_a_view_by_none(mart: Mart) -> None:
    marts = load_marts()
    owners = [dataset_id for dataset_id in dataset_ids() if mart in marts_of(dataset_id, marts)]
    assert len(owners) + (mart in shared_marts(marts)) == int(mart.materialized)


CLOCKS = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp)\(|\b(current_date|current_timestamp|localtime)", re.IGNORECASE
)


@pytest.mark.parametrize("mart", load_marts(), ids=lambda mart: mart.name)
def test_a_shipped_mart_asks_for_no_time_of_day_and_shows_live_rows_alone(mart: Mart) -> None:
    assert not CLOCKS.search(mart.query)
    for dataset_id in set(mart.inputs) & set(dataset_ids()):
        aliases = re.findall(rf"core\.{table_name(dataset_id)} AS (\w+)", mart.query) or [""]
        assert any(f"{alias}.deleted_at IS NULL".lstrip(".") in mart.query for alias in aliases), dataset_id


def test_the_guide_lists_every_mart() -> None:
    guide = (ROOT / "docs" / "marts.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]*\| (.+) \|$", guide, re.MULTILINE)
    assert sorted(listed) == sorted((mart.name, ", ".join(mart.inputs), mart.title) for mart in load_marts())


# Kinds


def test_a_view_needs_no_index(folder: Path) -> None:
    mart = load(folder, FILE.replace("-- unique: lease_id, well_id", "-- kind: view"))
    assert (mart.kind, mart.materialized, mart.unique) == (Kind.VIEW, False, ())


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ("-- kind: table\n-- unique: lease_id", "kind is materialized or view, not 'table'"),
        ("-- kind: view\n-- unique: lease_id", "a view has no index: take the line '-- unique: …' out"),
        (
            "-- unique: a\n-- column a: one\n-- column b: two\n-- column a: three",
            "the line '-- column a: …' is there twice",
        ),
    ],
)
def test_a_declaration_that_cannot_be_meant_names_the_file(folder: Path, new: str, what: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(folder, FILE.replace("-- unique: lease_id, well_id", new))
    assert str(caught.value) == f"marts/wells_per_lease.sql: {what}"


def test_a_column_may_say_what_it_means(folder: Path) -> None:
    mart = load(folder, FILE.replace("-- Wells on", "-- column wells: How many [1]\n-- Wells on"))
    assert (mart.meanings, mart.title) == ((("wells", "How many [1]"),), "Wells on leases.")
    assert mart.sha256 != load(folder, FILE).sha256


# Marts that read marts


def write(folder: Path, **inputs: str) -> None:
    """A file for each name, with its inputs; a name that ends in ``_view`` is a view."""
    for name, read in inputs.items():
        what = "-- kind: view" if name.endswith("_view") else "-- unique: id"
        (folder / f"{name}.sql").write_text(f"-- inputs: {read}\n{what}\n-- {name}.\nSELECT 1;\n", encoding="utf-8")


def names(marts: tuple[Mart, ...]) -> list[str]:
    return [mart.name for mart in marts]


def test_marts_come_behind_those_that_they_read_and_otherwise_by_name(folder: Path) -> None:
    write(folder, b="wells", c="wells", a="wells")
    assert names(load_marts(folder)) == ["a", "b", "c"]
    write(folder, a="c, wells", c="d_view", d_view="wells", e="a")
    assert names(load_marts(folder)) == ["b", "d_view", "c", "a", "e"]


def test_a_circle_is_an_error_that_names_it_and_hides_no_other_mart(folder: Path) -> None:
    write(folder, a="c", b="a", c="b, wells", d="wells", me="me", on_me="d")
    marts, errors = read_marts(folder)
    assert errors == ["marts/a.sql: reads itself: a reads c reads b reads a", "marts/me.sql: reads itself: me reads me"]
    assert names(marts) == ["d", "on_me"]
    with pytest.raises(CatalogError, match="reads itself"):
        load_marts(folder)


def test_a_mart_is_refreshed_where_all_that_reaches_it_is_known(folder: Path) -> None:
    write(
        folder, own="wells", wells_view="own, wells", on_own="wells_view", leases_view="leases", both="on_own, leases"
    )
    write(folder, on_both="both", through="leases_view")
    marts = load_marts(folder)
    assert names(marts_of("wells", marts)) == ["own", "on_own"]
    assert names(marts_of("leases", marts)) == ["through"]
    assert names(shared_marts(marts)) == ["both", "on_both"]
    assert names(marts_reading("leases", marts)) == ["through", "both", "on_both"]
    assert names(marts_reading("wells", marts)) == ["own", "on_own", "both", "on_both"]
    by_name = {mart.name: mart for mart in marts}
    assert reads(by_name["both"], marts) == ("leases", "on_own")
    assert reads(by_name["on_own"], marts) == ("own", "wells")
    assert datasets_behind(by_name["on_both"], marts) == {"wells", "leases"}
