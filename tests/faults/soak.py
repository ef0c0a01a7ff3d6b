"""Hundreds of loads by chance, most of them with a fault, each step judged: ``python -m tests.faults.soak``.

The seed is printed; a story that ends in a violation is printed whole, with the seed that tells it again (a worker that
is killed after some milliseconds is elsewhere each time). Exits 1 when there was a violation.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from traceback import format_exc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.services.site import Site

RUNS = 400
RUNS_PER_STORY = 20


def main() -> int:
    """Read the arguments, start the services, tell the stories and print the counts."""
    parser = argparse.ArgumentParser(description="Loads under faults by chance, judged after every step.")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"how many loads ({RUNS})")
    parser.add_argument("--seed", type=int, default=None, help="by chance, where it is left out")
    arguments = parser.parse_args()
    seed = SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.environ["AIRFLOW_HOME"] = folder  # Airflow reads it when it is imported
        os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
        logging.disable(logging.ERROR)
        return _soak(Path(folder), arguments.runs, seed)


def _soak(folder: Path, runs: int, seed: int) -> int:
    from sandbox.stack import Stack  # noqa: PLC0415 - after Airflow's home is set
    from tests.services.site import Site  # noqa: PLC0415

    counts: Counter[str] = Counter()
    begun, violations = time.monotonic(), 0
    with Stack(folder / "services", ("postgres", "objects", "api"), well_known_ports=False) as stack:
        env = {name: value for name, value in stack.env.items() if name.startswith("AIRFLOW_CONN_")}
        os.environ.update(env)
        _migrate()
        site = Site(env, f"http://127.0.0.1:{stack.settings.ports['api']}")
        for number, first in enumerate(range(0, runs, RUNS_PER_STORY)):
            violations += not _story(site, seed + number, min(RUNS_PER_STORY, runs - first), counts)
            print(f"{min(first + RUNS_PER_STORY, runs)} of {runs} runs, {violations} violations", flush=True)
    counts["violations"] = violations
    _report(seed, counts, time.monotonic() - begun)
    return 1 if violations else 0


def _story(site: "Site", seed: int, runs: int, counts: Counter[str]) -> bool:
    """From an empty source to a settled one; False where a promise was broken on the way."""
    from tests.faults.machine_actions import Actions  # noqa: PLC0415
    from tests.faults.machine_chance import Chance  # noqa: PLC0415
    from tests.faults.machine_oracle import ViolationError  # noqa: PLC0415
    from tests.faults.machine_subjects import SUBJECTS  # noqa: PLC0415
    from tests.faults.machine_world import World  # noqa: PLC0415

    random = Random(seed)
    subject = random.choice(list(SUBJECTS.values()))
    with World(site, subject, counts) as world:
        chance = Chance(random, Actions(world))
        try:
            chance.begin()
            for _ in range(runs):
                counts[f"run: {chance.go_on()}"] += 1
                counts[f"dataset: {subject.dataset_id}"] += 1
            Actions(world).settle()
        except Exception as error:  # noqa: BLE001 - whatever it is: it was not promised
            print(f"VIOLATION on {subject.dataset_id}; again with: make soak SEED={seed} RUNS={runs}", file=sys.stderr)
            story = [] if isinstance(error, ViolationError) else world.story  # a violation tells it itself
            print(format_exc(), *story, sep="\n  ", file=sys.stderr, flush=True)
            return False
    return True


def _migrate() -> None:
    from enverus_elt.hooks.connections import WAREHOUSE_OWNER  # noqa: PLC0415
    from enverus_elt.hooks.warehouse import connect, sqlalchemy_url  # noqa: PLC0415
    from enverus_elt.marts import load_marts  # noqa: PLC0415
    from enverus_elt.schema.migrate import migrate  # noqa: PLC0415

    with connect(WAREHOUSE_OWNER) as conn:
        migrate(conn, sqlalchemy_url(WAREHOUSE_OWNER), load_marts())


def _report(seed: int, counts: Counter[str], seconds: float) -> None:
    print(f"\nseed {seed}, {seconds:.0f} s")
    for name, count in sorted(counts.items()):
        print(f"{count:>10,}  {name}")


if __name__ == "__main__":
    sys.exit(main())
