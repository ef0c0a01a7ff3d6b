"""Runs ways of doing the same work in turn, each in a process of its own, and keeps what each run took."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.place import Place
from sandbox.paths import REPOSITORY


class Run(NamedTuple):
    """One call of a way's function; ``wal`` is what the server logged meanwhile, in bytes."""

    seconds: float
    peak_mb: float
    wal: int
    value: Any


@dataclass(frozen=True)
class Way:
    """A function of a module, ``module:function``, that does ``rows`` rows of work.

    ``before`` is called ahead of each run and not measured. ``python`` is the interpreter of a peer's own packages.
    ``seconds_of`` takes the seconds from what the function returned, where only a part of it counts.
    """

    name: str
    function: str
    rows: int
    arguments: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[], Any] = lambda: None
    python: Path = Path(sys.executable)
    seconds_of: Callable[[Any], float] | None = None
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """What all runs of a way took."""

    way: Way
    runs: Sequence[Run]

    @property
    def seconds(self) -> float:
        """Median."""
        return median(run.seconds for run in self.runs)

    @property
    def spread(self) -> float:
        """From the fastest run to the slowest, as a share of the median."""
        taken = [run.seconds for run in self.runs]
        return (max(taken) - min(taken)) / self.seconds

    @property
    def peak_mb(self) -> float:
        """Of the client, the highest."""
        return max(run.peak_mb for run in self.runs)

    @property
    def wal_mb(self) -> float:
        """Median."""
        return median(run.wal for run in self.runs) / 1e6

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.way.rows / self.seconds

    @property
    def value(self) -> Any:
        """What the last run returned."""
        return self.runs[-1].value


def compare(place: Place, ways: Sequence[Way], rounds: int) -> list[Figure]:
    """Each way once a round, every other round in reverse: what slows the machine down meets all alike."""
    runs: dict[str, list[Run]] = {way.name: [] for way in ways}
    for number in range(rounds):
        for way in ways if number % 2 == 0 else reversed(ways):
            run = measure(place, way)
            print(
                f"    {way.name:60} {run.seconds:9.2f} s {run.peak_mb:7.0f} MB {run.wal / 1e6:8.0f} MB WAL", flush=True
            )
            runs[way.name].append(run)
    return [Figure(way, runs[way.name]) for way in ways]


def measure(place: Place, way: Way) -> Run:
    """One run, after a checkpoint."""
    way.before()
    place.settle()
    begun = place.wal()
    found = call(place, way.function, way.arguments, way.python)
    wal = place.wal() - begun
    seconds = way.seconds_of(found["value"]) if way.seconds_of else found["seconds"]
    return Run(seconds, found["peak_mb"], wal, found["value"])


def call(place: Place, function: str, arguments: Mapping[str, Any], python: Path = Path(sys.executable)) -> Any:
    """What ``benchmarks.child`` reports of a call."""
    command = [str(python), "-m", "benchmarks.child", function, json.dumps(dict(arguments), default=str)]
    log = place.folder / "child.log"
    with log.open("w") as errors:
        done = subprocess.run(
            command, cwd=REPOSITORY, env=place.env, stdout=subprocess.PIPE, stderr=errors, text=True, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"{function} failed:\n{log.read_text()[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])
