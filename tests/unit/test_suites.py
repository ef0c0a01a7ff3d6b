"""Suites: the generated part follows the catalog, the hand-written part is nobody's but its author's."""

import json
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.catalog import Dataset, load_catalog
from enverus_elt.errors import CatalogError
from enverus_elt.suites import generated, read, stale_reason, suite_path, write

BY_HAND = {"type": "expect_column_mean_to_be_between", "severity": "warning", "kwargs": {"column": "acres"}}
WITH_META = {**BY_HAND, "meta": {"author": "gis-data"}}


def kinds(expectations: list[dict[str, Any]], column: str | None) -> dict[str, dict[str, Any]]:
    return {e["type"]: e for e in expectations if e["kwargs"].get("column") == column}


def put(folder: Path, dataset: Dataset, text: str) -> None:
    suite_path(dataset, folder).write_text(text, encoding="utf-8")


def append(folder: Path, dataset: Dataset, *expectations: dict[str, Any]) -> None:
    suite = read(dataset, folder)
    put(folder, dataset, json.dumps({**suite, "expectations": [*expectations, *suite["expectations"]]}))


@pytest.mark.parametrize("dataset", list(load_catalog()), ids=lambda dataset: dataset.id)
def test_a_shipped_suite_is_what_the_catalog_asks_for(dataset: Dataset) -> None:
    assert stale_reason(dataset) is None


# What follows from the catalog


def test_the_columns_are_expected_as_the_table_has_them(leases: Dataset) -> None:
    expected = kinds(generated(leases), None)["expect_table_columns_to_match_ordered_list"]
    columns = [column.name for column in leases.columns]
    assert expected["kwargs"]["column_list"] == [
        *("load_batch_id", "row_no", "row_hash"),
        *columns,
        *("geom_poly", "extra"),
    ]
    assert expected["severity"] == "critical"


@pytest.mark.parametrize(
    ("column", "kind", "kwargs", "severity"),
    [
        ("updated_date", "expect_column_values_to_not_be_null", {}, "critical"),
        ("acres", "expect_column_values_to_be_between", {"min_value": 0, "max_value": 5e6}, "warning"),
        ("country", "expect_column_values_to_be_in_set", {"value_set": ["US", "CA"]}, "warning"),
        ("county", "expect_column_values_to_match_regex", {"regex": "^[A-Z]"}, "warning"),
    ],
)
def test_a_column_gets_one_expectation_for_what_it_says(
    leases: Dataset, column: str, kind: str, kwargs: dict[str, Any], severity: str
) -> None:
    (found,) = kinds(generated(leases), column).values()
    assert (found["type"], found["severity"]) == (kind, severity)
    assert found["kwargs"] == {"column": column, **kwargs}


def test_a_column_that_says_nothing_gets_none(leases: Dataset) -> None:
    assert kinds(generated(leases), "remarks") == {}


def test_a_bound_that_is_not_given_is_not_expected(leases: Dataset) -> None:
    columns = [c.model_copy(update={"maximum": None}) if c.name == "acres" else c for c in leases.columns]
    dataset = leases.model_copy(update={"columns": tuple(columns)})
    (found,) = kinds(generated(dataset), "acres").values()
    assert found["kwargs"] == {"column": "acres", "min_value": 0}


@pytest.mark.parametrize(("mode", "expected"), [("snapshot", True), ("incremental", False)])
def test_only_a_snapshot_must_not_be_empty(leases: Dataset, mode: str, expected: bool) -> None:
    dataset = Dataset.model_validate({**leases.model_dump(), "load": {**leases.load.model_dump(), "mode": mode}})
    assert ("expect_table_row_count_to_be_between" in kinds(generated(dataset), None)) is expected


# Writing


def test_a_new_suite_holds_the_generated_part(leases: Dataset, folder: Path) -> None:
    assert write(leases, folder) == folder / "test-leases.json"
    assert read(leases, folder) == {"name": "test-leases", "expectations": generated(leases)}


def test_writing_twice_changes_nothing(leases: Dataset, folder: Path) -> None:
    first = write(leases, folder).read_bytes()
    assert write(leases, folder).read_bytes() == first


@pytest.mark.parametrize("expectation", [BY_HAND, WITH_META, {**BY_HAND, "meta": None}], ids=["bare", "meta", "null"])
def test_a_hand_written_expectation_survives_and_goes_last(
    leases: Dataset, folder: Path, expectation: dict[str, Any]
) -> None:
    write(leases, folder)
    append(folder, leases, expectation)
    write(leases, folder)
    assert read(leases, folder)["expectations"] == [*generated(leases), expectation]
    assert stale_reason(leases, folder) is None


def test_generated_expectations_of_a_column_that_is_gone_go_too(leases: Dataset, folder: Path) -> None:
    write(leases, folder)
    fewer = leases.model_copy(update={"columns": tuple(c for c in leases.columns if c.name != "acres")})
    write(fewer, folder)
    assert kinds(read(leases, folder)["expectations"], "acres") == {}


# Finding what is wrong


def test_a_suite_is_stale_when_the_catalog_has_changed(leases: Dataset, folder: Path) -> None:
    write(leases, folder)
    changed = [c.model_copy(update={"maximum": 9.0}) if c.name == "acres" else c for c in leases.columns]
    dataset = leases.model_copy(update={"columns": tuple(changed)})
    assert "the generated part is not what the catalog says" in str(stale_reason(dataset, folder))


def test_a_suite_is_stale_when_its_generated_part_was_edited(leases: Dataset, folder: Path) -> None:
    path = write(leases, folder)
    path.write_text(path.read_text(encoding="utf-8").replace('"min_value": 0', '"min_value": -1'), encoding="utf-8")
    assert "the generated part is not what the catalog says" in str(stale_reason(leases, folder))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", r"^test-leases\.json: not JSON: "),
        ("", r"^test-leases\.json: not JSON: "),
        ("[]", r"^test-leases\.json: a suite is an object with a list of expectations$"),
        ("{}", r"^test-leases\.json: a suite is an object with a list of expectations$"),
        ('{"expectations": {}}', r"^test-leases\.json: a suite is an object with a list of expectations$"),
    ],
)
def test_a_broken_suite_is_named_and_never_overwritten(leases: Dataset, folder: Path, text: str, reason: str) -> None:
    put(folder, leases, text)
    for action in (read, write):
        with pytest.raises(CatalogError, match=reason):
            action(leases, folder)
    assert suite_path(leases, folder).read_text(encoding="utf-8") == text


def test_a_missing_suite_says_how_to_write_it(leases: Dataset, folder: Path) -> None:
    reason = stale_reason(leases, folder)
    assert reason == "test-leases.json: the file is missing: run 'enverus suite write test-leases'"
