"""DAGs are parsed here as Airflow's DAG processor parses them, without a database."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag

REPOSITORY = Path(__file__).parents[2]
PROBE = Path(__file__).parent / "probe.py"

Parsed = dict[str, Any]


@pytest.fixture(scope="session")
def dagbag() -> Any:
    """All DAGs of the repository; in safe mode, which is the default, files that do not look like DAGs are skipped."""
    return DagBag(REPOSITORY / "dags", safe_mode=True)


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
