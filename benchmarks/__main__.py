"""``make bench``: measures, writes ``benchmarks/results.md`` with a chart; nothing is asserted, figures are read."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.place import LARGE, SMALL, open_place
from benchmarks.report import markdown
from benchmarks.sections import api, chain, delta, expectations, extract, initial, peers
from benchmarks.sections.delta import Batches
from enverus_elt.catalog import load_dataset


def main() -> None:
    """Read the arguments, measure, write."""
    parser = argparse.ArgumentParser(prog="make bench", description="Benchmarks of the pipeline and of its peers.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--rows", type=int, help="of the small table; the large one has ten times as many")
    arguments = parser.parse_args()
    size, rounds = arguments.rows or (100_000 if arguments.quick else 1_000_000), 3
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, open_place(Path(folder)) as place:
        small, large = (
            Batches(place, load_dataset(f"bench-wells-{name}", place.catalog), rows)
            for name, rows in ((SMALL, size), (LARGE, 10 * size))
        )
        for section in (
            chain.measure(place, size, rounds),
            expectations.measure(place, small, rounds),
            initial.measure(place, small, large),
            *delta.measure(place, small, large, rounds),
            extract.measure(place, rounds),
            *api.measure(place, rounds),
            peers.measure(place, size, rounds),
        ):
            print(markdown(section))


if __name__ == "__main__":
    main()
