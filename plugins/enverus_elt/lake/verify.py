"""Holds the lake's bucket against the ledger: every object has a record, every record its object, byte for byte.

It may run while versions are published: the bucket is listed before the ledger is asked, an object comes after its
record and goes before it, and whatever looks wrong is looked at once more. Memory is flat: the listing is compared in
the warehouse, and objects are read as streams.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake import stac
from enverus_elt.lake.catalog import dataset_documents, published_datasets, root_document
from enverus_elt.lake.documents import storable
from enverus_elt.lake.locks import ROOT, locked
from enverus_elt.lake.versions import version_name
from enverus_elt.sql import render

TRIES = 3


class Finding(NamedTuple):
    """What is not as it should be, and where: the key of an object, or the name of a version or a delivery."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Extent(NamedTuple):
    """How much was held against each other."""

    versions: int
    objects: int
    bytes: int


def extent(conn: Warehouse, dataset: str | None = None) -> Extent:
    """What the lake holds by the ledger."""
    row = conn.execute(render("lake/count_lake.sql"), {"dataset": dataset}).fetchone() or {}
    return Extent(row["versions"], row["objects"], row["bytes"])


def verify(conn: Warehouse, lake: ObjectStore, dataset: str | None = None, *, read: bool = True) -> Iterator[Finding]:
    """Everything that is not so, of all datasets or of one; without ``read`` no object is read, its size must do."""
    known = {"dataset": dataset}
    yield from _broken_records(conn, known)
    wrong = set()
    for row in _differences(conn, lake, known):
        finding = _looked_at_again(lake, row)
        if finding is not None:
            wrong.add(finding.where)
            yield finding
    if read:
        yield from _other_bytes(conn, lake, known, wrong)
    yield from _other_catalog(conn, lake, dataset)


def _broken_records(conn: Warehouse, known: dict[str, Any]) -> Iterator[Finding]:
    for row in conn.execute(render("lake/find_dead_versions.sql"), known).fetchall():
        what = f"half written, and nobody works on it: delivery {row['delivery_id']} is {row['state']}"
        yield Finding(version_name(row["dataset"], row["version"]), f"{what}; the janitor discards it")
    for row in conn.execute(render("lake/find_empty_versions.sql"), known).fetchall():
        yield Finding(version_name(row["dataset"], row["version"]), "published without an object that holds data")
    for row in conn.execute(render("lake/find_unbacked_deliveries.sql"), known).fetchall():
        name = version_name(row["dataset"], row["version"])
        yield Finding(f"delivery {row['delivery_id']}", f"is {row['state']} as {name}, which is not published")


def _differences(conn: Warehouse, lake: ObjectStore, known: dict[str, Any]) -> list[dict[str, Any]]:
    prefix = f"{known['dataset']}/" if known["dataset"] else ""
    with conn.transaction():
        conn.execute(render("lake/create_listing.sql"))
        with conn.cursor().copy(render("lake/copy_listing.sql")) as copy:
            for item in lake.objects(prefix):
                copy.write_row((storable(item.key), item.size))
        return conn.execute(render("lake/find_differences.sql"), known).fetchall()


def _looked_at_again(lake: ObjectStore, row: dict[str, Any]) -> Finding | None:
    """The object may have come or gone since the bucket was listed."""
    size, recorded = lake.size(row["key"]), row["bytes"]
    if not row["recorded"]:
        return None if size is None else Finding(row["key"], f"an object of {size:,} bytes that no record knows")
    if size is None:
        return Finding(row["key"], "the object is missing")
    return None if size == recorded else Finding(row["key"], f"has {size:,} bytes, and {recorded:,} by its record")


def _other_bytes(conn: Warehouse, lake: ObjectStore, known: dict[str, Any], wrong: set[str]) -> Iterator[Finding]:
    after = ""
    while rows := conn.execute(render("lake/select_stored_assets.sql"), {**known, "after": after}).fetchall():
        for row in rows:
            if row["key"] in wrong:
                continue
            with lake.reader(row["key"]) as body:
                sha256 = body.finish()
            if sha256 != row["sha256"]:
                yield Finding(row["key"], f"holds other bytes: SHA-256 {sha256}, and {row['sha256']} by its record")
        after = rows[-1]["key"]


def _other_catalog(conn: Warehouse, lake: ObjectStore, dataset: str | None) -> Iterator[Finding]:
    for name in published_datasets(conn) if dataset is None else [dataset]:
        # Who publishes holds the lock from the commit until the catalog is written.
        with locked(conn, name):
            found = [_compared(lake, key, body) for key, body in dataset_documents(conn, name).items()]
        yield from filter(None, found)
    finding = _other_root(conn, lake)
    if finding is not None:
        yield finding


def _other_root(conn: Warehouse, lake: ObjectStore) -> Finding | None:
    """The root follows the commit of a dataset after the dataset's own documents: wait for those that are at it."""
    finding = None
    for _ in range(TRIES):
        with locked(conn, ROOT):
            datasets = published_datasets(conn)
            if not datasets and lake.size(stac.CATALOG) is None:
                return None
            finding = _compared(lake, stac.CATALOG, root_document(conn))
        if finding is None:
            break
        for name in datasets:
            with locked(conn, name):
                pass
    return finding


def _compared(lake: ObjectStore, key: str, body: bytes) -> Finding | None:
    if lake.size(key) is None:
        return Finding(key, "the document is missing; 'enverus lake catalog' writes it")
    if lake.get(key) != body:
        return Finding(key, "is not what the ledger says; 'enverus lake catalog' writes it anew")
    return None
