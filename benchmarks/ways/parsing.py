"""One parse of a folder of DAGs in a fresh process, as Airflow's DAG processor does it file by file."""

import os
import sys
import time
from pathlib import Path
from typing import Any

CONTEXT = "_AIRFLOW_PARSING_CONTEXT_DAG_ID"
MARK = "imported beyond Airflow itself:"  # on stderr, for whoever has the interpreter tell what it imports
PLACES = ("fileloc", "relative_fileloc")


def parse(repository: str, dags: str, only: str | None = None) -> dict[str, Any]:
    """Parse the folder ``dags`` with the package and the catalog of ``repository``, or what a task of ``only`` parses.

    Returns how many DAGs there are, the seconds from before Airflow's import until they are built, and those of each
    file.
    """
    started = time.perf_counter()
    bag = _bag(repository, dags, only)
    seconds = time.perf_counter() - started
    assert not bag.import_errors, bag.import_errors
    files = {stat.file: stat.duration.total_seconds() for stat in bag.dagbag_stats}
    return {"seconds": seconds, "dags": len(bag.dags), "files": files}


def serialized(repository: str, dags: str) -> dict[str, Any]:
    """A digest of each DAG, wherever its file is: what Airflow would store of it."""
    bag = _bag(repository, dags, None)
    from airflow.models.serialized_dag import SerializedDagModel  # noqa: PLC0415 - importing Airflow is measured
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415

    digest: Any = SerializedDagModel.hash
    found = {}
    for name, dag in bag.dags.items():
        facts = DagSerialization.to_dict(dag)
        for place in PLACES:
            facts["dag"].pop(place, None)
        found[name] = digest(facts)
    return found


def _bag(repository: str, dags: str, only: str | None) -> Any:
    sys.path.insert(0, str(Path(repository) / "plugins"))
    path = Path(dags)
    if only:
        os.environ[CONTEXT] = only
        path /= "enverus_datasets.py"  # a task parses the file of its DAG alone
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415 - importing Airflow is measured

    sys.stderr.write(f"\n{MARK}\n")
    return DagBag(path, safe_mode=True)
