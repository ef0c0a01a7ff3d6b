"""What ships of the catalog for the API agrees with the vendor."""

import json
from pathlib import Path
from typing import Any

import pytest

from enverus_elt.catalog import ApiSource, load_catalog, load_dataset

VENDOR = Path(__file__).parents[2] / "sandbox" / "enverus_api" / "fields.json"
DATASETS = {
    "active-rigs": 79,
    "drill-stem-tests": 45,
    "full-directional-surveys": 35,
    "landtrac-leases": 44,
    "landtrac-units": 46,
    "permits": 65,
    "production": 63,
    "rigs": 97,
    "well-headers": 52,
    "wellbore-headers": 30,
    "wells": 293,
}


@pytest.fixture(scope="module")
def vendor() -> dict[str, Any]:
    datasets: dict[str, Any] = json.loads(VENDOR.read_text(encoding="utf-8"))["datasets"]
    return datasets


def test_the_catalog_holds_every_dataset_whose_fields_are_known(vendor: dict[str, Any]) -> None:
    served = [dataset.id for dataset in load_catalog() if isinstance(dataset.source, ApiSource)]
    assert served == sorted(DATASETS) == sorted(vendor)


@pytest.mark.parametrize(("dataset_id", "count"), DATASETS.items())
def test_a_shipped_dataset_has_every_field_of_the_vendor(dataset_id: str, count: int, vendor: dict[str, Any]) -> None:
    theirs = {field["name"] for field in vendor[dataset_id]["fields"]}
    assert len(theirs) == count
    assert set(load_dataset(dataset_id).fields) == theirs


@pytest.mark.parametrize("dataset_id", DATASETS)
def test_shipped_columns_have_the_vendors_types_and_lengths(dataset_id: str, vendor: dict[str, Any]) -> None:
    dataset = load_dataset(dataset_id)
    ours = {column.source: column.type for column in dataset.columns}
    theirs = {f["name"]: sql_type(f) for f in vendor[dataset_id]["fields"] if not f["geometry"]}
    # The vendor's times have no zone, but they are UTC, and those that steer the load have to say so.
    theirs |= {dataset.source_of(name): "timestamptz" for name in dataset.version_columns}
    assert ours == theirs


def sql_type(field: dict[str, Any]) -> str:
    if field["type"] == "TEXT" and field["length"]:
        return f"varchar({field['length']})"
    return str(field["type"]).lower().replace("timestamp without time zone", "timestamp")


@pytest.mark.parametrize("dataset_id", DATASETS)
def test_shipped_geometries_are_the_vendors_in_wgs_84(dataset_id: str, vendor: dict[str, Any]) -> None:
    ours = {(shape.source, shape.srid) for shape in load_dataset(dataset_id).geometry if not shape.made_from}
    assert ours == {(field["name"], 4326) for field in vendor[dataset_id]["fields"] if field["geometry"]}


@pytest.mark.parametrize("dataset_id", DATASETS)
def test_shipped_keys_are_the_vendors(dataset_id: str, vendor: dict[str, Any]) -> None:
    dataset = load_dataset(dataset_id)
    partition = {dataset.source_of(dataset.partition.column)} if dataset.partition else set()
    ours = {dataset.source_of(name) for name in dataset.load.key}
    assert ours - partition == set(vendor[dataset_id]["primary_key"]) - partition
