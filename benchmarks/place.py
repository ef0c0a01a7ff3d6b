"""Where it is all measured: own services, and a copy of the repository with datasets that only benchmarks know."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from sandbox.paths import REPOSITORY
from sandbox.stack import Stack

DATASETS = Path(__file__).parent / "datasets"
SMALL, LARGE = SIZES = ("small", "large")  # the same dataset twice more, to be compared by size
LEFT_OUT = shutil.ignore_patterns("__pycache__")


@dataclass(frozen=True)
class Place:
    """``env`` leads a process to the copy and to the services; ``folder`` is for files."""

    folder: Path
    repository: Path
    env: dict[str, str]
    stack: Stack

    @property
    def catalog(self) -> Path:
        """The copy's."""
        return self.repository / "include" / "catalog"

    def superuser(self, database: str = "warehouse") -> str:
        """What the DBA connects with."""
        return self.stack.superuser(database)

    def url(self, database: str = "warehouse") -> str:
        """The same, for who wants a URL."""
        settings = self.stack.settings
        secret, port = quote(settings.secrets["postgres_superuser"]), settings.ports["postgres"]
        return f"postgresql://postgres:{secret}@127.0.0.1:{port}/{database}"

    def execute(self, *statements: str) -> None:
        """Statements as the superuser, each on its own."""
        with psycopg.connect(self.superuser(), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement.encode())

    def text(self, query: str) -> str:
        """The one value of a query."""
        with psycopg.connect(self.superuser()) as conn:
            row = conn.execute(query.encode()).fetchone()
        assert row is not None
        return str(row[0])

    def value(self, query: str) -> int:
        """The one number of a query."""
        return int(self.text(query))

    def settle(self) -> None:
        """Write out what other runs have left to be written."""
        self.execute("CHECKPOINT")

    def wal(self) -> int:
        """Bytes of WAL since the server was made."""
        return self.value("SELECT pg_current_wal_insert_lsn() - '0/0'")

    def enverus(self, *words: str) -> str:
        """A command of the copy; what it prints."""
        command = [sys.executable, "-c", "from enverus_elt.cli import app; app()", *words]
        done = subprocess.run(command, cwd=self.repository, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"enverus {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout


@contextmanager
def open_place(folder: Path) -> Iterator[Place]:
    """PostGIS and an object store, migrated, with :data:`DATASETS`."""
    copy = folder / "repository"
    for part in ("plugins", "include", "dags"):
        shutil.copytree(REPOSITORY / part, copy / part, ignore=LEFT_OUT)
    with Stack(folder / "state", ("postgres", "objects"), well_known_ports=False) as stack:
        env = {**os.environ, **stack.env, "PYTHONPATH": f"{copy / 'plugins'}:{REPOSITORY}", "AIRFLOW_HOME": str(folder)}
        place = Place(folder, copy, env | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"}, stack)
        for path in sorted(DATASETS.glob("*.yaml")):
            for name in (path.stem, *(f"{path.stem}-{size}" for size in SIZES)):
                add_dataset(place, path, name)
        for path in sorted(DATASETS.glob("*.sql")):
            shutil.copy(path, copy / "include" / "sql" / "marts" / path.name)
        place.enverus("migrate")
        yield place


def add_dataset(place: Place, path: Path, name: str) -> None:
    """Do what an analyst would: the catalog's file, its suite, its table."""
    shutil.copy(path, place.catalog / f"{name}.yaml")
    place.enverus("suite", "write", name)
    place.enverus("table", "plan", name)
