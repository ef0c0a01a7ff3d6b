"""Great Expectations against the same checks in SQL."""

from benchmarks.measure import Way, compare
from benchmarks.place import Place
from benchmarks.report import Section
from benchmarks.rows import Rows
from benchmarks.sections.delta import Batches

WAYS = "benchmarks.ways.expectations"
TEXT = """The generated suite of a staged batch, with a page of Data Docs rendered, against one pass and one grouping
written by hand. The import of Great Expectations, once a task, is not part of it."""


def measure(place: Place, table: Batches, rounds: int) -> Section:
    """A batch of as many rows as the table has."""
    batch = table.extracted(Rows(table.size))
    table.run("stage", batch)
    facts = {"dataset_id": table.dataset.id, "batch_id": batch}
    ways = [
        Way("by hand, in SQL", f"{WAYS}:by_hand", table.size, {"conninfo": place.superuser(), **facts}),
        Way("by Great Expectations", f"{WAYS}:by_suite", table.size, facts),
    ]
    figures = compare(place, ways, rounds)
    note = f"{figures[1].value['expectations']} expectations, {figures[1].value['failures']} not met."
    return Section(f"Expectations on {table.size:,} rows", TEXT, figures, [note])
