"""From the API's JSON to core with everything that belongs to it, against dlt's load and merge alone."""

from collections.abc import Sequence
from functools import partial

from benchmarks import rows
from benchmarks.measure import Way, call, compare
from benchmarks.peers import environment
from benchmarks.peers.checks import Expected, check
from benchmarks.place import Place
from benchmarks.report import Section
from benchmarks.sections.extract import forget
from benchmarks.ways.api_server import serving
from enverus_elt.catalog import Dataset, load_dataset

PAGE = 10_000
TEXT = """Both read the same pages from the same server. The pipeline counts, extracts, stages, validates with Data
Docs, profile and map, merges into core with geometries, keys, indexes, watermark and run log, refreshes the marts and
archives the objects. dlt loads and merges by key (upsert) into a bare table; geometries stay text. 1.00 is the
pipeline."""


def measure(place: Place, rounds: int, sizes: Sequence[tuple[str, int]]) -> list[Section]:
    """A dataset of forty columns and one of nearly three hundred."""
    for name, _ in sizes:
        _ask_nobody(place, name)
    return [_measure(place, load_dataset(name, place.catalog), count, rounds) for name, count in sizes]


def _ask_nobody(place: Place, name: str) -> None:
    """Rows that are made up arouse suspicion, and nobody is there to sign them."""
    path = place.catalog / f"{name}.yaml"
    path.write_text(path.read_text().replace("policy: on_warning", "policy: never"))


def _measure(place: Place, dataset: Dataset, count: int, rounds: int) -> Section:
    root, name, schema = place.folder / f"api-{dataset.id}", dataset.source.path, "peer_api"
    root.mkdir()
    rows.write_pages(place, dataset, root / name, count, PAGE)
    python = environment.python()
    peers = call(place, "benchmarks.peers.versions:versions", {}, python)["value"]
    key = ",".join(dataset.source_of(column) for column in dataset.load.key)
    with serving(root, {name: count}) as base_url:
        ways = [
            Way(
                "the pipeline, everything included",
                "benchmarks.ways.api:everything",
                count,
                {"dataset_id": dataset.id, "base_url": base_url},
                partial(forget, place, dataset.id),
            ),
            Way(
                "dlt, dicts from a REST source, merge upsert",
                "benchmarks.peers.dlt_ways:from_api",
                count,
                {"url": place.url(), "schema": schema, "base_url": base_url, "path": name, "key": key},
                partial(place.execute, *(f"DROP SCHEMA IF EXISTS {s} CASCADE" for s in (schema, f"{schema}_staging"))),
                python,
                note=f"dlt {peers['dlt']}",
            ),
        ]
        figures = compare(place, ways, rounds)
    check(place, f"core.{dataset.table}", Expected(count))
    check(place, f"{schema}.wells", Expected(count))
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in figures[0].value.items())
    times = figures[1].seconds / figures[0].seconds
    notes = [f"The pipeline is {times:.1f} times as fast.", f"Of its last run: {steps}."]
    title = f"From the API: {count:,} rows of {len(dataset.fields)} fields"
    return Section(title, TEXT, figures, notes)
