"""Parsing: cheap, the same every time, and one wrong file hides nothing but itself."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.catalog import dag_id, dataset_ids
from enverus_elt.marts import load_marts, shared_marts

REPOSITORY = Path(__file__).parents[2]
ALL = {
    *map(dag_id, dataset_ids()),
    *(f"marts_{mart.name}" for mart in shared_marts(load_marts())),
    "signoff_reminders",
    "landing_zone",
    "delivery",
    "lake_versions",
    "lake_housekeeping",
}
# Seconds to import, and needed only when a task runs.
HEAVY = {"great_expectations", "pandas", "geopandas", "numpy", "psycopg", "smart_open", "yoyo"}
CONTEXT = "_AIRFLOW_PARSING_CONTEXT_DAG_ID"

Parse = Callable[..., dict[str, Any]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what Airflow parses."""
    for name in ("dags", "include", "plugins"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture(scope="module")
def parsed(parse: Parse) -> dict[str, Any]:
    return parse(PYTHONHASHSEED="1")


def test_all_dags_are_found(parsed: dict[str, Any]) -> None:
    assert set(parsed["dags"]) == ALL
    assert parsed["errors"] == {}


def test_parsing_reads_every_catalog_file(parsed: dict[str, Any]) -> None:
    assert parsed["read"] == [f"{name}.yaml" for name in dataset_ids()]


def test_parsing_imports_nothing_heavy(parsed: dict[str, Any]) -> None:
    assert "enverus_elt.dag_factory" in parsed["imported"]
    assert {name.partition(".")[0] for name in parsed["imported"]} & HEAVY == set()


def test_parsing_again_gives_the_same_dags(parse: Parse, parsed: dict[str, Any]) -> None:
    # Another digest would make a new version of the DAG at every parse.
    assert parse(PYTHONHASHSEED="2")["dags"] == parsed["dags"]


@pytest.mark.parametrize(
    ("dag_id", "read"),
    [("enverus_well_headers", ["well-headers.yaml"]), ("marts_wells_per_lease", []), ("delivery", [])],
)
def test_a_task_that_starts_builds_its_own_dag_alone(parse: Parse, dag_id: str, read: list[str]) -> None:
    found = parse(**{CONTEXT: dag_id})
    assert list(found["dags"]) == [dag_id]
    assert found["read"] == read
    assert found["errors"] == {}


def test_a_wrong_catalog_file_hides_no_other_dag_and_is_shown_with_its_line(parse: Parse, tree: Path) -> None:
    path = tree / "include" / "catalog" / "production.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("sla_hours: 26", "sla_hours: soon"), encoding="utf-8")
    found = parse(tree)
    assert set(found["dags"]) == ALL - {"enverus_production"}
    assert list(found["errors"]) == ["catalog_errors.py"]
    assert "production.yaml:24: sla_hours: " in found["errors"]["catalog_errors.py"]


def test_a_wrong_catalog_file_does_not_stop_another_datasets_task(parse: Parse, tree: Path) -> None:
    (tree / "include" / "catalog" / "production.yaml").write_text("[", encoding="utf-8")
    found = parse(tree, **{CONTEXT: "enverus_wells"})
    assert (list(found["dags"]), found["errors"]) == (["enverus_wells"], {})


def test_a_task_of_a_dataset_whose_file_went_wrong_says_so(parse: Parse, tree: Path) -> None:
    (tree / "include" / "catalog" / "production.yaml").write_text("", encoding="utf-8")
    found = parse(tree, **{CONTEXT: "enverus_production"})
    assert found["dags"] == {}
    assert "production.yaml:1: the file is empty" in found["errors"]["enverus_datasets.py"]


def test_a_new_catalog_file_is_a_new_dag_without_code(parse: Parse, tree: Path) -> None:
    shutil.copy(tree / "include" / "catalog" / "wells.yaml", tree / "include" / "catalog" / "more-wells.yaml")
    assert set(parse(tree)["dags"]) == ALL | {"enverus_more_wells"}


def test_a_wrong_mart_file_hides_no_dag_of_a_dataset(parse: Parse, tree: Path) -> None:
    (tree / "include" / "sql" / "marts" / "broken.sql").write_text("SELECT 1", encoding="utf-8")
    found = parse(tree)
    assert set(found["dags"]) == ALL
    assert "marts/broken.sql: the line '-- inputs: …' is missing" in found["errors"]["catalog_errors.py"]
