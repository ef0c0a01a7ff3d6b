"""The extract alone, against decoding the same pages and nothing else."""

from functools import partial

from benchmarks import rows
from benchmarks.measure import Way, compare
from benchmarks.place import Place
from benchmarks.report import Section
from benchmarks.ways.api_server import serving
from enverus_elt.catalog import load_dataset

DATASET, PAGE = "wells", 10_000
WAYS = "benchmarks.ways.extract"
TEXT = """1.00 is `orjson.loads` of pages that lie on disk. The extract counts at the API, reads its pages over HTTP,
checks, converts and hashes each row, and has the lines compressed, digested and uploaded. Its peak of memory is of the
whole process, with its imports."""


def measure(place: Place, count: int, rounds: int) -> Section:
    """Pages of 10,000 rows with the 293 fields of the wells."""
    dataset = load_dataset(DATASET, place.catalog)
    root = place.folder / "extract"
    root.mkdir()
    folder = rows.write_pages(place, dataset, root / dataset.source.path, count, PAGE)
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    pages = {"folder": str(folder)}
    with serving(root, {dataset.source.path: count}) as base_url:
        ways = [
            Way("orjson.loads", f"{WAYS}:decode", count, pages),
            Way("orjson.loads, csv.writer", f"{WAYS}:decode_and_write", count, pages),
            Way(
                "decoded, checked, encoded, hashed",
                f"{WAYS}:decode_and_encode",
                count,
                {"dataset_id": DATASET, **pages},
                note="what the extract does in its own thread",
            ),
            Way(
                "the extract",
                f"{WAYS}:extract_api",
                count,
                {"dataset_id": DATASET, "base_url": base_url},
                partial(forget, place, DATASET),
                note="network, compression and upload in threads beside it",
            ),
        ]
        figures = compare(place, ways, rounds)
    speed = f"The extract reads {megabytes / figures[-1].seconds:,.0f} MB of JSON a second; a page has"
    return Section("The extract", TEXT, figures, [f"{speed} {megabytes * PAGE / count:,.0f} MB."])


def forget(place: Place, dataset_id: str) -> None:
    """As if the dataset had never been loaded; what earlier runs left behind is in nobody's way."""
    dataset = load_dataset(dataset_id, place.catalog)
    place.execute(
        f"TRUNCATE core.{dataset.table} CASCADE",
        f"DELETE FROM ops.run_log WHERE dataset = '{dataset_id}'",
        f"DELETE FROM ops.extract_watermarks WHERE dataset = '{dataset_id}'",
    )
