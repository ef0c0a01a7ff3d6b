"""``make bench``: measures, writes results with a chart; nothing is asserted, figures are read."""

import argparse
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.place import LARGE, SMALL, Place, open_place
from benchmarks.report import Section, write
from benchmarks.sections import api, chain, delta, expectations, extract, initial, orchestration, parsing, peers
from benchmarks.sections.delta import Batches
from enverus_elt.catalog import load_dataset
from sandbox.paths import DEFAULT_STATE_DIR

RESULTS = Path(__file__).parent / "results.md"
ELSEWHERE = DEFAULT_STATE_DIR / "benchmarks" / "results.md"  # of runs that are not for the record


@dataclass(frozen=True)
class Scale:
    """How much is measured, and how often: ``rows`` of the small table, the large one has ten times as many."""

    rows: int = 1_000_000
    rounds: int = 3
    runs: int = 5
    pages: int = 40_000
    from_api: Sequence[tuple[str, int]] = (("bench-wells", 1_000_000), ("wells", 100_000))
    from_api_rounds: int = 1  # dlt alone takes minutes


QUICK = Scale(rows=50_000, rounds=1, runs=1, pages=10_000, from_api=(("bench-wells", 20_000), ("wells", 4_000)))


class Bench:
    """The sections by name; those about a table that is loaded come after its load."""

    def __init__(self, place: Place, scale: Scale) -> None:
        self._place = place
        self._scale = scale
        self._small, self._large = (
            Batches(place, load_dataset(f"bench-wells-{name}", place.catalog), rows)
            for name, rows in ((SMALL, scale.rows), (LARGE, 10 * scale.rows))
        )

    def sections(self) -> dict[str, Callable[[], Iterable[Section]]]:
        """What there is to measure."""
        place, scale, small, large = self._place, self._scale, self._small, self._large
        return {
            "chain": lambda: [chain.measure(place, scale.rows, scale.rounds)],
            "peers": lambda: [peers.measure(place, scale.rows, scale.rounds)],
            "api": lambda: api.measure(place, scale.from_api_rounds, scale.from_api),
            "extract": lambda: [extract.measure(place, scale.pages, scale.rounds)],
            "expectations": lambda: [expectations.measure(place, small, scale.rounds)],
            "parsing": lambda: parsing.measure(place, scale.rounds),
            "orchestration": lambda: [orchestration.measure(place.folder, scale.runs)],
            "initial": lambda: [initial.measure(place, small, large)],
            "delta": lambda: delta.measure(place, small, large, scale.rounds),
        }


def main() -> None:
    """Read the arguments, measure, write."""
    parser = argparse.ArgumentParser(prog="make bench", description="Benchmarks of the pipeline and of its peers.")
    parser.add_argument("--quick", action="store_true", help="a few rows, once: within five minutes")
    parser.add_argument("--only", nargs="*", metavar="SECTION", help="sections to measure; delta needs initial")
    arguments = parser.parse_args()
    found: list[Section] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, open_place(Path(folder)) as place:
        sections = Bench(place, QUICK if arguments.quick else Scale()).sections()
        path = ELSEWHERE if arguments.quick or arguments.only else RESULTS
        for name in arguments.only or sections:
            print(f"{name} …", flush=True)
            found += sections[name]()
            write(place, found, path)  # each time: an hour's figures do not hang on the last section
    print(f"written: {path}")


if __name__ == "__main__":
    main()
