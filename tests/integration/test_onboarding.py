"""From an analyst's workbook to a layer, by commands alone, for a dataset that the repository does not know.

The repository is a copy from which the dataset has been taken out; its stack is the copy's own.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from dotenv import dotenv_values
from openpyxl import load_workbook

from sandbox.airflow_client import AirflowClient
from sandbox.paths import REPOSITORY
from sandbox.settings import Settings

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("airflow")]

DATASET, DAG = "permits", "enverus_permits"
WORKBOOK = "sandbox/data/FieldSummary.xlsx"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".sandbox", ".hypothesis", ".*_cache", "__pycache__", "docs")
DEPENDS = re.compile(r"^-- depends: (\S+)$", re.MULTILINE)
READY = "ready after"


class Clone:
    """A copy of the repository with its stack, and its commands."""

    def __init__(self, root: Path, state: Path) -> None:
        self.root = root
        self.settings = Settings.load(state / "settings.json")
        self.env = {**os.environ, **{k: v for k, v in dotenv_values(state / "stack.env").items() if v is not None}}

    def enverus(self, *words: str) -> str:
        """What a command prints; it has to end well."""
        env = {**self.env, "PYTHONPATH": str(self.root / "plugins")}
        command = [sys.executable, "-c", "from enverus_elt.cli import app; app()", *words]
        done = subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"enverus {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def files(self) -> set[str]:
        """Every file below include, by its path."""
        return {str(path.relative_to(self.root)) for path in (self.root / "include").rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    folder = tmp_path_factory.mktemp("clone")
    root = Path(shutil.copytree(REPOSITORY, folder / "repository", ignore=LEFT_OUT))
    (root / ".venv").symlink_to(REPOSITORY / ".venv")
    forget(root)
    state = folder / "state"
    command = [sys.executable, "-m", "sandbox", "up", "--state-dir", str(state)]
    with (folder / "up.log").open("w+") as log:
        stack = subprocess.Popen(command, cwd=root, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: READY in (folder / "up.log").read_text() or stack.poll() is not None)
            assert stack.poll() is None, (folder / "up.log").read_text()
            found = Clone(root, state)
            found.enverus("migrate")
            yield found
        finally:
            stack.send_signal(signal.SIGINT)
            stack.wait(60)


def forget(root: Path) -> None:
    """Take the dataset out: its catalog file, suite, migration, and the marts that read it."""
    include = root / "include"
    (include / "catalog" / f"{DATASET}.yaml").unlink()
    (include / "expectations" / f"{DATASET}.json").unlink()
    (migration,) = (include / "sql" / "migrations").glob(f"*_create_{DATASET}.sql")
    before = DEPENDS.search(migration.read_text())
    assert before is not None
    for path in (include / "sql" / "migrations").glob("*.sql"):
        path.write_text(path.read_text().replace(f"-- depends: {migration.stem}\n", f"-- depends: {before[1]}\n"))
    migration.unlink()
    for path in (include / "sql" / "marts").glob("*.sql"):
        if re.search(rf"\bcore\.{DATASET}\b", path.read_text()):
            path.unlink()


def wait_for(what: Callable[[], bool]) -> None:
    for _ in range(480):
        if what():
            return
        time.sleep(0.25)
    raise AssertionError("it did not happen")


def test_a_workbook_becomes_a_table_a_dag_and_a_layer(clone: Clone, tmp_path: Path) -> None:
    known = clone.files()
    said = clone.enverus("schema", "import", WORKBOOK, "--sheet", DATASET, "--owner", "gis-data")
    assert clone.files() - known == {f"include/catalog/{DATASET}.yaml", f"include/expectations/{DATASET}.json"}
    assert "to be decided" in said
    report = tmp_path / "report.xlsx"
    clone.enverus("schema", "qa", DATASET, "--xlsx", str(report))
    assert load_workbook(report).sheetnames
    planned = clone.enverus("table", "plan", DATASET)
    assert re.fullmatch(rf"wrote include/sql/migrations/\d{{3}}_create_{DATASET}\.sql\n", planned)
    clone.enverus("check")
    assert "_create_permits" in clone.enverus("table", "apply", DATASET)
    loaded = clone.enverus("load", DATASET, "--initial")
    served = rows_of_the_source(clone)
    assert f"inserted {served:,}, " in loaded
    assert json.loads(clone.enverus("status", "--json"))[0]["inserted"] == served
    with AirflowClient(clone.env["AIRFLOW_UI_URL"].rstrip("/"), "admin", clone.settings.secrets["ui_admin"]) as airflow:
        wait_for(lambda: DAG in airflow.dag_ids())
        assert airflow.import_errors() == {}
    assert features(clone, f"core.{DATASET}(geom_point)") == served


def rows_of_the_source(clone: Clone) -> int:
    facts = json.loads(clone.env["AIRFLOW_CONN_ENVERUS"])
    base = facts["host"].rstrip("/")
    token = httpx.post(f"{base}/tokens", json={"secretKey": facts["password"]}).json()["token"]
    answer = httpx.head(f"{base}/{DATASET}", headers={"Authorization": f"bearer {token}"})
    return int(answer.headers["X-Query-Record-Count"])


def features(clone: Clone, table: str) -> int:
    """How many features a desktop GIS sees in a table, as the read-only role."""
    facts = json.loads(clone.env["AIRFLOW_CONN_WAREHOUSE_READER"])
    source = f"PG:host={facts['host']} port={facts['port']} dbname={facts['schema']} user={facts['login']}"
    env = {**os.environ, "PGPASSWORD": facts["password"]}
    command = ["ogrinfo", "-so", "-al", f"{source} tables={table}"]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert "Geometry Column = geom_point" in told
    (count,) = re.findall(r"^Feature Count: (\d+)$", told, re.MULTILINE)
    return int(count)
