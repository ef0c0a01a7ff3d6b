"""Everything that can be wrong with the files of the repository, found without a server."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from enverus_elt.catalog import Dataset, Relationship, dataset_ids, load_dataset, table_name
from enverus_elt.catalog.tables import FILE_FED, REFERENCES
from enverus_elt.errors import CatalogError
from enverus_elt.marts import Mart, datasets_behind, read_marts
from enverus_elt.paths import CATALOG
from enverus_elt.schema.migration_files import differences, planned_in
from enverus_elt.suites import read, stale_reason, unknown_columns

READ = re.compile(r"\b(?:core|marts)\.\"?(\w+)")


def find_mistakes(catalog: Path = CATALOG) -> list[str]:
    """Every mistake, one line each; none where all is well."""
    return list(_mistakes(catalog))


def _mistakes(catalog: Path) -> Iterator[str]:
    known: dict[str, Dataset] = {}
    broken = set()
    for name in dataset_ids(catalog):
        try:
            known[name] = load_dataset(name, catalog)
        except CatalogError as error:
            broken.add(name)
            yield from str(error).splitlines()
    for dataset in known.values():
        yield from _dataset_mistakes(dataset)
        yield from _relationship_mistakes(dataset, known, broken)
    marts, errors = read_marts()
    yield from errors
    for mart in marts:
        yield from _mart_mistakes(mart, marts, known)


def _mart_mistakes(mart: Mart, marts: Collection[Mart], known: Collection[str]) -> Iterator[str]:
    where, names = f"marts/{mart.name}.sql", {other.name for other in marts}
    if mart.name in {*known, *FILE_FED}:
        yield f"{where}: a dataset has that name: give the mart another one"
    if strangers := sorted(set(mart.inputs) - names - set(known) - FILE_FED.keys()):
        yield f"{where}: reads no dataset of the catalog and no mart: {', '.join(strangers)}"
    elif mart.materialized and (idle := sorted(datasets_behind(mart, marts) - set(known))):
        yield f"{where}: no load would refresh it: {', '.join(idle)} is no dataset of the catalog; make it a view"
    declared = {name if name in names else table_name(name) for name in mart.inputs}
    read = set(READ.findall(mart.query)) - set(REFERENCES)
    if hidden := sorted(read - declared):
        yield f"{where}: the line '-- inputs: …' leaves out what it reads: {', '.join(hidden)}"
    if idle := sorted(declared - read):
        yield f"{where}: the line '-- inputs: …' names what it does not read: {', '.join(idle)}"


def _dataset_mistakes(dataset: Dataset) -> Iterator[str]:
    if planned_in(dataset) is None:
        yield f"{dataset.id}.yaml: no migration creates its tables: run 'enverus table plan {dataset.id}'"
    elif found := differences(dataset):
        yield from (f"{dataset.id}.yaml: {reason}" for reason in found.refusals)
        if not found.refusals:
            yield f"{dataset.id}.yaml: migrations make other tables: run 'enverus table plan {dataset.id}'"
    if reason := stale_reason(dataset):
        yield f"expectations/{reason}"
    else:
        yield from (f"expectations/{mistake}" for mistake in _suite_mistakes(dataset))


def _suite_mistakes(dataset: Dataset) -> Iterator[str]:
    from enverus_elt.expectations import build  # noqa: PLC0415 - imports Great Expectations, which takes seconds

    suite = read(dataset)
    yield from unknown_columns(dataset, suite)
    try:
        build(suite)
    except CatalogError as error:
        yield from str(error).splitlines()


def _relationship_mistakes(dataset: Dataset, known: dict[str, Dataset], broken: Collection[str]) -> Iterator[str]:
    for number, relationship in enumerate(dataset.relationships):
        if relationship.refers_to in broken:  # its own mistake is told already
            continue
        if reason := _refusal(dataset, relationship, known.get(relationship.refers_to)):
            yield f"{dataset.id}.yaml: relationships.{number}: {reason}"


def _refusal(dataset: Dataset, relationship: Relationship, other: Dataset | None) -> str | None:
    """Why rows cannot be looked up so, at the cost of a look at an index for each of them."""
    if other is None:
        return f"refers_to names no dataset: {relationship.refers_to}"
    if missing := [name for name in relationship.to if name not in other.by_name]:
        return f"to names no column of {other.id}: {', '.join(missing)}"
    for own, name in zip(relationship.columns, relationship.to, strict=True):
        if (mine := dataset.by_name[own].type) != (theirs := other.by_name[name].type):
            return f"{own} is {mine}, but {other.id}.{name} is {theirs}"
    keys = [*([] if other.versioned else [other.load.key]), *other.indexes]  # a versioned key is not indexed as a whole
    if not any(set(relationship.to) == set(columns[: len(relationship.to)]) for columns in keys):
        return f"to must be the first columns of the key or of an index of {other.id}: {', '.join(relationship.to)}"
    return None
