"""The vendor's live DDL → the schema of a dataset that the catalog does not know yet."""

from enverus_elt.catalog.vendor_ddl import parse_ddl
from enverus_elt.errors import CatalogError
from enverus_elt.onboarding.cells import UnclearError
from enverus_elt.onboarding.datasets import DATASET_ID, Draft, Folders, draft
from enverus_elt.onboarding.decisions import Decisions
from enverus_elt.onboarding.problems import Problems, shown
from enverus_elt.onboarding.schema import Field, Schema
from enverus_elt.onboarding.sheet_fields import FIELD_NAME
from enverus_elt.onboarding.sql_types import Size, read_type

RENAME = "import the dataset from a workbook with a 'Warehouse Name' for it"


def refuse_known(dataset_id: str, folders: Folders) -> None:
    """Raise CatalogError where the id is none, or has files that would be lost."""
    if not DATASET_ID.fullmatch(dataset_id):
        raise CatalogError(f"{shown(dataset_id)} is no dataset's id: a-z, 0-9 and -, a letter first, at most 48")
    for path in (folders.catalog / f"{dataset_id}.yaml", folders.expectations / f"{dataset_id}.json"):
        if path.exists():
            raise CatalogError(f"{path.name} is there already: nothing was written; 'enverus drift patch' adds fields")


def draft_from_ddl(dataset_id: str, ddl: str, decisions: Decisions, folders: Folders) -> Draft:
    """A new dataset; raises CatalogError where the DDL holds what no column can."""
    problems = Problems(f"{dataset_id}?ddl=pg")
    drafted = draft(_schema(dataset_id, ddl, problems), decisions, folders, problems)
    problems.raise_if_any()
    if drafted is None:  # cannot be: a draft that fails says why
        raise CatalogError(f"{dataset_id}: the vendor's DDL makes no dataset")
    return drafted


def _schema(dataset_id: str, ddl: str, problems: Problems) -> Schema:
    stated, key = parse_ddl(ddl)
    fields = list[Field]()
    for name, kind in stated.items():
        if not FIELD_NAME.fullmatch(name):
            problems.add(shown(name), "no field name: letters, digits and _ only, a letter first")
            continue
        try:
            fields.append(Field(source=name, type=read_type(kind, Size()), where=name))
        except UnclearError as error:
            problems.add(name, str(error))
    by_name = {field.source.casefold(): field.source for field in fields}
    if missing := [name for name in key if name.casefold() not in by_name]:
        problems.add("PRIMARY KEY", f"no such field: {', '.join(map(shown, missing))}")
    known_key = tuple(by_name[name.casefold()] for name in key if name.casefold() in by_name)
    return Schema(dataset_id, "columns", tuple(fields), known_key, rename=RENAME)
