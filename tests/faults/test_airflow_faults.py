"""What Airflow does when its processes and its database fail under a task, and what the load makes of it."""

import time
from collections.abc import Iterator

import pytest

from sandbox import processes
from tests.faults.airflow_stage import Stage, kill, wait_until

pytestmark = pytest.mark.timeout(600)

AWAY = 20.0  # seconds
LEASE = "SELECT min(lease_id) AS key, max(lease_id) AS other FROM core.landtrac_leases"
LOG = "SELECT inserted, updated, unchanged, absent FROM ops.run_log WHERE airflow_run_id = '{}'"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage.open(tmp_path_factory.mktemp("airflow")) as found:
        yield found


def test_a_killed_task_and_a_killed_supervisor_are_retried_and_the_orphan_changes_nothing(stage: Stage) -> None:
    with stage.holding_merges():
        stage.client.trigger("enverus_landtrac_leases", "killed")
        kill(stage.held_merge("killed"))
        stage.try_again("killed", "merge")
        orphan = stage.held_merge("killed")
        kill(processes.parents()[orphan])
        stage.try_again("killed", "merge")
        assert stage.held_merge("killed") != orphan
        assert processes.is_running(orphan)
        # The session of the task that was killed waits too: it does not look for its client before it has the lock.
        assert stage.waiting_merges() == 3
    assert stage.end_of("killed") == "success"
    wait_until(lambda: not processes.is_running(orphan), "the orphan to end")
    assert stage.rows(LOG.format("killed")) == [{"inserted": 2591, "updated": 0, "unchanged": 0, "absent": 0}]
    assert stage.rows("SELECT count(*) FROM core.landtrac_leases") == [{"count": 2591}]


def test_a_run_outlives_twenty_seconds_without_the_metadata_database(stage: Stage) -> None:
    (lease,) = stage.rows(LEASE)
    changed = {"LeaseID": lease["key"], "Acres": 1.5, "UpdatedDate": "2025-01-02T03:04:05"}
    stage.change(changed, delete=[{"LeaseID": lease["other"]}])
    with stage.holding_merges():
        stage.client.trigger("enverus_landtrac_leases", "outage")
        stage.held_merge("outage")
        stage.take_metadata_away()
    time.sleep(AWAY)  # the fault itself
    stage.bring_metadata_back()
    assert stage.end_of("outage") == "success"
    assert stage.rows(LOG.format("outage")) == [{"inserted": 0, "updated": 1, "unchanged": 2589, "absent": 1}]
    assert stage.rows("SELECT count(*) FROM core.landtrac_leases WHERE deleted_at IS NULL") == [{"count": 2590}]
