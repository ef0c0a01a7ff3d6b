"""`enverus check`: nothing is wrong with the repository, and what is wrong with a copy is found."""

import shutil
from pathlib import Path

import pytest

from enverus_elt import checks
from enverus_elt.checks import find_mistakes
from enverus_elt.marts import Kind, Mart, load_marts
from enverus_elt.paths import CATALOG


@pytest.fixture
def catalog(folder: Path) -> Path:
    """A copy of the shipped catalog."""
    return Path(shutil.copytree(CATALOG, folder / "catalog"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_is_wrong_with_the_repository() -> None:
    assert find_mistakes() == []


def test_nothing_is_wrong_with_a_copy(catalog: Path) -> None:
    assert find_mistakes(catalog) == []


def test_a_wrong_file_is_reported_and_so_is_the_mart_that_reads_it(catalog: Path) -> None:
    edit(catalog / "production.yaml", "sla_hours: 26", "sla_hours: never")
    first, second = find_mistakes(catalog)
    assert first.startswith("production.yaml:24: sla_hours: ")
    assert second == "marts/production_monthly.sql: reads no dataset of the catalog and no mart: production"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("refers_to: well-headers", "refers_to: headers", "refers_to names no dataset: headers"),
        ("to: [well_id]", "to: [id_of_well]", "to names no column of well-headers: id_of_well"),
        ("to: [well_id]", "to: [county]", "well_id is bigint, but well-headers.county is varchar(32)"),
        (
            "columns: [well_id], refers_to: well-headers, to: [well_id]",
            "columns: [completion_id], refers_to: wells, to: [wellbore_id]",
            "to must be the first columns of the key or of an index of wells: wellbore_id",
        ),
        (
            "columns: [well_id], refers_to: well-headers, to: [well_id]",
            "columns: [production_id], refers_to: production, to: [production_id]",
            "to must be the first columns of the key or of an index of production: production_id",
        ),
    ],
)
def test_a_relationship_that_cannot_be_looked_up_is_reported(catalog: Path, old: str, new: str, reason: str) -> None:
    edit(catalog / "production.yaml", old, new)
    assert f"production.yaml: relationships.0: {reason}" in find_mistakes(catalog)


@pytest.mark.parametrize("to", ["[completion_id]", "[well_id]"])
def test_the_first_columns_of_a_key_or_of_an_index_are_enough(catalog: Path, to: str) -> None:
    relationship = f"columns: {to}, refers_to: wells, to: {to}"
    edit(catalog / "production.yaml", "columns: [well_id], refers_to: well-headers, to: [well_id]", relationship)
    assert not [line for line in find_mistakes(catalog) if "relationships" in line]


def test_a_wrong_expectation_is_reported(catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = {"type": "expect_column_values_to_be_great", "kwargs": {"column": "greatness"}, "meta": {}}
    shipped = checks.read
    longer = lambda d: {**shipped(d), "expectations": [*shipped(d)["expectations"], by_hand]}  # noqa: E731
    monkeypatch.setattr(checks, "read", longer)
    mistakes = [line for line in find_mistakes(catalog) if "production.json" in line]
    assert [line.split("great: ")[1] for line in mistakes] == [
        "no column of the dataset: greatness",
        "there is no such expectation",
    ]


def test_every_mistake_of_every_file_is_a_line(catalog: Path) -> None:
    edit(catalog / "production.yaml", "sla_hours: 26", "sla_hours: never\nslo_hours: 1")
    edit(catalog / "wells.yaml", "owner: gis-data", "owner: GIS")
    mistakes = find_mistakes(catalog)
    assert [line.split(":")[0] for line in mistakes if ".yaml" in line] == ["production.yaml"] * 2 + ["wells.yaml"]
    assert not any("\n" in line for line in mistakes)


def test_a_dataset_without_tables_and_suite_says_what_to_run(catalog: Path) -> None:
    shutil.copy(catalog / "wells.yaml", catalog / "more-wells.yaml")
    tables, suite = find_mistakes(catalog)
    assert tables == "more-wells.yaml: no migration creates its tables: run 'enverus table plan more-wells'"
    assert suite.startswith("expectations/more-wells.json: ")
    assert "run 'enverus suite write more-wells'" in suite


def test_a_suite_that_lags_behind_the_catalog_is_reported(catalog: Path) -> None:
    edit(catalog / "production.yaml", "minimum: 0, maximum: 31", "minimum: 0, maximum: 30")
    (mistake,) = find_mistakes(catalog)
    assert mistake.startswith("expectations/production.json: the generated part is not what the catalog says")


def test_a_mart_over_a_dataset_that_is_gone_is_reported(catalog: Path) -> None:
    (catalog / "wells.yaml").unlink()
    first, second, *others = find_mistakes(catalog)
    assert first == "production.yaml: relationships.1: refers_to names no dataset: wells"
    assert second == "rigs.yaml: relationships.0: refers_to names no dataset: wells"
    assert {line.split(": ", 1)[1] for line in others} == {"reads no dataset of the catalog and no mart: wells"}
    assert [line.split(":")[0] for line in others] == [
        f"marts/{mart.name}.sql" for mart in load_marts() if "wells" in mart.inputs
    ]


@pytest.mark.parametrize(
    ("inputs", "query", "mistakes"),
    [
        ("wells, a", "core.wells, marts.a", []),
        ("wells", 'core.wells, marts."a"', ["the line '-- inputs: …' leaves out what it reads: a"]),
        ("wells, a", "core.wells", ["the line '-- inputs: …' names what it does not read: a"]),
        ("well-headers", "core.well_headers, core.ref_states", []),
        (
            "wells, b",
            "core.wells, marts.b",
            ["no load would refresh it: pipelines is no dataset of the catalog; make it a view"],
        ),
    ],
)
def test_a_mart_declares_what_it_reads_and_somebody_refreshes_it(
    monkeypatch: pytest.MonkeyPatch, catalog: Path, inputs: str, query: str, mistakes: list[str]
) -> None:
    others = (
        Mart("a", "A", ("wells",), ("id",), "core.wells"),
        Mart("b", "B", ("pipelines",), (), "core.pipelines", Kind.VIEW),
    )
    (catalog / "pipelines.yaml").unlink()  # its table stays, and nobody fills it
    mart = Mart("mine", "Mine", tuple(inputs.split(", ")), ("id",), f"SELECT 1 FROM {query}")
    monkeypatch.setattr(checks, "read_marts", lambda: ((*others, mart), []))
    assert find_mistakes(catalog) == [f"marts/mine.sql: {mistake}" for mistake in mistakes]


def test_a_mart_with_the_name_of_a_dataset_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    marts = (Mart("production", "P", ("wells",), ("id",), "SELECT 1 FROM core.wells"),)
    monkeypatch.setattr(checks, "read_marts", lambda: (marts, []))
    assert find_mistakes() == ["marts/production.sql: a dataset has that name: give the mart another one"]
