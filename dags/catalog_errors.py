"""Shows catalog and mart files that are wrong as an import error in Airflow's UI; the others' DAGs are there."""

from airflow.sdk import get_parsing_context

from enverus_elt.catalog import load_errors
from enverus_elt.errors import CatalogError
from enverus_elt.marts import read_marts

# A task that starts must not fail for another dataset's file.
if get_parsing_context().dag_id is None and (errors := [*load_errors(), *read_marts()[1]]):
    raise CatalogError("\n".join(errors))
