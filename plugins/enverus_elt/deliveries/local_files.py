"""The files of a delivery before they are uploaded: a folder that is to become ``<batch_id>/`` of the landing zone."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from enverus_elt.deliveries.manifest import DeliveredFile, Manifest
from enverus_elt.errors import DeliveryError

MD5 = re.compile(r"[0-9a-f]{32}")  # what a store makes the tag of an object of, unless it came in parts


def check_local_files(manifest: Manifest, folder: Path) -> dict[str, Path]:
    """The local file of each path; raises DeliveryError with a line for each that is not as the manifest says."""
    local = {file.path: folder / file.path.removeprefix(f"{manifest.batch_id}/") for file in manifest.files}
    mistakes = [
        f"files.{number}.{mistake}"
        for number, file in enumerate(manifest.files)
        for mistake in _mistakes(file, local[file.path])
    ]
    if mistakes:
        raise DeliveryError("\n".join(mistakes))
    return local


def unnamed(manifest: Manifest, folder: Path) -> list[Path]:
    """Files in the folder that the manifest does not name."""
    named = {folder / file.path.removeprefix(f"{manifest.batch_id}/") for file in manifest.files}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path not in named)


def _mistakes(file: DeliveredFile, path: Path) -> Iterator[str]:
    if not path.is_file():
        yield f"path: there is no file {path}"
        return
    size = path.stat().st_size
    if size == 0:
        yield f"path: {path} is empty"
    if file.size is not None and size != file.size:
        yield f"size: {path} has {size:,} bytes, the manifest says {file.size:,}"
        return
    if file.sha256 is not None and (found := _digest(path, "sha256")) != file.sha256:
        yield f"sha256: {path} has the digest {found}, the manifest says {file.sha256}"
    tag = (file.etag or "").strip('"').casefold()
    if MD5.fullmatch(tag) and (found := _digest(path, "md5")) != tag:
        yield f"etag: {path} has the MD5 {found}, the manifest says {file.etag}"


def _digest(path: Path, name: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, name).hexdigest()
