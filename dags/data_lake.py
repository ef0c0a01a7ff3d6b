"""The Airflow DAGs that make versions of the data lake of what partners put into the landing zone."""

from enverus_elt.lake_dags import lake_dags

DAGS = list(lake_dags())
