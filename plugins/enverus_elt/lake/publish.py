"""Finished files on disk become a version of the lake: whole or not at all, and in the ledger before in the bucket.

The order is what a crash cannot break: the records of a version that is being written, its objects, then one
transaction that makes it count; the catalog follows the ledger. Objects are written under a lock on the delivery, by
whoever proves to hold it, so an attempt that was replaced but lives on touches no object of its successor. What a
crash leaves is known to the ledger as being written, and goes before the next attempt begins.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from enverus_elt.deliveries.manifest import Manifest
from enverus_elt.deliveries.recipes import Recipe
from enverus_elt.errors import EvidenceError, TerminalError, TransientError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.built import BuiltAsset, content_of
from enverus_elt.lake.catalog import write_catalog
from enverus_elt.lake.discarding import discard, drop_abandoned
from enverus_elt.lake.documents import document, storable
from enverus_elt.lake.ledger import Delivery, finish, hold
from enverus_elt.lake.locks import hold_part, locked
from enverus_elt.lake.stac import ITEM
from enverus_elt.lake.versions import find_version, version_name
from enverus_elt.sql import render

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parent:
    """What a version was made from: a delivered file (its key and digest), or another version of the lake."""

    dataset: str | None = None
    version: int | None = None
    file: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Published:
    """The version that holds the delivery's content; ``unchanged`` where the newest one did already."""

    dataset: str
    version: int
    unchanged: bool


@dataclass(frozen=True)
class _Sealed:
    """A built file and what its object will have to be."""

    asset: BuiltAsset
    bytes: int
    sha256: str


def publish(  # noqa: PLR0917 - what is published, by whom and where, in the order of the words
    conn: Warehouse,
    lake: ObjectStore,
    delivery: Delivery,
    manifest: Manifest,
    recipe: Recipe,
    assets: Sequence[BuiltAsset],
    parents: Sequence[Parent],
) -> Published:
    """Make the files the next version of the dataset, or find that the newest holds the same.

    May be interrupted anywhere and run again. Raises StaleWorkerError, having changed nothing, where the delivery is
    no longer this attempt's, TransientError while another one writes a version of the same dataset.
    """
    if delivery.done:
        return complete(conn, lake, delivery)
    _check(delivery, manifest, assets)
    discard(conn, lake, delivery)
    drop_abandoned(conn, lake, manifest.dataset)
    found = _reserve(conn, delivery, manifest, recipe, [_seal(asset) for asset in assets], parents=parents)
    if isinstance(found, Published):
        log.info("%s: %s/v%s holds the same already", delivery, found.dataset, found.version)
        return found
    version, keys = found
    for key, sealed in keys.items():
        _upload(conn, lake, delivery, key, sealed)
    with locked(conn, manifest.dataset):
        _make_it_count(conn, delivery, manifest.dataset, version, recipe)
        write_catalog(conn, lake, manifest.dataset)
    log.info("%s: published %s", delivery, version_name(manifest.dataset, version))
    return Published(manifest.dataset, version, unchanged=False)


def complete(conn: Warehouse, lake: ObjectStore, delivery: Delivery) -> Published:
    """Do again what follows the commit, for a delivery that is ``done``: whoever committed it may have died then."""
    if delivery.dataset is None or delivery.version is None:
        raise TerminalError(f"{delivery} has no version: it is {delivery.state}")
    with locked(conn, delivery.dataset):
        write_catalog(conn, lake, delivery.dataset)
    return Published(delivery.dataset, delivery.version, delivery.state == "unchanged")


def _check(delivery: Delivery, manifest: Manifest, assets: Sequence[BuiltAsset]) -> None:
    names = [asset.name for asset in assets]
    if delivery.dataset != manifest.dataset:
        raise TerminalError(f"{delivery} is one of {delivery.dataset}, its manifest makes {manifest.dataset}")
    if not any(asset.role == "data" for asset in assets):
        raise TerminalError(f"{delivery}: its recipe made no file with data")
    if odd := sorted({name for name in names if names.count(name) > 1 or name == ITEM or "/" in name or not name}):
        raise TerminalError(f"{delivery}: not the names of a version's files: {', '.join(map(repr, odd))}")


