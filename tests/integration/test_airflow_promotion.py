"""A version that is published starts, through a running Airflow, the run that brings it into core."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from enverus_elt.operators.assets import lake_asset
from tests.services.promoting import publish_layers
from tests.services.site import Site
from tests.services.stage import ENDED, Stage

pytestmark = pytest.mark.timeout(600)

DAG, TITLE, LAKE = "enverus_pipelines", "Midstream crude oil pipelines", "midstream-crude-oil-pipelines"
LINES = {"lines.parquet": ({"opername": ["ACME"], "pipename": ["One"]}, ["MULTILINESTRING ((-90 28, -90 29))"])}


@pytest.fixture
def site(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The stack's own warehouse and buckets."""
    env = {name: value for name, value in stage.stack.env.items() if name.startswith("AIRFLOW_CONN_")}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return Site(env, "")


def test_each_version_starts_a_run_through_all_steps(stage: Stage, site: Site, tmp_path: Path) -> None:
    with stage.client() as client:
        client.patch(f"/api/v2/dags/{DAG}", json={"is_paused": False}).raise_for_status()
        publish_layers(site, TITLE, tmp_path, LINES)
        _tell(client)
        (run,) = _ended(client, 1)
        assert (run["state"], run["run_type"]) == ("success", "asset_triggered")
        assert stage.rows("SELECT name, lake_version FROM core.pipelines") == [{"name": "One", "lake_version": 1}]
        _tell(client)  # told twice, as events may be
        assert [run["state"] for run in _ended(client, 2)] == ["success"] * 2
    logs = stage.rows("SELECT inserted, unchanged FROM ops.run_log WHERE dataset = 'pipelines' ORDER BY batch_id")
    assert logs == [{"inserted": 1, "unchanged": 0}, {"inserted": 0, "unchanged": 1}]


def _tell(client: httpx.Client) -> None:
    """What the DAG of deliveries tells when it has published a version."""
    name = lake_asset(LAKE).name
    known = client.get("/api/v2/assets", params={"name_pattern": name}).json()["assets"]
    (asset_id,) = [asset["id"] for asset in known if asset["name"] == name]
    client.post("/api/v2/assets/events", json={"asset_id": asset_id, "extra": {}}).raise_for_status()


def _ended(client: httpx.Client, count: int) -> list[dict[str, Any]]:
    """Wait until so many runs have ended."""
    runs: list[dict[str, Any]] = []
    for _ in range(360):
        runs = client.get(f"/api/v2/dags/{DAG}/dagRuns").json()["dag_runs"]
        if sum(run["state"] in ENDED for run in runs) >= count:
            return runs
        time.sleep(0.5)
    raise AssertionError(f"of {count} runs only these: {runs}")
