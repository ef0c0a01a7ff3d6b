"""One Airflow DAG for each mart over several datasets, triggered by their assets."""

from enverus_elt.dag_factory import mart_dags

DAGS = list(mart_dags())
