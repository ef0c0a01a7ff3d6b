"""What every DAG must be: the wiring, the retries, the schedule and the documentation that the catalog asks for."""

import re
from datetime import timedelta
from typing import Any

import pytest
from airflow.sdk import Asset, AssetAll, RetryAction

from enverus_elt import errors
from enverus_elt.catalog import Dataset, FileSource, load_catalog
from enverus_elt.dag_factory import build_mart_dag, document
from enverus_elt.errors import EltError, TerminalError, TransientError
from enverus_elt.lake_dags import DELIVERY, HOUSEKEEPING, LAKE_VERSIONS, LANDING_ZONE
from enverus_elt.marts import Kind, Mart, load_marts, marts_of, reads, shared_marts
from enverus_elt.operators.assets import lake_asset

DATASETS = list(load_catalog())
MARTS = load_marts()
SHARED = shared_marts(MARTS)
IDS = [
    *(dataset.dag_id for dataset in DATASETS),
    *(f"marts_{mart.name}" for mart in SHARED),
    "signoff_reminders",
    LANDING_ZONE,
    DELIVERY,
    LAKE_VERSIONS,
    HOUSEKEEPING,
]
STEPS = ["extract", "stage", "validate", "sign_off", "merge", "refresh"]

each_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.id)
each_shared_mart = pytest.mark.parametrize("mart", SHARED, ids=lambda mart: mart.name)
each_dag = pytest.mark.parametrize("dag_id", IDS)


def outlets(dag: Any) -> dict[str, list[str]]:
    return {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks}


def test_no_file_fails_to_import(dagbag: Any) -> None:
    assert dagbag.import_errors == {}


def test_there_is_a_dag_for_each_dataset_each_mart_over_several_and_the_housekeeping(dagbag: Any) -> None:
    assert sorted(dagbag.dags) == sorted(IDS)


@each_dataset
def test_a_dags_id_is_the_datasets(dagbag: Any, dataset: Dataset) -> None:
    dag = dagbag.dags[f"enverus_{dataset.id.replace('-', '_')}"]
    assert dag.dag_display_name == dataset.title


# Tasks


@each_dataset
def test_the_steps_follow_each_other_with_the_signature_before_the_merge(dagbag: Any, dataset: Dataset) -> None:
    dag = dagbag.dags[dataset.dag_id]
    assert [task.task_id for task in dag.topological_sort()] == STEPS
    # Beside the step before it a task depends on extract alone, which tells it its batch.
    assert {task.task_id: task.upstream_task_ids for task in dag.tasks} == {
        "extract": set(),
        "stage": {"extract"},
        "validate": {"extract", "stage"},
        "sign_off": {"extract", "validate"},
        "merge": {"extract", "sign_off"},
        "refresh": {"merge"},
    }


@each_dataset
def test_a_step_runs_only_when_the_one_before_it_succeeded(dagbag: Any, dataset: Dataset) -> None:
    assert {task.trigger_rule.value for task in dagbag.dags[dataset.dag_id].tasks} == {"all_success"}


@each_dataset
def test_every_step_works_on_the_datasets_own_batch(dagbag: Any, dataset: Dataset) -> None:
    dag = dagbag.dags[dataset.dag_id]
    assert dag.get_task("extract").op_args == (dataset.id,)
    for step in ("stage", "validate", "sign_off", "merge"):
        assert dag.get_task(step).dataset_id == dataset.id
        assert dag.get_task(step).batch_id.operator.task_id == "extract"
        assert "batch_id" in dag.get_task(step).template_fields


@each_dataset
def test_only_the_datasets_reviewers_can_sign_and_no_answer_is_never_a_yes(dagbag: Any, dataset: Dataset) -> None:
    sign_off = dagbag.dags[dataset.dag_id].get_task("sign_off")
    assert [user["id"] for user in sign_off.assigned_users] == list(dataset.signoff.reviewers)
    assert sign_off.defaults is None
    assert sign_off.options == ["Approve", "Reject"]


