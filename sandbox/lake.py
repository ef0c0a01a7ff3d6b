"""What the ledger says of deliveries and of the lake, read with the rights of a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from sandbox.warehouse import connect

DELIVERIES = """
SELECT DISTINCT ON (batch_id)
    delivery_id, batch_id, dataset, state, version, recipe, error, settled_at IS NOT NULL AS settled
FROM ops.deliveries
WHERE batch_id = ANY (%s)
ORDER BY batch_id, delivery_id DESC
"""
ASSETS = """
SELECT a.dataset, a.version, a.name, v.type, a.feature_count, a.crs, a.bbox, a.sha256
FROM ops.lake_assets AS a INNER JOIN ops.lake_versions AS v USING (dataset, version)
WHERE a.role = 'data' AND v.state = 'published' AND (a.dataset, a.version) IN (
    SELECT d.dataset, d.version FROM ops.deliveries AS d WHERE d.batch_id = ANY (%s)
)
ORDER BY a.dataset, a.version, a.name
"""
PARENTS = """
SELECT l.dataset, l.version, coalesce(l.parent_file, l.parent_dataset || '/v' || l.parent_version) AS parent
FROM ops.lake_lineage AS l
WHERE (l.dataset, l.version) IN (
    SELECT d.dataset, d.version FROM ops.deliveries AS d WHERE d.batch_id = ANY (%s)
)
ORDER BY l.dataset, l.version, l.number
"""


@dataclass(frozen=True)
class Delivery:
    """The newest delivery of a batch."""

    delivery_id: int
    batch_id: str
    dataset: str | None
    state: str
    version: int | None
    recipe: str | None
    error: str | None
    settled: bool


@dataclass(frozen=True)
class Asset:
    """One file of a version; `bbox` is west, south, east, north."""

    dataset: str
    version: int
    name: str
    type: str
    feature_count: int | None
    crs: str | None
    bbox: list[float] | None
    sha256: str


@dataclass(frozen=True)
class Parent:
    """What a version was made from."""

    dataset: str
    version: int
    parent: str


def deliveries(env: Mapping[str, str], batches: Sequence[str]) -> list[Delivery]:
    """The newest delivery of each of these batches, as far as it was found."""
    with connect(env) as connection, connection.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(DELIVERIES, (list(batches),)).fetchall()


def assets(env: Mapping[str, str], batches: Sequence[str]) -> list[Asset]:
    """The files of the versions that these batches made."""
    with connect(env) as connection, connection.cursor(row_factory=class_row(Asset)) as cursor:
        return cursor.execute(ASSETS, (list(batches),)).fetchall()


def parents(env: Mapping[str, str], batches: Sequence[str]) -> list[Parent]:
    """What those versions were made from."""
    with connect(env) as connection, connection.cursor(row_factory=class_row(Parent)) as cursor:
        return cursor.execute(PARENTS, (list(batches),)).fetchall()
