"""One Airflow DAG for each dataset of the catalog.

Both words must stand in this file: Airflow looks into none that lacks one of them.
"""

from enverus_elt.dag_factory import dataset_dags

DAGS = list(dataset_dags())