def _seal(asset: BuiltAsset) -> _Sealed:
    with asset.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return _Sealed(asset, file.tell(), sha256)


def _reserve(
    conn: Warehouse,
    delivery: Delivery,
    manifest: Manifest,
    recipe: Recipe,
    sealed: Sequence[_Sealed],
    *,
    parents: Sequence[Parent],
) -> Published | tuple[int, dict[str, _Sealed]]:
    """Record what is going to be written: the version's number, and its objects by key."""
    dataset, content = manifest.dataset, content_of(one.asset for one in sealed)
    with conn.transaction():
        hold_part(conn, dataset)
        hold(conn, delivery)
        newest = find_version(conn, dataset)
        if newest is not None and newest.content_sha256 == content:
            finish(conn, delivery, "unchanged", newest.version, recipe.name)
            return Published(dataset, newest.version, unchanged=True)
        writing = conn.execute(render("lake/select_writing_version.sql"), {"dataset": dataset}).fetchone()
        if writing is not None:
            name, other = version_name(dataset, writing["version"]), writing["delivery_id"]
            raise TransientError(f"{delivery} waits: delivery {other} is writing {name}")
        facts = {
            "dataset": dataset,
            "delivery_id": delivery.delivery_id,
            "type": next(one.asset.type for one in sealed if one.asset.role == "data").value,
            "content_sha256": content,
            "metadata": document(manifest.metadata.model_dump(mode="json", exclude_none=True)),
            "recipe": document(recipe.model_dump(mode="json")),
        }
        row = conn.execute(render("lake/insert_version.sql"), facts).fetchone()
        version: int = row["version"] if row else 0
        keys = {f"{version_name(dataset, version)}/{one.asset.name}": one for one in sealed}
        with conn.cursor() as cursor:
            own = {"dataset": dataset, "version": version}
            cursor.executemany(render("lake/insert_asset.sql"), [own | _row(key, one) for key, one in keys.items()])
            lines = [own | _line(number, parent) for number, parent in enumerate(parents, start=1)]
            cursor.executemany(render("lake/insert_parent.sql"), lines)
    return version, keys


def _row(key: str, sealed: _Sealed) -> dict[str, Any]:
    asset = sealed.asset
    return {
        "name": asset.name,
        "key": key,
        "role": asset.role,
        "media_type": asset.media_type,
        "bytes": sealed.bytes,
        "sha256": sealed.sha256,
        "content_sha256": asset.content_sha256,
        "rows": asset.rows,
        "crs": asset.crs,
        "bbox": None if asset.bbox is None else [float(edge) for edge in asset.bbox],
        "footprint": asset.footprint,
        "columns": document([asdict(column) for column in asset.columns]),
        "facts": document(asset.facts),
    }


def _line(number: int, parent: Parent) -> dict[str, Any]:
    return {
        "number": number,
        "parent_dataset": parent.dataset,
        "parent_version": parent.version,
        "parent_file": None if parent.file is None else storable(parent.file),
        "parent_sha256": parent.sha256,
    }


def _upload(conn: Warehouse, lake: ObjectStore, delivery: Delivery, key: str, sealed: _Sealed) -> None:
    with conn.transaction():
        hold(conn, delivery)
        sent = lake.upload(sealed.asset.path, key, sealed.asset.media_type)
    if (sent.sha256, sent.size) != (sealed.sha256, sealed.bytes):
        raise EvidenceError(f"{sealed.asset.path.name} changed on disk after it was finished; nothing was published")


def _make_it_count(conn: Warehouse, delivery: Delivery, dataset: str, version: int, recipe: Recipe) -> None:
    with conn.transaction():
        hold(conn, delivery)
        values = {"dataset": dataset, "version": version, "delivery_id": delivery.delivery_id}
        if conn.execute(render("lake/publish_version.sql"), values).fetchone() is None:
            raise TerminalError(f"{delivery}: {version_name(dataset, version)} is gone from the ledger")
        finish(conn, delivery, "published", version, recipe.name)
