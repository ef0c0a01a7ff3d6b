"""The Airflow DAGs that keep the warehouse's people and pages in order, whatever the catalog holds."""

from enverus_elt.dag_factory import housekeeping_dags

DAGS = list(housekeeping_dags())