@each_dataset
def test_a_dataset_refreshes_its_own_marts(dagbag: Any, dataset: Dataset) -> None:
    refresh = dagbag.dags[dataset.dag_id].get_task("refresh")
    assert refresh.marts == [mart.name for mart in marts_of(dataset.id, MARTS)]


@each_shared_mart
def test_a_mart_over_several_datasets_is_one_task(dagbag: Any, mart: Mart) -> None:
    (task,) = dagbag.dags[f"marts_{mart.name}"].tasks
    assert (task.task_id, task.marts) == ("refresh", [mart.name])


# Assets


@each_dataset
def test_merge_tells_that_core_changed_and_refresh_that_the_marts_did(dagbag: Any, dataset: Dataset) -> None:
    marts = [f"marts.{mart.name}" for mart in marts_of(dataset.id, MARTS)]
    assert outlets(dagbag.dags[dataset.dag_id]) == {
        **{step: [] for step in STEPS},
        "merge": [f"core.{dataset.table}"],
        "refresh": marts,
    }


@each_shared_mart
def test_a_shared_marts_dag_tells_that_the_mart_changed(dagbag: Any, mart: Mart) -> None:
    assert outlets(dagbag.dags[f"marts_{mart.name}"]) == {"refresh": [f"marts.{mart.name}"]}


def expected_assets(mart: Mart, marts: tuple[Mart, ...]) -> list[str]:
    names = {other.name for other in marts}
    return [f"marts.{n}" if n in names else f"core.{n.replace('-', '_')}" for n in reads(mart, marts)]


def assets(dag: Any) -> list[str]:
    assert type(dag.schedule) is AssetAll
    return [getattr(asset, "name", "") for asset in dag.schedule.objects]


@each_shared_mart
def test_a_shared_mart_waits_for_all_of_its_inputs(dagbag: Any, mart: Mart) -> None:
    assert assets(dagbag.dags[f"marts_{mart.name}"]) == expected_assets(mart, MARTS)


def test_a_mart_over_marts_waits_for_them_and_for_what_views_read() -> None:
    own, view = Mart("own", "O", ("wells",), ("id",), ""), Mart("v", "V", ("production",), (), "", Kind.VIEW)
    both = Mart("both", "B", ("landtrac-leases", "own", "v"), ("id",), "")
    top = Mart("top", "T", ("both",), ("id",), "")
    marts = (own, view, both, top)
    assert assets(build_mart_dag(both, marts)) == ["core.landtrac_leases", "marts.own", "core.production"]
    assert assets(build_mart_dag(top, marts)) == ["marts.both"]


@each_shared_mart
def test_what_a_shared_mart_waits_for_is_what_other_tasks_tell(dagbag: Any, mart: Mart) -> None:
    outlets = [asset for dag in dagbag.dags.values() for task in dag.tasks for asset in task.outlets]
    told = {(asset.name, asset.uri) for asset in outlets if isinstance(asset, Asset)}
    waited = {(asset.name, asset.uri) for asset in dagbag.dags[f"marts_{mart.name}"].schedule.objects}
    assert waited <= told


# Schedule


@each_dataset
def test_the_schedule_is_the_catalogs_and_that_of_files_each_version_that_is_published(
    dagbag: Any, dataset: Dataset
) -> None:
    schedule = dagbag.dags[dataset.dag_id].schedule
    if dataset.schedule is None:
        assert isinstance(dataset.source, FileSource)
        assert schedule == [lake_asset(dataset.source.dataset)]
        return
    assert (schedule.expression, schedule.timezone) == (dataset.schedule.cron, dataset.schedule.timezone)


@each_dag
def test_runs_follow_each_other_and_none_is_made_up_for_the_past(dagbag: Any, dag_id: str) -> None:
    dag = dagbag.dags[dag_id]
    assert (dag.max_active_runs == 1) == (dag_id != DELIVERY)  # whose order the ledger keeps
    assert dag.catchup is False


@each_dataset
def test_unpausing_starts_nothing_before_its_time(dagbag: Any, dataset: Dataset) -> None:
    if dataset.schedule is not None:
        assert dagbag.dags[dataset.dag_id].schedule.run_immediately is False


