"""Datasets that files feed: what the catalog lets them say, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.dag_factory import document
from enverus_elt.errors import CatalogError
from enverus_elt.paths import CATALOG
from tests.unit.conftest import LEASES
from tests.unit.lake_files import LINES, lines, lines_from


def mistake(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        lines(**changes)
    return str(caught.value)


def test_a_dataset_of_files_says_where_it_comes_from_and_when() -> None:
    dataset = lines()
    assert (dataset.source.name, dataset.due) == ("partner-lines", "when a version is published")
    assert dataset.source.title == "Data lake `partner-lines`, the newest version"
    assert dataset.stamps == ("lake:version", "lake:published_at")
    assert dataset.present(()) == ("name", "status", "commodity", "diameter_in", "geom_line")
    with pytest.raises(CatalogError, match="test-lines: files feed it, not the API: it comes from the data lake's"):
        _ = dataset.api


def test_the_page_of_its_dag_says_what_the_catalog_adds() -> None:
    page = document(lines())
    assert "| Source | Data lake `partner-lines`, the newest version |" in page
    assert "| Same in every row | `commodity` = crude_oil |" in page
    assert "| Codes | `state` |" in page
    assert "| Loaded | when a version is published |" in page


LOAD = LINES["load"]
SCHEDULE = {"cron": "0 6 * * *"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schedule": SCHEDULE}, "files feed has no schedule"),
        ({"load": {**LOAD, "mode": "incremental"}}, "load.mode must be 'snapshot'"),
        ({"load": {**LOAD, "deleted": "gone_at"}}, "load.mode must be 'snapshot', without load.deleted"),
        ({"load": {**LOAD, "cursor": "seen_at"}}, "the source of load.cursor must be lake:published_at"),
        ({"load": {**LOAD, "key": ["lake_version"]}}, "lake_version says which version a row is of"),
        ({"signoff": {"next_batch": "supersede"}}, "signoff.next_batch must be 'wait'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_it_is_loaded_follows_from_what_a_version_is(changes: dict[str, Any], words: str) -> None:
    more = [
        {"name": "seen_at", "source": "seen", "type": "timestamptz", "nullable": False},
        {"name": "gone_at", "source": "gone", "type": "timestamptz"},
    ]
    assert words in mistake(columns=[*LINES["columns"], *more], **changes)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"constants": {"unheard": 1}}, "source.constants: no column has the source unheard"),
        ({"constants": {"geometry": "x"}}, "source.constants: no column has the source geometry"),
        ({"codes": {"unheard": {"a": "b"}}}, "source.codes: no column has the source unheard"),
        ({"constants": {"lake:version": 1}}, "source.constants: the version itself says lake:version"),
        ({"constants": {"state": "x"}}, "a field is either constant or has codes: state"),
        ({"codes": {"state": {}}}, "at least 1 item"),
        ({"dataset": "Partner Lines"}, "should match pattern"),
        ({"path": "lines"}, "Extra inputs are not permitted"),
        ({"kind": "ftp"}, "does not match any of the expected tags"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_source_that_cannot_be_meant_is_refused(source: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        lines_from(**source)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("source", "type_", "words"),
    [
        ("lake:published", "timestamptz", "no version has the field lake:published (known: lake:published_at"),
        ("lake:version", "text", "lake:version needs the type integer or bigint"),
        ("lake:geometry_id", "varchar(8)", "lake:geometry_id needs the type text or varchar(32)"),
    ],
)
def test_what_a_version_offers_is_known_by_name_and_type(source: str, type_: str, words: str) -> None:
    columns = [column for column in LINES["columns"] if column["name"] == "name" or column["source"] != source]
    other = {"name": "other", "source": source, "type": type_}
    load = {**LOAD, "key": ["name"]}
    columns = [{**column, "nullable": False} if column["name"] == "name" else column for column in columns]
    assert words in mistake(columns=[*columns, other], load=load)


def test_a_dataset_of_the_api_needs_a_schedule_and_has_no_version() -> None:
    unscheduled = {name: value for name, value in LEASES.items() if name != "schedule"}
    with pytest.raises(ValidationError, match="a dataset of the API needs a schedule"):
        Dataset.model_validate(unscheduled)
    column = {"name": "lake_version", "source": "lake:version", "type": "integer"}
    columns: Any = LEASES["columns"]
    with pytest.raises(ValidationError, match="only a version of the data lake has the field lake:version"):
        Dataset.model_validate({**LEASES, "columns": [*columns, column]})


@pytest.mark.parametrize("dataset_id", ["pipelines", "facility-sites"])
def test_what_files_feed_ships(dataset_id: str) -> None:
    dataset = load_dataset(dataset_id)
    assert dataset.source.kind == "file"
    assert not {name for name in dataset.all_names if name not in (*dataset.present(()), *dataset.load.key)} - {
        "lake_version",
        "published_at",
    }


def test_a_typo_in_a_source_is_told_with_its_line(tmp_path: Path) -> None:
    text = (CATALOG / "pipelines.yaml").read_text(encoding="utf-8").replace("  constants:", "  constant:")
    (tmp_path / "pipelines.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=r"^pipelines\.yaml:11: source\.constant: Extra inputs are not permitted"):
        load_dataset("pipelines", tmp_path)
