"""One DAG for each dataset of the catalog."""

from enverus_elt.dag_factory import dataset_dags

DAGS = list(dataset_dags())
