"""Wiring: from a dataset of the catalog to its DAG, and from a mart that several datasets reach to its own.

    extract → stage → validate → sign_off → merge → refresh

Each task is a step of the same name; sign_off waits for a reviewer where the batch needs a signature. A run is one
batch; runs of a dataset follow each other. What waiting can heal is retried, what it cannot fails at once.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from airflow.sdk import (
    DAG,
    Asset,
    AssetAll,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    get_parsing_context,
)

from enverus_elt.catalog import Dataset, FileSource, dag_id, dataset_ids, load_dataset, table_name
from enverus_elt.errors import CatalogError, TerminalError
from enverus_elt.marts import Mart, marts_of, read_marts, reads, shared_marts
from enverus_elt.operators.assets import lake_asset
from enverus_elt.operators.postgis import (
    PostgisMergeOperator,
    PostgisRefreshOperator,
    PostgisStageOperator,
    PostgisValidateOperator,
)
from enverus_elt.operators.requests import answer_params, load_params
from enverus_elt.operators.signoff import BatchSignOffOperator
from enverus_elt.operators.tasks import extract, remind_reviewers

REMINDERS = "signoff_reminders"

RETRY_POLICY = ExceptionRetryPolicy(
    [RetryRule(TerminalError, action=RetryAction.FAIL, reason="waiting cannot heal it")]
)

TASK_DEFAULTS: dict[str, Any] = {
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": RETRY_POLICY,
    "execution_timeout": timedelta(hours=6),
}


def dataset_dags() -> Iterator[DAG]:
    """The DAGs of the catalog; when a task starts, only its own is built.

    A file that is wrong hides no other dataset: ``dags/catalog_errors.py`` shows what is wrong with it.
    """
    only, (marts, _) = get_parsing_context().dag_id, read_marts()
    for dataset_id in dataset_ids():
        if only in (None, dag_id(dataset_id)):
            try:
                yield build_dag(load_dataset(dataset_id), marts)
            except CatalogError:
                if only is not None:
                    raise


def mart_dags() -> Iterator[DAG]:
    """The DAGs of the marts that several datasets reach."""
    only, (marts, _) = get_parsing_context().dag_id, read_marts()
    return (build_mart_dag(mart, marts) for mart in shared_marts(marts) if only in (None, mart_dag_id(mart)))


def housekeeping_dags() -> Iterator[DAG]:
    """The DAGs that are there whatever the catalog holds."""
    if get_parsing_context().dag_id in (None, REMINDERS):
        yield build_reminder_dag()


def mart_dag_id(mart: Mart) -> str:
    """Id of the DAG that refreshes a mart that several datasets reach."""
    return f"marts_{mart.name}"


def build_dag(dataset: Dataset, marts: tuple[Mart, ...]) -> DAG:
    """The DAG that loads one dataset and refreshes the marts that nothing else reaches."""
    own = marts_of(dataset.id, marts)
    with DAG(
        dag_id=dataset.dag_id,
        dag_display_name=dataset.title,
        description=dataset.description.strip(),
        doc_md=document(dataset),
        schedule=_schedule(dataset),
        catchup=False,
        max_active_runs=1,
        tags=["enverus", *dataset.tags],
        params=load_params(),
        default_args={**TASK_DEFAULTS, "owner": dataset.owner},
    ) as dag:
        batch_id: Any = extract(dataset.id)
        stage = PostgisStageOperator(task_id="stage", dataset_id=dataset.id, batch_id=batch_id)
        validate = PostgisValidateOperator(task_id="validate", dataset_id=dataset.id, batch_id=batch_id)
        sign_off = BatchSignOffOperator(
            task_id="sign_off",
            dataset_id=dataset.id,
            batch_id=batch_id,
            reviewers=dataset.signoff.reviewers,
            params=answer_params(),
            response_timeout=timedelta(hours=dataset.signoff.timeout_hours),
        )
        merge = PostgisMergeOperator(
            task_id="merge", dataset_id=dataset.id, batch_id=batch_id, outlets=[core_asset(dataset.table)]
        )
        refresh = PostgisRefreshOperator(
            task_id="refresh", marts=[mart.name for mart in own], outlets=[mart_asset(mart.name) for mart in own]
        )
        stage >> validate >> sign_off >> merge >> refresh
    return dag


def build_mart_dag(mart: Mart, marts: tuple[Mart, ...]) -> DAG:
    """The DAG that refreshes a mart that several datasets reach, once after all that it reads: tables and marts."""
    inputs, names = reads(mart, marts), {other.name for other in marts}
    with DAG(
        dag_id=mart_dag_id(mart),
        dag_display_name=f"Mart: {mart.name.replace('_', ' ')}",
        description=mart.title,
        doc_md=f"{mart.title}\n\nReads {', '.join(inputs)}; runs once after each of them is up to date.",
        schedule=AssetAll(*(mart_asset(name) if name in names else core_asset(table_name(name)) for name in inputs)),
        catchup=False,
        max_active_runs=1,
        tags=["enverus", "marts"],
        default_args={**TASK_DEFAULTS, "owner": "gis-data"},
    ) as dag:
        PostgisRefreshOperator(task_id="refresh", marts=[mart.name], outlets=[mart_asset(mart.name)])
    return dag


def build_reminder_dag() -> DAG:
    """The DAG that reminds reviewers of batches that wait for their signature."""
    with DAG(
        dag_id=REMINDERS,
        dag_display_name="Sign-off reminders",
        description="Tells Slack again of batches that wait for a signature.",
        doc_md="How long after a question its reviewers are reminded is `signoff.remind_after_hours` of the dataset.",
        schedule=CronTriggerTimetable("*/15 * * * *", timezone="UTC", run_immediately=False),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,  # it changes nothing, and nobody would think of it
        tags=["enverus", "housekeeping"],
        default_args={**TASK_DEFAULTS, "owner": "gis-data"},
    ) as dag:
        remind_reviewers()
    return dag


def _schedule(dataset: Dataset) -> Any:
    """The catalog's cron, or the asset of the lake's dataset: each version that is published starts a run.

    Events that come while a run is active are one run together; it reads the newest version, and each is whole.
    """
    if isinstance(dataset.source, FileSource):
        return [lake_asset(dataset.source.dataset)]
    if dataset.schedule is None:
        raise CatalogError(f"{dataset.id}: a dataset of the API needs a schedule")
    # Unpausing starts nothing by itself: the first scheduled run is the next one.
    return CronTriggerTimetable(dataset.schedule.cron, timezone=dataset.schedule.timezone, run_immediately=False)


def core_asset(table: str) -> Asset:
    """The asset of a table in core; ``warehouse`` stands for whatever the connection points to."""
    return Asset(name=f"core.{table}", uri=f"postgres://warehouse/warehouse/core/{table}")


def mart_asset(mart: str) -> Asset:
    """The asset of a mart."""
    return Asset(name=f"marts.{mart}", uri=f"postgres://warehouse/warehouse/marts/{mart}")


def document(dataset: Dataset) -> str:
    """The DAG's page: what the dataset is, where it comes from and what its columns are."""
    load = dataset.load
    facts = {
        "Source": dataset.source.title,
        "Table": f"`core.{dataset.table}`",
        "Key": ", ".join(f"`{name}`" for name in load.key),
        "Load": f"{load.mode.value}, {load.history.value}, by `{load.cursor}`",
        **_given(dataset),
        "Loaded": dataset.due,
        "Fresh within": f"{dataset.sla_hours} hours",
        "Signature": dataset.signoff.policy.value.replace("_", " "),
    }
    lines = [dataset.description.strip(), "", "| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in facts.items())]
    lines += ["", "| column | source | type | unit | meaning |", "|---|---|---|---|---|"]
    for geometry in dataset.geometry:
        shape = f"{geometry.type.value}{'Z' if geometry.z else ''}, EPSG:{geometry.srid}"
        pair = geometry.made_from
        origin = geometry.source or (pair and f"`{pair.longitude}`, `{pair.latitude}`")
        lines.append(f"| `{geometry.name}` | {origin} | {shape} | | {geometry.description or ''} |")
    for column in dataset.columns:
        meaning = (column.description or "").replace("|", "\\|")
        lines.append(f"| `{column.name}` | {column.source} | {column.type} | {column.unit or ''} | {meaning} |")
    return "\n".join(lines)


def _given(dataset: Dataset) -> dict[str, str]:
    """What the catalog says in place of the file."""
    if not isinstance(dataset.source, FileSource):
        return {}
    constants = {name: value for name, value in dataset.source.constants.items() if value is not None}
    said = {
        "Same in every row": ", ".join(f"`{name}` = {value}" for name, value in constants.items()),
        "Codes": ", ".join(f"`{name}`" for name in dataset.source.codes),
    }
    return {title: text for title, text in said.items() if text}
