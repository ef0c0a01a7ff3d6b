"""What a warehouse should be, as the catalog, the marts and the statements say: the audit's side of each comparison."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from enverus_elt.catalog import Dataset, Geometry, Repair, table_name
from enverus_elt.catalog.models import CORE_COLUMNS, VERSION_COLUMNS
from enverus_elt.catalog.tables import COMPUTED, FILE_FED, REFERENCES
from enverus_elt.marts import Mart
from enverus_elt.paths import SQL

UPSERT = re.compile(
    r"INSERT\s+INTO\s+([\w.]+)(?:(?!INSERT\s+INTO).)*?ON\s+CONFLICT\s*\(([^)]*)\)", re.DOTALL | re.IGNORECASE
)
STAGING_COLUMNS = ("load_batch_id", "row_no", "row_hash", "extra")


def declared(datasets: Iterable[Dataset], marts: tuple[Mart, ...]) -> dict[str, str]:
    """What the questions are asked with: a JSON document for each kind of thing."""
    known = list(datasets)
    # What files feed becomes a dataset like any other once the catalog has it.
    by_hand = {table_name(i): key for i, key in FILE_FED.items() if i not in {dataset.id for dataset in known}}
    documents: dict[str, Any] = {
        "datasets": [_dataset(dataset) for dataset in known],
        "file_fed": [{"name": table, "key": [key]} for table, key in by_hand.items()],
        "standard": [
            *({"name": dataset.table, "versioned": dataset.versioned} for dataset in known),
            *({"name": table, "versioned": False} for table in by_hand),
        ],
        "references": REFERENCES,
        "geometries": [
            {"relation": f"core.{d.table}", "name": g.name, "srid": g.srid, "checked": g.repair is not Repair.NONE}
            for d in known
            for g in d.geometry
        ],
        "relations": [relation for dataset in known for relation in _relations(dataset)],
        "marts": [_mart(mart, {other.name for other in marts}) for mart in marts],
        "targets": [{"relation": relation, "columns": columns} for relation, columns in upsert_targets()],
    }
    return {name: json.dumps(document) for name, document in documents.items()}


def upsert_targets() -> Iterator[tuple[str, list[str]]]:
    """Table and columns of every ``ON CONFLICT`` of the statements under ``include/sql``."""
    for path in sorted(SQL.rglob("*.sql")):
        for match in UPSERT.finditer(path.read_text(encoding="utf-8")):
            yield match[1], [name.strip().strip('"') for name in match[2].split(",")]


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.table,
        "key": dataset.load.key,
        "versioned": dataset.versioned,
        "readable": dataset.readable,
        "hides": bool(dataset.hidden),
    }


def _relations(dataset: Dataset) -> Iterator[dict[str, Any]]:
    """Its tables in core and staging, its columns as the server spells their types, and what else each of them has."""
    columns = [{"name": c.name, "type": _spelled(c.type), "required": not c.nullable} for c in dataset.columns]
    staged = [{**column, "required": False} for column in columns]
    shapes = [{"name": g.name, "type": _shape(g), "required": not g.nullable} for g in dataset.geometry]
    any_shape = [
        {"name": g.name, "type": _spelled(f"geometry({g.staged_typmod})"), "required": False} for g in dataset.geometry
    ]
    standard = (*CORE_COLUMNS, *VERSION_COLUMNS) if dataset.versioned else CORE_COLUMNS
    others = (*standard, *COMPUTED.get(dataset.id, ()))
    yield {"relation": f"core.{dataset.table}", "dataset": dataset.id, "columns": columns + shapes, "others": others}
    for name in (dataset.staging_table, dataset.table):
        facts = {"relation": f"staging.{name}", "dataset": dataset.id, "others": STAGING_COLUMNS}
        yield {**facts, "columns": staged + any_shape}


def _shape(geometry: Geometry) -> str:
    return _spelled(f"geometry({geometry.typmod})")


def _spelled(sql_type: str) -> str:
    """``varchar(8)`` as ``format_type`` has it: ``character varying(8)``."""
    long = {"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone"}
    return long.get(sql_type, sql_type.replace("varchar", "character varying").replace(", ", ","))


def _mart(mart: Mart, names: set[str]) -> dict[str, Any]:
    reads = [f"marts.{name}" if name in names else f"core.{table_name(name)}" for name in mart.inputs]
    facts = {"name": mart.name, "kind": mart.kind, "sha256": mart.sha256, "reads": reads}
    return {**facts, "key": mart.unique or None}
