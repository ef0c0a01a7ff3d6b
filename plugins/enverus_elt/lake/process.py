"""One delivery, from its manifest to a version in the lake: check, process, close; each may be run again.

    take → fetch → scratch schema → the builder of its type → publish

Whatever ends an attempt is recorded in the ledger before it is raised. What the partner has to mend fails the delivery
at once; what waiting may heal leaves it to the next attempt; and when there is none, ``close`` gives it up.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from enverus_elt.deliveries.manifest import FileType, Intent, LakeVersion, Manifest, parse_manifest
from enverus_elt.deliveries.recipes import Recipe, recipe_for
from enverus_elt.errors import DeliveryError, EltError, StaleWorkerError, TerminalError
from enverus_elt.hooks.failures import translated
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.hooks.warehouse import Warehouse
from enverus_elt.lake.attendance import broke_off, last_words
from enverus_elt.lake.built import BuiltAsset
from enverus_elt.lake.discarding import discard, drop_abandoned
from enverus_elt.lake.error_report import Reason
from enverus_elt.lake.folders import working_folder
from enverus_elt.lake.landing import Fetched, check_files, fetch, settle, sources
from enverus_elt.lake.ledger import Delivery, fail, find, give_up, note, take
from enverus_elt.lake.publish import Parent, Published, complete, publish
from enverus_elt.lake.reading import Lake, LakeInput, LakeReader
from enverus_elt.lake.scratch import scratch
from enverus_elt.lake.workshop import Workshop

log = logging.getLogger(__name__)

Inputs = Mapping[LakeVersion, LakeInput]
Builder = Callable[[Workshop, Manifest, Recipe, Mapping[str, Path], Inputs], list[BuiltAsset]]


@dataclass(frozen=True)
class LakePlace:
    """All that a delivery is worked on with; ``uri`` is libpq's and holds the warehouse's password."""

    conn: Warehouse
    uri: str = field(repr=False)
    landing: ObjectStore
    lake: ObjectStore


def check(place: LakePlace, delivery_id: int, run_id: str) -> None:
    """See that a delivery can be processed: its manifest reads, its recipe is there, its files are complete.

    Raises DeliveryError with a line for each mistake, by which the delivery has failed.
    """
    delivery = find(place.conn, delivery_id)
    if delivery.finished:
        return
    try:
        with translated(str(delivery)):
            manifest = parse_manifest(delivery.manifest, delivery.batch_id)
            recipe_for(manifest)
            check_files(place.landing, manifest)
    except TerminalError as error:
        _fail(place, take(place.conn, delivery_id, run_id), error)
        raise


def process(place: LakePlace, delivery_id: int, run_id: str) -> Published:
    """Make a version of the delivery; one that has been made already is returned as it is.

    Raises DeliveryError where files or manifest are to be mended, by which the delivery has failed; TransientError
    where the next attempt may succeed; StaleWorkerError where another attempt took over.
    """
    delivery = take(place.conn, delivery_id, run_id)
    if delivery.done:
        with translated(str(delivery)):
            return complete(place.conn, place.lake, delivery)
    try:
        with translated(str(delivery)):
            return _process(place, delivery)
    except StaleWorkerError:
        raise  # it is another attempt's now, and its records too
    except TerminalError as error:
        _fail(place, delivery, error)
        raise
    except EltError as error:
        broke_off(place.conn, delivery_id, run_id, str(error), theirs=False)
        raise
    except Exception as error:
        # Not its words: they may hold a row, or a password.
        broke_off(place.conn, delivery_id, run_id, f"an unexpected {type(error).__name__}", theirs=False)
        raise


def close(place: LakePlace, delivery_id: int, run_id: str, run_url: str) -> Delivery:
    """Settle a delivery whose run is over: give it up where it did not end, and move its manifest."""
    delivery = find(place.conn, delivery_id)
    words, theirs = last_words(place.conn, delivery_id)
    if not delivery.finished:
        error = words or "the attempt ended without a word: its process was killed, or the machine stopped"
        # First of all: from here on a worker that still lives can prove nothing, so what it wrote can go.
        delivery = give_up(place.conn, delivery_id, f"given up after {delivery.attempt} attempts: {error}", run_id)
        drop_abandoned(place.conn, place.lake, delivery.dataset)
    settle(place.conn, place.landing, delivery, run_id, Reason(theirs, run_url))
    return find(place.conn, delivery_id)


def builder_of(manifest: Manifest) -> Builder:
    """What makes the assets of a delivery; imported here, for GDAL and Arrow take seconds and only one is needed."""
    if manifest.intent == Intent.JOIN:
        from enverus_elt.lake.join import build_join  # noqa: PLC0415

        return build_join
    if manifest.type is FileType.VECTOR:
        from enverus_elt.lake.vector import build_vector  # noqa: PLC0415

        return build_vector
    if manifest.type is FileType.RASTER:
        from enverus_elt.lake.raster import build_raster  # noqa: PLC0415

        return build_raster
    from enverus_elt.lake.tabular import build_tabular  # noqa: PLC0415

    return build_tabular


def _process(place: LakePlace, delivery: Delivery) -> Published:
    manifest = parse_manifest(delivery.manifest, delivery.batch_id)
    recipe, word = recipe_for(manifest)
    if word is not None:
        log.warning("%s: %s", delivery, word)
        note(place.conn, delivery.delivery_id, str(delivery.airflow_run_id), "recipe", said=word)
    reader = Lake(place.conn, place.lake)
    with (
        working_folder(delivery.delivery_id) as folder,
        scratch(place.conn, delivery.delivery_id, delivery.attempt) as schema,
    ):
        fetched = fetch(place.landing, manifest, _made(folder / "files"))
        inputs = _inputs(reader, _wanted(manifest, recipe), _made(folder / "inputs"))
        shop = Workshop(conn=place.conn, uri=place.uri, schema=schema, folder=_made(folder / "work"))
        assets = builder_of(manifest)(shop, manifest, recipe, sources(manifest, fetched), inputs)
        return publish(place.conn, place.lake, delivery, manifest, recipe, assets, _parents(fetched, inputs))


def _fail(place: LakePlace, delivery: Delivery, error: TerminalError) -> None:
    theirs = isinstance(error, DeliveryError)
    with translated(str(delivery)):
        broke_off(place.conn, delivery.delivery_id, str(delivery.airflow_run_id), str(error), theirs=theirs)
        discard(place.conn, place.lake, delivery)
        fail(place.conn, delivery, str(error))


def _wanted(manifest: Manifest, recipe: Recipe) -> list[LakeVersion]:
    join = manifest.metadata.join_config
    return [*((join.spatial, join.tabular) if join is not None else ()), *recipe.rasters]


def _inputs(reader: LakeReader, wanted: Iterable[LakeVersion], folder: Path) -> dict[LakeVersion, LakeInput]:
    return {item: reader.fetch(item.dataset, item.version, folder) for item in dict.fromkeys(wanted)}


def _parents(fetched: Mapping[str, Fetched], inputs: Inputs) -> list[Parent]:
    files = [Parent(file=key, sha256=item.sha256) for key, item in fetched.items()]
    versions = {(item.dataset, item.version) for item in inputs.values()}
    return [*files, *(Parent(dataset=dataset, version=version) for dataset, version in sorted(versions))]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
