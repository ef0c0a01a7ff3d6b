"""The DAGs between the landing zone and the data lake.

    landing_zone       register: manifests → the ledger → an event for each delivery whose turn it is
    delivery           check → process → settle → announce_next, tell_lake; a run is one delivery
    lake_versions      tell: an event for a new version, for DAGs that load from the lake
    lake_housekeeping  tidy: what crashes left behind

Events only make it quick. Who works on what is in the ledger: one that is lost is made up for by the run of
``landing_zone`` that comes every ten minutes anyway, and one too many ends in a task that is skipped.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import (
    DAG,
    Asset,
    AssetOrTimeSchedule,
    AssetWatcher,
    CronTriggerTimetable,
    PartitionedAssetTimetable,
    get_parsing_context,
)

from enverus_elt.dag_factory import TASK_DEFAULTS
from enverus_elt.operators.assets import DELIVERIES, LANDING_ZONE_URI
from enverus_elt.operators.deliveries import DELIVERY, announce_next, check, process, register, settle, tell, tidy
from enverus_elt.operators.landing import LandingZoneTrigger

LANDING_ZONE = "landing_zone"
LAKE_VERSIONS = "lake_versions"
HOUSEKEEPING = "lake_housekeeping"

AT_ONCE = 4  # deliveries of different datasets that are worked on side by side
OWNER = "gis-data"
VERSION = "{{ ti.xcom_pull(task_ids='process')['dataset'] }}_v{{ ti.xcom_pull(task_ids='process')['version'] }}"


def lake_dags() -> Iterator[DAG]:
    """All of them; when a task starts, only its own is built.

    They are not paused when they appear: they do nothing until somebody hands something in, and then it is late.
    """
    made = {
        LANDING_ZONE: _landing_zone,
        DELIVERY: _delivery,
        LAKE_VERSIONS: _lake_versions,
        HOUSEKEEPING: _housekeeping,
    }
    only = get_parsing_context().dag_id
    return (build() for name, build in made.items() if only in (None, name))


def _landing_zone() -> DAG:
    watched = Asset(
        name="landing_zone",
        uri=LANDING_ZONE_URI,
        watchers=[AssetWatcher(name="manifests", trigger=LandingZoneTrigger())],
    )
    with DAG(
        dag_id=LANDING_ZONE,
        dag_display_name="Landing zone",
        description="Takes manifests that partners uploaded into the ledger, and starts a run for each.",
        doc_md=__doc__,
        # By the watcher's event, and now and then without one.
        schedule=AssetOrTimeSchedule(
            assets=[watched], timetable=CronTriggerTimetable("*/10 * * * *", timezone="UTC", run_immediately=False)
        ),
        catchup=False,
        max_active_runs=1,  # events meanwhile make one more run, which finds all that they told of
        is_paused_upon_creation=False,
        tags=["enverus", "lake"],
        default_args={**TASK_DEFAULTS, "owner": OWNER},
    ) as dag:
        register()
    return dag


def _delivery() -> DAG:
    with DAG(
        dag_id=DELIVERY,
        dag_display_name="Delivery",
        description="Makes a version of the data lake of what a partner handed in.",
        doc_md="A run works on the delivery that its partition key names: `<dataset>/<number>`. `enverus manifest"
        " status` lists them. One delivery of a dataset is worked on at a time, so its versions are made in order;"
        " one that failed has a report beside its manifest in `failed/`.",
        schedule=PartitionedAssetTimetable(assets=DELIVERIES),
        catchup=False,
        max_active_runs=AT_ONCE,
        is_paused_upon_creation=False,
        tags=["enverus", "lake"],
        default_args={**TASK_DEFAULTS, "owner": OWNER},
    ) as dag:
        # What a task will return stands for it here; their own types are those of the values.
        delivery_id: Any = check()
        made: Any = process(delivery_id)
        settled = settle()
        tell_lake = TriggerDagRunOperator(
            task_id="tell_lake",
            trigger_dag_id=LAKE_VERSIONS,
            # Once for a version, however often its delivery is run.
            trigger_run_id=VERSION,
            skip_when_already_exists=True,
            conf=made,
            logical_date=None,
        )
        made >> settled >> [announce_next(), tell_lake]
    return dag


def _lake_versions() -> DAG:
    with DAG(
        dag_id=LAKE_VERSIONS,
        dag_display_name="Lake versions",
        description="Tells whoever loads from a dataset of the data lake that it has a new version.",
        doc_md="Its event is of the asset `lake.<dataset>`, by which datasets with a file source start.",
        schedule=None,
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["enverus", "lake"],
        default_args={**TASK_DEFAULTS, "owner": OWNER},
    ) as dag:
        tell()
    return dag


def _housekeeping() -> DAG:
    with DAG(
        dag_id=HOUSEKEEPING,
        dag_display_name="Lake housekeeping",
        description="Drops the scratch schemas and the halves of versions that crashes left behind.",
        doc_md="What an attempt at a delivery leaves is dropped when it ends. This is for those that could not.",
        schedule=CronTriggerTimetable("*/15 * * * *", timezone="UTC", run_immediately=False),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["enverus", "lake", "housekeeping"],
        default_args={**TASK_DEFAULTS, "owner": OWNER, "execution_timeout": timedelta(hours=1)},
    ) as dag:
        tidy()
    return dag