# Failures


@each_dag
def test_every_task_is_retried_with_growing_pauses_and_ends(dagbag: Any, dag_id: str) -> None:
    for task in dagbag.dags[dag_id].tasks:
        assert task.retries >= 2
        assert task.retry_exponential_backoff
        assert timedelta() < task.retry_delay < task.max_retry_delay
        assert task.execution_timeout <= timedelta(hours=12)


def error_kinds() -> list[type[EltError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EltError)]


@pytest.mark.parametrize("kind", [kind for kind in error_kinds() if issubclass(kind, TerminalError)])
@each_dag
def test_what_waiting_cannot_heal_fails_at_once(dagbag: Any, dag_id: str, kind: type[EltError]) -> None:
    for task in dagbag.dags[dag_id].tasks:
        assert task.retry_policy.evaluate(kind("x"), 1, task.retries).action is RetryAction.FAIL


@pytest.mark.parametrize("kind", [TransientError, ConnectionError, TimeoutError])
@each_dag
def test_what_waiting_can_heal_is_tried_again(dagbag: Any, dag_id: str, kind: type[Exception]) -> None:
    for task in dagbag.dags[dag_id].tasks:
        action = task.retry_policy.evaluate(kind("x"), 1, task.retries).action
        assert action in (RetryAction.DEFAULT, RetryAction.RETRY)


def test_every_error_of_the_project_is_either_terminal_or_transient() -> None:
    kinds = set(error_kinds()) - {EltError}
    assert len(kinds) >= 9
    assert all(issubclass(kind, TerminalError) != issubclass(kind, TransientError) for kind in kinds)


# For people


@each_dataset
def test_owner_and_tags_are_the_catalogs(dagbag: Any, dataset: Dataset) -> None:
    dag = dagbag.dags[dataset.dag_id]
    assert {task.owner for task in dag.tasks} == {dataset.owner}
    assert dag.tags == {"enverus", *dataset.tags}


@each_shared_mart
def test_a_shared_mart_has_an_owner_and_its_tags(dagbag: Any, mart: Mart) -> None:
    dag = dagbag.dags[f"marts_{mart.name}"]
    assert {task.owner for task in dag.tasks} == {"gis-data"}
    assert dag.tags == {"enverus", "marts"}


@each_dataset
def test_the_page_has_a_row_for_every_column_with_its_source_and_type(dagbag: Any, dataset: Dataset) -> None:
    rows = set(re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|,]+)", dagbag.dags[dataset.dag_id].doc_md, re.MULTILINE))
    expected = {(column.name, column.source, column.type) for column in dataset.columns}
    for shape in dataset.geometry:
        pair = shape.made_from
        origin = shape.source if pair is None else f"`{pair.longitude}`, `{pair.latitude}`"
        expected.add((shape.name, origin, shape.typmod.partition(",")[0]))
    assert {(name, source, type_.strip()) for name, source, type_ in rows} == expected


@each_dataset
def test_the_page_says_what_the_dataset_is_and_where_it_goes(dagbag: Any, dataset: Dataset) -> None:
    page = dagbag.dags[dataset.dag_id].doc_md
    assert page.startswith(dataset.description.strip())
    assert f"`core.{dataset.table}`" in page
    assert f"| Source | {dataset.source.title} |" in page


def test_a_bar_in_a_description_does_not_break_the_table() -> None:
    (dataset,) = [dataset for dataset in DATASETS if dataset.id == "wells"]
    column = dataset.columns[0].model_copy(update={"description": "gas | oil"})
    page = document(dataset.model_copy(update={"columns": (column,)}))
    assert page.endswith("| gas \\| oil |")


@each_shared_mart
def test_a_shared_marts_page_names_its_inputs(dagbag: Any, mart: Mart) -> None:
    page = dagbag.dags[f"marts_{mart.name}"].doc_md
    assert mart.title in page
    assert all(name in page for name in mart.inputs)
