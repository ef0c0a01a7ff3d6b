"""`enverus check`: nothing is wrong with the repository, and what is wrong with a copy is found."""

import shutil
from pathlib import Path

import pytest

from enverus_elt.checks import find_mistakes
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
    assert second == "marts/production_monthly.sql: reads no dataset of the catalog: production"


def test_every_mistake_of_every_file_is_a_line(catalog: Path) -> None:
    edit(catalog / "production.yaml", "sla_hours: 26", "sla_hours: never\nslo_hours: 1")
    edit(catalog / "wells.yaml", "owner: gis-data", "owner: GIS")
    mistakes = find_mistakes(catalog)
    assert [line.split(":")[0] for line in mistakes if ".yaml" in line] == ["production.yaml"] * 2 + ["wells.yaml"]
    assert not any("\n" in line for line in mistakes)


def test_a_dataset_without_tables_and_suite_says_what_to_run(catalog: Path) -> None:
    shutil.copy(catalog / "wells.yaml", catalog / "rigs.yaml")
    tables, suite = find_mistakes(catalog)
    assert tables == "rigs.yaml: no migration creates its tables: run 'enverus table plan rigs'"
    assert suite.startswith("expectations/rigs.json: ")
    assert "run 'enverus suite write rigs'" in suite


def test_a_suite_that_lags_behind_the_catalog_is_reported(catalog: Path) -> None:
    edit(catalog / "production.yaml", "minimum: 0, maximum: 31", "minimum: 0, maximum: 30")
    (mistake,) = find_mistakes(catalog)
    assert mistake.startswith("expectations/production.json: the generated part is not what the catalog says")


def test_a_mart_over_a_dataset_that_is_gone_is_reported(catalog: Path) -> None:
    (catalog / "wells.yaml").unlink()
    assert find_mistakes(catalog) == [
        "marts/wells_by_operator.sql: reads no dataset of the catalog: wells",
        "marts/wells_per_lease.sql: reads no dataset of the catalog: wells",
    ]
