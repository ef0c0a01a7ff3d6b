"""Promotion: the newest version in the data lake becomes the source of a dataset of the catalog."""

import logging
from pathlib import Path
from typing import Any

from enverus_elt.catalog import Dataset, FileSource
from enverus_elt.errors import EvidenceError, SourceError, TransientError
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.built import PARQUET
from enverus_elt.sources.base import Origin
from enverus_elt.sources.files import FilesSource, VersionFile
from enverus_elt.sql import render

log = logging.getLogger(__name__)

LOOKS = 5  # versions that are published one after the other while the last one is fetched


def newest_version(conn: Warehouse, lake: ObjectStore, dataset: Dataset, source: FileSource, into: Path) -> FilesSource:
    """The file of the newest published version, fetched and held against the ledger's digest.

    A version that is published meanwhile is fetched in its place: what was looked up last is what is read, and when
    that was decides which of two loads is the younger.
    Raises SourceError where there is no version or no such file, EvidenceError where the object is another one.
    """
    found = _look_up(conn, dataset, source)
    for _ in range(LOOKS):
        path = _fetch(lake, dataset, found, into)
        again = _look_up(conn, dataset, source)
        if again["key"] == found["key"]:
            break
        path.unlink()
        found = again
    else:
        raise TransientError(f"{dataset.id}: {source.dataset} is published faster than it can be fetched")
    origin = Origin(source.dataset, again["version"], again["name"], again["key"], again["sha256"])
    log.info("%s: reads %s of %s v%s", dataset.id, origin.asset, origin.dataset, origin.version)
    file = VersionFile(path, origin, again["feature_count"], again["published_at"], again["found_at"])
    return FilesSource(file, dataset, source)


def _look_up(conn: Warehouse, dataset: Dataset, source: FileSource) -> dict[str, Any]:
    values = {"dataset": source.dataset, "media_type": PARQUET}
    files = conn.execute(render("lake/select_newest.sql"), values).fetchall()
    if not files:
        raise SourceError(
            f"{dataset.id}: the data lake has no published version of {source.dataset} with a table or a layer:"
            " deliver one, or change source.dataset in the catalog"
        )
    where, names = f"{source.dataset} v{files[0]['version']}", ", ".join(file["name"] for file in files)
    if source.asset is not None:
        files = [file for file in files if file["name"] == source.asset]
        if not files:
            raise SourceError(f"{dataset.id}: {where} has no file {source.asset} (source.asset), but {names}")
    if len(files) > 1:
        raise SourceError(f"{dataset.id}: {where} has several files: name one as source.asset: {names}")
    return files[0]


def _fetch(lake: ObjectStore, dataset: Dataset, file: dict[str, Any], into: Path) -> Path:
    path = into / str(file["name"])
    digest = lake.download(file["key"], path)
    if digest != file["sha256"]:
        raise EvidenceError(
            f"{dataset.id}: {file['key']} is not the object that the lake's ledger describes (sha256 {digest[:12]}…)"
        )
    return path
