"""The landing zone: manifests that lie in it, the files that they name, and where a manifest goes when all is done.

    <batch_id>/…                   the files of a delivery, as its partner uploaded them
    manifests/<batch_id>.json      uploaded last: a delivery that is to be processed
    archive/<batch_id>.json        its content is in the lake
    failed/<batch_id>.json         it is not, and failed/<batch_id>.report.md says why

Files and manifests of partners are never believed: what is worked on is what was there when it was checked.
"""

import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from enverus_elt.deliveries.manifest import MOST_MANIFEST_BYTES, DeliveredFile, Manifest
from enverus_elt.deliveries.names import ARCHIVE, FAILED, MANIFESTS
from enverus_elt.errors import DeliveryError, TransientError
from enverus_elt.hooks.object_store import ObjectStore, StoredObject
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.error_report import Reason, error_report
from enverus_elt.lake.ledger import Arrival, Delivery, register
from enverus_elt.lake.ledger import settle as record_settled

log = logging.getLogger(__name__)

MANIFEST_KEY = re.compile(rf"{MANIFESTS}[^/]+\.json")
AT_A_TIME = 100  # manifests in memory
SPARE_BYTES = 2**28  # that a disk keeps free beside a delivery's files


@dataclass(frozen=True)
class Fetched:
    """A delivered file on the local disk."""

    path: Path
    sha256: str


def manifests(landing: ObjectStore) -> Iterator[StoredObject]:
    """What waits in ``manifests/``; anything else that somebody put there is not one, and is left alone."""
    return (item for item in landing.objects(MANIFESTS) if MANIFEST_KEY.fullmatch(item.key))


def strays(landing: ObjectStore) -> list[str]:
    """Keys in ``manifests/`` that are no manifests: nobody will ever process them."""
    return [item.key for item in landing.objects(MANIFESTS) if not MANIFEST_KEY.fullmatch(item.key)]


def take_in(conn: Warehouse, landing: ObjectStore) -> None:
    """Register what waits, some at a time, in the order of the uploads."""
    found = arrivals(landing)
    while some := list(islice(found, AT_A_TIME)):
        register(conn, some)


def arrivals(landing: ObjectStore) -> Iterator[Arrival]:
    """The manifests that wait, the oldest first, read: tag and time are those of the very bytes.

    Of an object that is too large for a manifest one byte more than the limit is read, by which its parser knows it.
    """
    for item in sorted(manifests(landing), key=lambda item: (item.modified_at, item.key)):
        if (found := landing.read(item.key, MOST_MANIFEST_BYTES + 1)) is not None:
            described, body = found
            yield Arrival(item.key, described.etag, described.modified_at, body)


def check_files(landing: ObjectStore, manifest: Manifest) -> dict[str, StoredObject]:
    """What the store says of each file, by its path; raises DeliveryError with a line for each that is not complete."""
    found = {file.path: landing.find(file.path) for file in manifest.files}
    mistakes = [
        f"files.{number}.{mistake}"
        for number, file in enumerate(manifest.files)
        for mistake in _mistakes(file, found[file.path])
    ]
    if mistakes:
        raise DeliveryError("\n".join(mistakes))
    return {path: item for path, item in found.items() if item is not None}


def fetch(landing: ObjectStore, manifest: Manifest, folder: Path) -> dict[str, Fetched]:
    """Download a delivery's files, by their path; raises DeliveryError where one is not what the manifest says.

    A file that is replaced meanwhile is refused rather than mixed with what was checked.
    """
    known = check_files(landing, manifest)
    _see_that_they_fit(folder, sum(item.size for item in known.values()))
    return {
        file.path: _fetch(landing, file, number, known[file.path], folder) for number, file in enumerate(manifest.files)
    }


