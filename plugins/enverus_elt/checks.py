"""Everything that can be wrong with the files of the repository, found without a server."""

from collections.abc import Iterator
from pathlib import Path

from enverus_elt.catalog import Dataset, dataset_ids, load_dataset
from enverus_elt.errors import CatalogError
from enverus_elt.marts import read_marts
from enverus_elt.paths import CATALOG
from enverus_elt.schema.migration_files import drifted, planned_in
from enverus_elt.suites import stale_reason


def find_mistakes(catalog: Path = CATALOG) -> list[str]:
    """Every mistake, one line each; none where all is well."""
    return list(_mistakes(catalog))


def _mistakes(catalog: Path) -> Iterator[str]:
    known = []
    for name in dataset_ids(catalog):
        try:
            dataset = load_dataset(name, catalog)
        except CatalogError as error:
            yield from str(error).splitlines()
            continue
        known.append(dataset.id)
        yield from _dataset_mistakes(dataset)
    marts, errors = read_marts()
    yield from errors
    for mart in marts:
        if strangers := set(mart.inputs) - set(known):
            yield f"marts/{mart.name}.sql: reads no dataset of the catalog: {', '.join(sorted(strangers))}"


def _dataset_mistakes(dataset: Dataset) -> Iterator[str]:
    path = planned_in(dataset)
    if path is None:
        yield f"{dataset.id}.yaml: no migration creates its tables: run 'enverus table plan {dataset.id}'"
    elif drifted(dataset, path):
        yield f"{dataset.id}.yaml: the tables that {path.name} creates are not the catalog's"
    if reason := stale_reason(dataset):
        yield f"expectations/{reason}"
