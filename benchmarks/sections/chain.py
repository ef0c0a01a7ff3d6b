"""From the export object to a refreshed mart, against COPY alone."""

from functools import partial

from benchmarks import rows
from benchmarks.measure import Way, call, compare
from benchmarks.place import DATASETS, Place
from benchmarks.report import Section
from benchmarks.rows import Rows
from enverus_elt.catalog import Dataset, load_dataset

DATASET, MART = "bench-wells", "bench_wells_by_operator"
TEXT = """1.00 is COPY of the raw CSV into a bare logged table with the same typed columns. The pipeline begins with the
gzipped objects of an extract and ends with its mart refreshed: staged, judged by Great Expectations with Data Docs,
profile and map, merged into an empty core that keeps up its primary key, unique key, GiST and other indexes, its
watermark and its run log."""


def measure(place: Place, size: int, rounds: int) -> Section:
    """One dataset of forty columns."""
    dataset = load_dataset(DATASET, DATASETS)
    path = rows.write(place, dataset, place.folder / "chain.csv", Rows(size))
    arguments = {"dataset_id": DATASET, "path": str(path), "rows": size, "run_id": "chain"}
    batch = call(place, "benchmarks.ways.pipeline:extract_file", arguments)["value"]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _types(dataset).items())
    bare = partial(place.execute, "DROP TABLE IF EXISTS public.bare", f"CREATE TABLE public.bare ({columns})")
    copy = {"conninfo": place.superuser(), "table": "public.bare", "path": str(path)}
    keyed = ["ALTER TABLE public.bare ADD PRIMARY KEY (well_id)", "CREATE INDEX ON public.bare USING gist (geom_point)"]
    kept = partial(_kept_up, bare, place, keyed)
    ways = [
        Way("COPY into a bare table", "benchmarks.ways.copy:copy", size, copy, bare),
        Way("COPY, then primary key and GiST", "benchmarks.ways.copy:copy", size, {**copy, "after": keyed}, bare),
        Way("COPY under primary key and GiST", "benchmarks.ways.copy:copy", size, copy, kept),
        Way(
            "the pipeline, all of it",
            "benchmarks.ways.pipeline:load",
            size,
            {"dataset_id": DATASET, "batch_id": batch},
            partial(reset, place, dataset, batch),
        ),
    ]
    figures = compare(place, ways, rounds)
    return Section(f"{size:,} rows of {len(dataset.columns) + 1} columns", TEXT, figures, _notes(figures[-1].value))


def reset(place: Place, dataset: Dataset, batch: int) -> None:
    """As after the extract: nothing staged, core and mart empty."""
    place.execute(
        f"DROP TABLE IF EXISTS staging.{dataset.staging_table}_b{batch}",
        f"TRUNCATE core.{dataset.table}",
        f"REFRESH MATERIALIZED VIEW marts.{MART}",
        f"DELETE FROM ops.mart_refreshes WHERE mart = '{MART}'",
        f"DELETE FROM ops.run_log WHERE batch_id = {batch}",
        f"DELETE FROM ops.extract_watermarks WHERE batch_id = {batch}",
        f"UPDATE ops.load_batches SET state = 'extracted', staged = NULL, quarantined = NULL WHERE batch_id = {batch}",
    )


def _kept_up(bare: partial[None], place: Place, statements: list[str]) -> None:
    bare()
    place.execute(*statements)


def _types(dataset: Dataset) -> dict[str, str]:
    shapes = {shape.name: f"geometry({shape.typmod})" for shape in dataset.geometry}
    return {column.name: column.type for column in dataset.columns} | shapes


def _notes(steps: dict[str, float]) -> list[str]:
    return [f"Of the last run: {', '.join(f'{name} {seconds:.1f} s' for name, seconds in steps.items())}."]