def settle(conn: Warehouse, landing: ObjectStore, delivery: Delivery, actor: str, reason: Reason | None = None) -> None:
    """Move the manifest of a finished delivery to ``archive/`` or, with a report beside it, to ``failed/``.

    May be interrupted anywhere and run again. The moved manifest is the one that was processed, out of the ledger; one
    that was uploaded under the same name meanwhile stays, for it is another delivery.
    """
    if delivery.settled_at is not None:
        return  # its name may be another delivery's by now
    name = Path(delivery.manifest_key).name
    report_key: str | None = None
    if delivery.done:
        landing.put(f"{ARCHIVE}{name}", delivery.manifest, "application/json")
        # Of an earlier delivery of this name; what was wrong with it stays in the ledger.
        _remove_failure(landing, name)
    else:
        report_key = report_of(name)
        landing.put(f"{FAILED}{name}", delivery.manifest, "application/json")
        landing.put(report_key, error_report(delivery, reason).encode(), "text/markdown; charset=utf-8")
    waiting = landing.find(delivery.manifest_key)
    if waiting is not None and _is_the_one(waiting, delivery):
        landing.delete_if_same(waiting)
    record_settled(conn, delivery.delivery_id, actor, report_key)
    log.info("%s is %s; its manifest went to %s", delivery, delivery.state, ARCHIVE if delivery.done else FAILED)


def put_back(landing: ObjectStore, delivery: Delivery) -> str:
    """Hand a failed delivery's manifest in again, as it was; returns its key.

    Raises DeliveryError where a manifest of that name waits already.
    """
    refuse_waiting(landing, delivery.batch_id)
    key = hand_in_manifest(landing, delivery.batch_id, delivery.manifest)
    _remove_failure(landing, Path(key).name)
    return key


def refuse_waiting(landing: ObjectStore, batch_id: str) -> None:
    """Raise DeliveryError where a manifest of the batch waits: somebody may be working on its files."""
    if landing.find(f"{MANIFESTS}{batch_id}.json") is not None:
        raise DeliveryError(
            f"{MANIFESTS}{batch_id}.json is in the landing zone already: wait until it went to {ARCHIVE} or {FAILED},"
            " or take another batch id"
        )


def hand_in_manifest(landing: ObjectStore, batch_id: str, body: bytes) -> str:
    """The last step of handing in; returns the manifest's key."""
    key = f"{MANIFESTS}{batch_id}.json"
    landing.put(key, body, "application/json")
    return key


def report_of(name: str) -> str:
    """Key of the report on the manifest of that name."""
    return f"{FAILED}{name.removesuffix('.json')}.report.md"


def sources(manifest: Manifest, fetched: Mapping[str, Fetched]) -> dict[str, Path]:
    """The local copies by path, as builders take them."""
    return {file.path: fetched[file.path].path for file in manifest.files}


def _is_the_one(waiting: StoredObject, delivery: Delivery) -> bool:
    return (waiting.etag, waiting.modified_at) == (delivery.manifest_etag, delivery.manifest_modified_at)


def _remove_failure(landing: ObjectStore, name: str) -> None:
    for key in (f"{FAILED}{name}", report_of(name)):
        landing.delete(key)


def _mistakes(file: DeliveredFile, found: StoredObject | None) -> Iterator[str]:
    if found is None:
        yield f"path: {file.path} is not in the landing zone: upload it, and the manifest once more after it"
        return
    if file.size is not None and found.size != file.size:
        yield (
            f"size: {file.path} has {found.size:,} bytes in the landing zone, the manifest says {file.size:,}:"
            " its upload is not complete, or it is another file"
        )
    elif found.size == 0:
        yield f"path: {file.path} is empty"
    if file.etag is not None and found.etag.casefold() != file.etag.strip('"').casefold():
        yield f"etag: {file.path} has the tag {found.etag}, the manifest says {file.etag}: it is another file"


def _fetch(landing: ObjectStore, file: DeliveredFile, number: int, known: StoredObject, folder: Path) -> Fetched:
    path = folder / f"{number:04d}" / file.name
    sha256 = landing.download(file.path, path)
    if file.sha256 is not None and sha256 != file.sha256:
        raise DeliveryError(
            f"files.{number}.sha256: {file.path} has the digest {sha256}, the manifest says {file.sha256}:"
            " upload the file that was meant, or correct the manifest"
        )
    if landing.find(file.path) != known or path.stat().st_size != known.size:
        raise DeliveryError(
            f"files.{number}.path: {file.path} was replaced while it was read: hand the manifest in again when its"
            " files are final"
        )
    return Fetched(path, sha256)


def _see_that_they_fit(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise TransientError(f"the disk under {folder} has {free:,} bytes free; the delivery's files have {needed:,}")
