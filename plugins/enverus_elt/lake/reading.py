"""Versions of the lake as files on disk, for what is made from them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from enverus_elt.errors import EvidenceError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.built import AssetColumn
from enverus_elt.lake.versions import StoredAsset, require_version


@dataclass(frozen=True)
class LakeInput:
    """The data of one version on disk; ``columns`` are those of each file, by the file's name."""

    dataset: str
    version: int
    files: tuple[Path, ...]
    columns: dict[str, tuple[AssetColumn, ...]]


class LakeReader(Protocol):
    """Where a builder gets versions from."""

    def fetch(self, dataset: str, version: int | None, into: Path) -> LakeInput:
        """Bring a version's data to disk; without a number the newest."""
        ...


@dataclass(frozen=True)
class Lake:
    """Reads by the ledger: what it does not know as published is not there, and each object must be what it says."""

    conn: Warehouse
    store: ObjectStore

    def fetch(self, dataset: str, version: int | None, into: Path) -> LakeInput:
        """Bring a version's data to disk; without a number the newest.

        Raises DeliveryError where there is no such version, EvidenceError where an object is not the recorded one.
        """
        found = require_version(self.conn, dataset, version)
        folder = into / dataset / f"v{found.version}"
        files = tuple(self.download(asset, folder / asset.name) for asset in found.data)
        return LakeInput(dataset, found.version, files, {asset.name: asset.columns for asset in found.data})

    def download(self, asset: StoredAsset, path: Path) -> Path:
        """Bring one asset to disk; raises EvidenceError where its object is not the recorded one."""
        sha256 = self.store.download(asset.key, path)
        if sha256 != asset.sha256:
            path.unlink()
            raise EvidenceError(
                f"{asset.key} has the digest {sha256}, not {asset.sha256} as recorded; 'enverus lake verify' tells more"
            )
        return path
