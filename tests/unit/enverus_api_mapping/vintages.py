"""The agencies' files, which these tests read by themselves, and the tables that the sandbox API makes of them."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.enverus_api.loaders import dataset_loaders
from sandbox.enverus_api.schema import Key, load_schemas
from sandbox.enverus_api.tables import Table

DATA = Path(__file__).resolve().parents[3] / "sandbox" / "data"
Raw = dict[str, str]
Tables = dict[str, Table]


def read(name: str, header: list[str] | None = None) -> list[Raw]:
    with gzip.open(DATA / name, "rt", newline="") as lines:
        return list(csv.DictReader(lines, header))


def load(dataset: str) -> Tables:
    return dataset_loaders()[dataset](load_schemas()[dataset])


def keys(table: Table) -> set[Key]:
    return set(table.keys_below(None))


def row(table: Table, key: Key) -> dict[str, Any]:
    found = table.row(key)
    assert found is not None
    return found


def all_rows(table: Table) -> Iterator[dict[str, Any]]:
    return (row(table, key) for key in table.keys_below(None))


def deleted(table: Table) -> set[Key]:
    return {key for key in table.keys_below(None) if row(table, key)["DeletedDate"] != "NULL"}


def updated(tables: Tables) -> set[Key]:
    """Keys of both vintages whose rows differ in anything."""
    first, second = tables["2024"], tables["2025"]
    return {key for key in keys(first) & keys(second) if row(first, key) != row(second, key)}


def well_key(api: str) -> Key:
    return int(api[:10]), int(api + "01")


def us_date(value: str) -> str:
    return f"{datetime.strptime(value, '%m/%d/%Y'):%Y-%m-%dT%H:%M:%S}" if value else "NULL"  # noqa: DTZ007


def depth(value: str) -> float | None:
    return None if value in {"", "*****"} else float(value)
