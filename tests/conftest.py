"""The home of Airflow, and the fixtures that several folders of tests share.

Airflow reads its home when it is imported: a folder of the test run's own, never the developer's.
"""

import os
import tempfile
from pathlib import Path

import pytest

_HOME = tempfile.TemporaryDirectory(prefix="airflow-home-")
os.environ["AIRFLOW_HOME"] = _HOME.name
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

pytest_plugins = [
    "tests.services.fixtures",
    "tests.services.workshop",
    "tests.services.stage",
    "tests.services.browser",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The pictures of the docs are what the tests see."""
    parser.addoption("--pictures", type=Path, help="folder for the pages that the browser tests see: docs/pictures")


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in this hook too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests stay together when workers share them: a file's, and all that use the one running Airflow."""
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue
        group = "airflow" if "stage" in getattr(item, "fixturenames", ()) else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
