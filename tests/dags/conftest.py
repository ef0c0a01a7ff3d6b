"""DAGs are parsed here as Airflow parses them, with a home that is thrown away and no database."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Before anything imports Airflow.
AIRFLOW_HOME = tempfile.TemporaryDirectory(prefix="enverus-dag-tests-")
os.environ["AIRFLOW_HOME"] = AIRFLOW_HOME.name

REPOSITORY = Path(__file__).parents[2]
PROBE = Path(__file__).parent / "probe.py"

Parsed = dict[str, Any]


@pytest.fixture(scope="session")
def dagbag() -> Any:
    """All DAGs of the repository, as the DAG processor sees them."""
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415 - after the home is set

    return DagBag(REPOSITORY / "dags", safe_mode=False)


@pytest.fixture(scope="session")
def parse() -> Callable[..., Parsed]:
    """Parses a tree's DAGs in a process of its own and tells what came of it."""

    def parse_tree(root: Path = REPOSITORY, **environment: str) -> Parsed:
        run = subprocess.run(
            [sys.executable, PROBE, root],
            env={**os.environ, "PYTHONPATH": str(root / "plugins"), **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        found: Parsed = json.loads(run.stdout.splitlines()[-1])
        return found

    return parse_tree
