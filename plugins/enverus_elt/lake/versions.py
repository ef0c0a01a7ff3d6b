"""Published versions of the lake's datasets, as the ledger knows them."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from enverus_elt.deliveries.manifest import FileType
from enverus_elt.errors import DeliveryError
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.built import AssetColumn
from enverus_elt.sql import render


@dataclass(frozen=True)
class StoredAsset:
    """One object of a version."""

    name: str
    key: str
    role: str
    media_type: str
    bytes: int
    sha256: str
    content_sha256: str | None
    feature_count: int | None
    crs: str | None
    bbox: tuple[float, ...] | None
    columns: tuple[AssetColumn, ...]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Version:
    """One published version with its assets."""

    dataset: str
    version: int
    type: FileType
    content_sha256: str
    metadata: dict[str, Any]
    recipe: str
    created_at: datetime
    published_at: datetime
    assets: tuple[StoredAsset, ...]

    @property
    def data(self) -> tuple[StoredAsset, ...]:
        """The assets that hold data."""
        return tuple(asset for asset in self.assets if asset.role == "data")

    def __str__(self) -> str:
        return version_name(self.dataset, self.version)


def version_name(dataset: str, version: int) -> str:
    """What a version is called: ``wells/v3``, which is also where it lies."""
    return f"{dataset}/v{version}"


def find_version(conn: Warehouse, dataset: str, version: int | None = None) -> Version | None:
    """A published version, without a number the newest; None where there is none."""
    values = {"dataset": dataset, "version": version}
    row = conn.execute(render("lake/select_version.sql"), values).fetchone()
    if row is None:
        return None
    found = conn.execute(render("lake/select_assets.sql"), {"dataset": dataset, "version": row["version"]}).fetchall()
    return Version(
        dataset=dataset,
        version=row["version"],
        type=FileType(row["type"]),
        content_sha256=row["content_sha256"],
        metadata=row["metadata"],
        recipe=row["recipe_name"],
        created_at=row["created_at"],
        published_at=row["published_at"],
        assets=tuple(_asset(asset) for asset in found),
    )


def require_version(conn: Warehouse, dataset: str, version: int | None = None) -> Version:
    """A published version; raises DeliveryError that says which there are."""
    found = find_version(conn, dataset, version)
    if found is not None:
        return found
    if (newest := find_version(conn, dataset)) is not None:
        raise DeliveryError(f"the data lake has no {version_name(dataset, version or 0)}; the newest is {newest}")
    raise DeliveryError(f"the data lake has no dataset {dataset!r}; 'enverus lake list' shows what it has")


def _asset(row: dict[str, Any]) -> StoredAsset:
    known = {field.name: row[field.name] for field in fields(StoredAsset)}
    known["columns"] = tuple(AssetColumn(**column) for column in row["columns"])
    known["bbox"] = tuple(row["bbox"]) if row["bbox"] is not None else None
    return StoredAsset(**known)
