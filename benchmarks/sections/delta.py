"""What a small batch costs beside a large table."""

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import rows
from benchmarks.measure import Way, call, compare
from benchmarks.place import Place
from benchmarks.report import Section
from benchmarks.rows import Rows
from enverus_elt.catalog import Dataset

CHANGED = 10_000
PIPELINE = "benchmarks.ways.pipeline"
TEXT = """Each run merges a batch of its own into core as it is there, with all its indexes. 1.00 is the same batch
beside a table of a tenth of the rows."""
UNCHANGED = """A batch that brings what core has already: such rows are recognised by their hash and not written."""
STEPS = ("stage", "validate", "merge")


class Batches:
    """Batches of a dataset that is in core."""

    def __init__(self, place: Place, dataset: Dataset, size: int) -> None:
        self.dataset = dataset
        self.size = size
        self._place = place
        self._number = 0

    def extracted(self, wanted: Rows) -> int:
        """A batch of these rows, as objects."""
        self._number += 1
        name = f"{self.dataset.id}-{self._number}"
        path = rows.write(self._place, self.dataset, self._place.folder / f"{name}.csv", wanted)
        arguments = {"dataset_id": self.dataset.id, "path": str(path), "rows": wanted.count, "run_id": name}
        batch = int(call(self._place, f"{PIPELINE}:extract_file", arguments)["value"])
        path.unlink()
        return batch

    def next(self, count: int, first: int = 1, newer: int = 1, *, before: str) -> int:
        """A batch of rows that are newer than before, with all steps done that come before one."""
        batch = self.extracted(Rows(count, first, max(1, self.size // count), self._number, newer))
        for step in STEPS[: STEPS.index(before)]:
            self.run(step, batch)
        return batch

    def run(self, step: str, batch: int) -> Any:
        """One step of the batch."""
        arguments = {"dataset_id": self.dataset.id, "batch_id": batch}
        return call(self._place, f"{PIPELINE}:{step}_batch", arguments)


def way(name: str, step: str, batches: Batches, count: int, make: Callable[[], int]) -> Way:
    """A step of a batch that is made anew for each run."""
    arguments: dict[str, Any] = {"dataset_id": batches.dataset.id}
    return Way(name, f"{PIPELINE}:{step}_batch", count, arguments, partial(_put, arguments, make))


def measure(place: Place, small: Batches, large: Batches, rounds: int) -> list[Section]:
    """The same batches beside both tables; of a batch that changes little or nothing, too."""
    sections = []
    for step in ("merge", "validate"):
        ways = [
            way(f"{step}, {CHANGED:,} changed rows, {table.size:,} in core", step, table, CHANGED,
                partial(table.next, CHANGED, before=step))
            for table in (small, large)
        ]  # fmt: skip
        sections.append(Section(f"{step.capitalize()} beside a large table", TEXT, compare(place, ways, rounds)))
    many = min(10 * CHANGED, small.size)
    kinds = (("all of them changed", 3, 1), ("one in a hundred changed", 5, 100), ("none changed", 7, 0))
    ways = [
        way(f"merge, {many:,} rows, {what}", "merge", small, many,
            partial(small.next, many, first, newer, before="merge"))
        for what, first, newer in kinds
    ]  # fmt: skip
    sections.append(Section("Merge of rows that changed or did not", UNCHANGED, compare(place, ways, rounds)))
    return sections


def _put(arguments: dict[str, Any], make: Callable[[], int]) -> None:
    arguments["batch_id"] = make()
