"""Who may read what: whoever may read a dataset's DAG in Airflow may read its pages."""

from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends, HTTPException, Path

from enverus_elt.catalog import dag_id

DATASET_ID = r"^[a-z][a-z0-9-]{0,47}$"


def readable(user: BaseUser, dag_ids: set[str]) -> set[str]:
    """Those of the DAGs that the user may read."""
    return get_auth_manager().filter_authorized_dag_ids(dag_ids=dag_ids, user=user, method="GET")


def readable_dataset(dataset_id: Annotated[str, Path(pattern=DATASET_ID)], user: GetUserDep) -> str:
    """The dataset of the path; 403 where the user may not read its DAG."""
    details = DagDetails(id=dag_id(dataset_id))
    if not get_auth_manager().is_authorized_dag(method="GET", details=details, user=user):
        raise HTTPException(403, f"you may not read the DAG of {dataset_id}")
    return dataset_id


ReadableDataset = Annotated[str, Depends(readable_dataset)]
