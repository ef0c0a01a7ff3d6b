"""What a builder hands over: finished files on disk that are to become the assets of a version."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from enverus_elt.deliveries.manifest import FileType

PARQUET = "application/vnd.apache.parquet"
COG = "image/tiff; application=geotiff; profile=cloud-optimized"


@dataclass(frozen=True)
class AssetColumn:
    """A column of an asset: its name, its Arrow type as text, and what it was called in the file it came from."""

    name: str
    type: str
    source: str | None = None


@dataclass(frozen=True)
class BuiltAsset:
    """One file of a version.

    ``content_sha256`` covers what the file holds, values, types and reference system, not its bytes: another release
    of the library that writes it makes no new version. ``crs`` is an authority's code (``EPSG:4326``), ``bbox`` is
    west, south, east, north in degrees of WGS 84, ``footprint`` a (multi)polygon in the same as WKB. ``facts`` is what
    the steps did and counted, as JSON values. ``role`` is ``metadata`` for what tells of the data and is none of it, as
    a list of the rows that found no partner: it is not read when the version is processed further.
    """

    name: str
    path: Path
    type: FileType
    media_type: str
    content_sha256: str
    rows: int | None = None
    crs: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    footprint: bytes | None = None
    columns: tuple[AssetColumn, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    role: Literal["data", "metadata"] = "data"


def content_of(assets: Iterable[BuiltAsset]) -> str:
    """Digest of a whole version's content."""
    lines = sorted(f"{asset.content_sha256}  {asset.name}\n" for asset in assets)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
