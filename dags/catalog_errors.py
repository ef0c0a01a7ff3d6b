"""Shows catalog files that are wrong as an import error in Airflow's UI; the other datasets' DAGs are there."""

from airflow.sdk import get_parsing_context

from enverus_elt.catalog import load_errors
from enverus_elt.errors import CatalogError

# A task that starts must not fail for another dataset's file.
if get_parsing_context().dag_id is None and (errors := load_errors()):
    raise CatalogError("\n".join(errors))
