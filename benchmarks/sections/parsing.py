"""What Airflow pays for DAGs that come from a catalog: parsing hundreds of files, and one of them for a task."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from itertools import chain, islice
from itertools import count as count_from
from pathlib import Path

from benchmarks.measure import Figure, Way, call, compare
from benchmarks.place import DATASETS, LEFT_OUT, Place
from benchmarks.report import Section
from benchmarks.ways.parsing import MARK
from enverus_elt.catalog import load_catalog
from enverus_elt.dag_factory import document
from sandbox.paths import REPOSITORY

COUNT, COLUMNS = 500, 100
TOLD = ("way", "median", "ratio", "spread", "client's peak")
PARSING = "benchmarks.ways.parsing"
OTHERS = ("enverus_marts.py", "housekeeping.py")  # DAG files whose DAGs do not come from the catalog
IMPORTED = re.compile(r"^import time: +\d+ \| +(\d+) \| +([\w.]+)$", re.MULTILINE)
ALL = f"""The DAGs of a repository whose catalog has {COUNT} datasets of {COLUMNS} columns each, by Airflow's
DagBag in a fresh process. 1.00 is a file written by hand that makes the same DAGs without a catalog. Importing Airflow,
its providers and the operators is part of both."""
ONE = "What a task parses before it runs: the file that has its DAG. 1.00 is a catalog with that dataset alone."


def measure(place: Place, rounds: int) -> list[Section]:
    """Parse a large catalog, whole and for one task."""
    folder = place.folder / "parsing"
    many, alone = (make_repository(folder / name, count) for name, count in (("many", COUNT), ("alone", 1)))
    by_hand = _way("written by hand", many, make_by_hand(folder / "by_hand", many))
    catalog = _way("from the catalog", many, many / "dags")
    task = {"only": "enverus_many_000"}
    for_one = [
        _way("one dataset in the catalog", alone, alone / "dags", 1, task),
        _way(f"one of {COUNT}", many, many / "dags", 1, task),
    ]
    whole = compare(place, [by_hand, catalog], rounds)
    notes = [*map(_by_file, whole), _sameness(place, by_hand, catalog), _costliest_import(place, by_hand, catalog)]
    return [
        Section("Parsing all DAGs", ALL, whole, notes, columns=TOLD),
        Section("Parsing for one task", ONE, compare(place, for_one, rounds), columns=TOLD),
    ]


def make_repository(folder: Path, count: int) -> Path:
    """A copy of the repository whose catalog has so many datasets and no other, with their DAGs alone."""
    for part in ("plugins", "include", "dags"):
        shutil.copytree(REPOSITORY / part, folder / part, ignore=LEFT_OUT)
    catalog = folder / "include" / "catalog"
    for path in (*catalog.glob("*.yaml"), *(folder / "dags" / name for name in OTHERS)):
        path.unlink()
    text = _of_columns((DATASETS / "bench-wells.yaml").read_text(encoding="utf-8"), COLUMNS)
    for number in range(count):
        (catalog / f"many-{number:03}.yaml").write_text(text, encoding="utf-8")
    return folder


def make_by_hand(folder: Path, repository: Path) -> Path:
    """A folder with a file that makes the DAGs of the repository without reading its catalog."""
    folder.mkdir()
    shutil.copy(REPOSITORY / "benchmarks" / "ways" / "hand_dags.py", folder)
    facts = {
        dataset.id: [dataset.title, dataset.description.strip(), document(dataset)]
        for dataset in load_catalog(repository / "include" / "catalog")
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def _of_columns(text: str, count: int) -> str:
    """The dataset with so many columns: its own, then the same again under other names."""
    head, _, listed = text.partition("columns:\n")
    own = [line for line in listed.splitlines() if line.strip()]
    more = (_renamed(line, turn) for turn in count_from(1) for line in own)
    columns = islice(chain(own, more), count)
    return "\n".join([f"{head}columns:", *columns, ""])


def _renamed(line: str, turn: int) -> str:
    return line.replace("name: ", f"name: again_{turn}_", 1).replace("source: ", f"source: Again{turn}", 1)


def _way(name: str, repository: Path, dags: Path, rows: int = COUNT, more: Mapping[str, str] | None = None) -> Way:
    arguments = {"repository": str(repository), "dags": str(dags), **(more or {})}
    return Way(name, f"{PARSING}:parse", rows, arguments, seconds_of=lambda found: float(found["seconds"]))


def _by_file(figure: Figure) -> str:
    files = ", ".join(f"`{name}` {seconds:.2f} s" for name, seconds in figure.value["files"].items() if seconds >= 0.05)
    return f"{figure.way.name}, beyond importing Airflow: {files}."


def _sameness(place: Place, *ways: Way) -> str:
    one, other = (call(place, f"{PARSING}:serialized", way.arguments)["value"] for way in ways)
    differing = sum(one.get(name) != other.get(name) for name in one.keys() | other.keys())
    return f"Of {len(one)} DAGs as Airflow stores them {differing} differ between the two."


def _costliest_import(place: Place, by_hand: Way, catalog: Way) -> str:
    """A module's time has in it what it imports itself; what both parse is Airflow's own or the operators'."""
    other, own = _imports(place, by_hand), _imports(place, catalog)
    beyond = max(own.keys() - other.keys(), key=own.__getitem__)
    shared = max(own.keys() & other.keys(), key=own.__getitem__)
    return (
        f"The costliest module that the catalog imports on top, `{beyond}`, takes {own[beyond]:.0f} ms; of what both"
        f" import, `{shared}` takes {own[shared]:.0f} ms."
    )


def _imports(place: Place, way: Way) -> dict[str, float]:
    """Milliseconds of each module that is imported once Airflow itself is there."""
    child = ["benchmarks.child", way.function, json.dumps(dict(way.arguments))]
    command = [sys.executable, "-X", "importtime", "-m", *child]
    done = subprocess.run(command, cwd=REPOSITORY, env=place.env, capture_output=True, text=True, check=True)
    found = IMPORTED.findall(done.stderr.rpartition(MARK)[2])
    return {name: int(microseconds) / 1000 for microseconds, name in found}
