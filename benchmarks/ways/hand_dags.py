"""The DAG file that somebody would write by hand, without a catalog: what its DAGs hold is what the catalog's hold.

Copied into a folder of its own, beside ``facts.json``: the title, description and page of each dataset.
"""

import json
from datetime import timedelta
from pathlib import Path

from airflow.sdk import DAG, Asset, CronTriggerTimetable, ExceptionRetryPolicy, RetryAction, RetryRule

from enverus_elt.errors import TerminalError
from enverus_elt.operators.postgis import (
    PostgisMergeOperator,
    PostgisRefreshOperator,
    PostgisStageOperator,
    PostgisValidateOperator,
)
from enverus_elt.operators.requests import answer_params, load_params
from enverus_elt.operators.signoff import BatchSignOffOperator
from enverus_elt.operators.tasks import extract

DEFAULTS = {
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=10),
    "retry_policy": ExceptionRetryPolicy(
        [RetryRule(TerminalError, action=RetryAction.FAIL, reason="waiting cannot heal it")]
    ),
    "execution_timeout": timedelta(hours=6),
    "owner": "gis-data",
}
DAGS = []

for name, (title, description, doc) in json.loads(
    Path(__file__).with_name("facts.json").read_text(encoding="utf-8")
).items():
    table = name.replace("-", "_")
    with DAG(
        dag_id=f"enverus_{table}",
        dag_display_name=title,
        description=description,
        doc_md=doc,
        schedule=CronTriggerTimetable("0 6 * * *", timezone="UTC", run_immediately=False),
        catchup=False,
        max_active_runs=1,
        tags=["enverus", "benchmark"],
        params=load_params(),
        default_args=DEFAULTS,
    ) as dag:
        batch_id = extract(name)
        stage = PostgisStageOperator(task_id="stage", dataset_id=name, batch_id=batch_id)
        validate = PostgisValidateOperator(task_id="validate", dataset_id=name, batch_id=batch_id)
        sign_off = BatchSignOffOperator(
            task_id="sign_off",
            dataset_id=name,
            batch_id=batch_id,
            reviewers=(),
            params=answer_params(),
            response_timeout=timedelta(hours=72),
        )
        core = Asset(name=f"core.{table}", uri=f"postgres://warehouse/warehouse/core/{table}")
        merge = PostgisMergeOperator(task_id="merge", dataset_id=name, batch_id=batch_id, outlets=[core])
        refresh = PostgisRefreshOperator(task_id="refresh", marts=[], outlets=[])
        stage >> validate >> sign_off >> merge >> refresh
    DAGS.append(dag)
