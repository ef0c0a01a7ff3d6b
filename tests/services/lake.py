"""Deliveries and files for tests of the lake's ledger: small, but real Parquet, and the same whoever builds them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from enverus_elt.deliveries.manifest import FileType, parse_manifest
from enverus_elt.deliveries.recipes import recipe_for
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.built import PARQUET, AssetColumn, BuiltAsset
from enverus_elt.lake.ledger import Arrival, Delivery, register, take
from enverus_elt.lake.publish import Parent, Published, publish

Rows = Sequence[tuple[int, str]]
WELLS: Rows = ((1, "Alpha"), (2, "Bravo"))
MORE: Rows = (*WELLS, (3, "Charlie"))
START = datetime(2026, 1, 1, tzinfo=UTC)


def manifest(batch_id: str, title: str = "Wells", **metadata: Any) -> bytes:
    """A manifest as a partner writes it."""
    file = {"path": f"{batch_id}/wells.geojson", "type": "vector", "format": "geojson"}
    said = {"title": title, "description": "Wells of a test", "source": "A test", "license": "CC-BY-4.0", **metadata}
    body = {"batch_id": batch_id, "uploader": "anna", "intent": "ingest_vector", "files": [file], "metadata": said}
    return json.dumps(body).encode()


def arrival(batch_id: str, title: str = "Wells", at: datetime = START, **metadata: Any) -> Arrival:
    """The manifest as it was found."""
    body = manifest(batch_id, title, **metadata)
    return Arrival(f"manifests/{batch_id}.json", hashlib.md5(body).hexdigest(), at, body)


def registered(conn: Warehouse, batch_id: str, title: str = "Wells", **metadata: Any) -> Delivery:
    """A delivery that was found."""
    (delivery,) = register(conn, [arrival(batch_id, title, **metadata)])
    return delivery


def taken(conn: Warehouse, batch_id: str, title: str = "Wells", **metadata: Any) -> Delivery:
    """A delivery that a run works on."""
    return take(conn, registered(conn, batch_id, title, **metadata).delivery_id, f"run of {batch_id}")


def built(folder: Path, rows: Rows = WELLS, name: str = "wells.parquet") -> BuiltAsset:
    """A file as a builder hands it over."""
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table({"id": [number for number, _ in rows], "name": [text for _, text in rows]})
    pq.write_table(table, folder / name)
    west, south, east, north = box = (-103.0, 31.0, -102.0 + len(rows) / 10, 32.0)
    return BuiltAsset(
        name=name,
        path=folder / name,
        type=FileType.VECTOR,
        media_type=PARQUET,
        content_sha256=hashlib.sha256(repr(tuple(map(tuple, rows))).encode()).hexdigest(),
        rows=len(rows),
        crs="EPSG:4326",
        bbox=box,
        footprint=shapely.to_wkb(shapely.box(west, south, east, north)),
        columns=(AssetColumn("id", "int64", "ID"), AssetColumn("name", "string", "name")),
        facts={"steps": [{"step": "make_valid", "repaired": 0}], "coverage": float("nan")},
    )


def publish_assets(
    conn: Warehouse, lake: ObjectStore, delivery: Delivery, *assets: BuiltAsset, parents: Sequence[Parent] = ()
) -> Published:
    """Publish files that are built already."""
    known = parse_manifest(delivery.manifest)
    recipe, _ = recipe_for(known)
    own = Parent(file=known.files[0].path, sha256=hashlib.sha256(b"as delivered").hexdigest())
    return publish(conn, lake, delivery, known, recipe, assets=assets, parents=[own, *parents])


def unplaced(asset: BuiltAsset) -> BuiltAsset:
    """The file as one of a table, which is nowhere."""
    return replace(asset, bbox=None, footprint=None, crs=None)


def published(
    conn: Warehouse,
    lake: ObjectStore,
    folder: Path,
    batch_id: str,
    files: Mapping[str, Rows] | Rows = WELLS,
    *,
    title: str = "Wells",
    parents: Sequence[Parent] = (),
) -> Published:
    """A delivery from its arrival to its version."""
    return publish_files(conn, lake, taken(conn, batch_id, title), folder, files, parents=parents)


def publish_files(
    conn: Warehouse,
    lake: ObjectStore,
    delivery: Delivery,
    folder: Path,
    files: Mapping[str, Rows] | Rows = WELLS,
    *,
    parents: Sequence[Parent] = (),
) -> Published:
    """Build the files of a delivery, and publish them."""
    named = files if isinstance(files, Mapping) else {"wells.parquet": files}
    assets = [built(folder / delivery.batch_id, rows, name) for name, rows in named.items()]
    return publish_assets(conn, lake, delivery, *assets, parents=parents)


def run_delivery(conn: Warehouse, lake: ObjectStore, delivery_id: int, run_id: str, folder: Path) -> Published:
    """What the task does: take the delivery, build what ``files.json`` of the folder says, publish it."""
    files = json.loads((folder / "files.json").read_text())
    return publish_files(conn, lake, take(conn, delivery_id, run_id), folder / run_id, files)


def keys(lake: ObjectStore, prefix: str = "") -> list[str]:
    """What the bucket holds."""
    return sorted(lake.keys(prefix))
