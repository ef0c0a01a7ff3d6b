"""The DAGs between landing zone and data lake: their wiring, what starts them, and what they tell each other."""

from typing import Any

import pytest
from airflow.sdk import AssetAlias, AssetOrTimeSchedule, CronTriggerTimetable, PartitionedAssetTimetable

from enverus_elt.lake_dags import AT_ONCE, DELIVERY, HOUSEKEEPING, LAKE_VERSIONS, LANDING_ZONE
from enverus_elt.operators.assets import lake_asset
from enverus_elt.operators.landing import LandingZoneTrigger

IDS = [LANDING_ZONE, DELIVERY, LAKE_VERSIONS, HOUSEKEEPING]

each = pytest.mark.parametrize("dag_id", IDS)


def upstream(dag: Any) -> dict[str, set[str]]:
    return {task.task_id: set(task.upstream_task_ids) for task in dag.tasks}


def outlets(dag: Any) -> dict[str, list[str]]:
    return {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks if task.outlets}


def test_the_steps_of_a_delivery_follow_each_other(dagbag: Any) -> None:
    assert upstream(dagbag.dags[DELIVERY]) == {
        "check": set(),
        "process": {"check"},
        "settle": {"process"},
        "announce_next": {"settle"},
        "tell_lake": {"process", "settle"},
    }


def test_a_delivery_is_settled_and_the_next_one_announced_however_it_ended(dagbag: Any) -> None:
    rules = {task.task_id: task.trigger_rule.value for task in dagbag.dags[DELIVERY].tasks}
    assert {name for name, rule in rules.items() if rule == "all_done"} == {"settle", "announce_next"}
    assert {rules[name] for name in ("check", "process", "tell_lake")} == {"all_success"}


def test_a_run_fails_when_its_delivery_does(dagbag: Any) -> None:
    # settle fails then; of the last tasks the one that runs only after a good end fails with it.
    leaves = {task.task_id for task in dagbag.dags[DELIVERY].leaves}
    assert leaves == {"announce_next", "tell_lake"}


def test_the_landing_zone_is_looked_at_by_event_and_now_and_then_without_one(dagbag: Any) -> None:
    schedule = dagbag.dags[LANDING_ZONE].schedule
    assert isinstance(schedule, AssetOrTimeSchedule)
    assert isinstance(schedule.timetable, CronTriggerTimetable)
    assert schedule.timetable.run_immediately is False
    (asset,) = schedule.asset_condition.objects
    (watcher,) = asset.watchers
    assert isinstance(watcher.trigger, LandingZoneTrigger)


def test_a_run_of_delivery_is_a_partition_of_what_the_landing_zone_tells(dagbag: Any) -> None:
    schedule = dagbag.dags[DELIVERY].schedule
    assert isinstance(schedule, PartitionedAssetTimetable)
    assert schedule.asset_condition.name == "deliveries"
    assert outlets(dagbag.dags[LANDING_ZONE]) == {"register": ["deliveries"]}
    assert outlets(dagbag.dags[DELIVERY]) == {"announce_next": ["deliveries"]}


def test_deliveries_run_side_by_side_and_nothing_else_does(dagbag: Any) -> None:
    assert {dag_id: dagbag.dags[dag_id].max_active_runs for dag_id in IDS} == {
        **dict.fromkeys(IDS, 1),
        DELIVERY: AT_ONCE,
    }


def test_a_version_is_told_once_by_a_run_without_a_partition(dagbag: Any) -> None:
    tell = dagbag.dags[DELIVERY].get_task("tell_lake")
    assert (tell.trigger_dag_id, tell.skip_when_already_exists, tell.logical_date) == (LAKE_VERSIONS, True, None)
    dag = dagbag.dags[LAKE_VERSIONS]
    assert dag.schedule is None
    (outlet,) = dag.get_task("tell").outlets
    assert isinstance(outlet, AssetAlias)
    assert (lake_asset("wells").name, lake_asset("wells").uri) == ("lake.wells", "s3://data_lake/wells")


@each
def test_they_work_without_anyone_having_switched_them_on(dagbag: Any, dag_id: str) -> None:
    assert dagbag.dags[dag_id].is_paused_upon_creation is False


@each
def test_they_have_an_owner_a_page_and_their_tags(dagbag: Any, dag_id: str) -> None:
    dag = dagbag.dags[dag_id]
    assert {task.owner for task in dag.tasks} == {"gis-data"}
    assert {"enverus", "lake"} <= set(dag.tags)
    assert dag.doc_md


def test_the_watcher_is_made_again_from_what_it_says_of_itself() -> None:
    trigger = LandingZoneTrigger("elsewhere", batches="eia-*", seconds=2)
    path, facts = trigger.serialize()
    assert path == "enverus_elt.operators.landing.LandingZoneTrigger"
    again = LandingZoneTrigger(**facts)
    assert again.serialize() == trigger.serialize()
    assert again.shared_stream_key() == trigger.shared_stream_key()
    assert LandingZoneTrigger("elsewhere", seconds=2).shared_stream_key() == trigger.shared_stream_key()
    assert LandingZoneTrigger(seconds=2).shared_stream_key() != trigger.shared_stream_key()
