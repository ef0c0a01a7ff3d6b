"""The catalog → a workbook in the form in which analysts hand schemas in; importing it again changes nothing."""

from collections.abc import Iterator, Sequence

from openpyxl import Workbook

from enverus_elt.catalog import Column, Dataset, Geometry
from enverus_elt.catalog.names import Shape, shape_of
from enverus_elt.onboarding.spreadsheet import Value, add_sheet
from enverus_elt.onboarding.sql_types import WGS84

HEADS = ("Field Name", "Data Type", "Key", "Nullable", "Units", "Description", "Warehouse Name")
SPELLINGS = {
    "integer": "INT",
    "double precision": "FLOAT(53)",
    "timestamp": "DATETIME",
    "timestamptz": "DATETIMEOFFSET",
    "text": "VARCHAR(MAX)",
    "boolean": "BIT",
}


def add_schema_sheet(workbook: Workbook, dataset: Dataset) -> None:
    """A sheet under the dataset's id."""
    title = f"Enverus DirectAccess v3 / {dataset.api.path}"
    add_sheet(workbook, dataset.id, HEADS, list(_rows(dataset)), title)


def _rows(dataset: Dataset) -> Iterator[Sequence[Value]]:
    for column in dataset.all_columns:
        if column.source is None:  # a point that is made of two columns of the sheet
            continue
        yield (
            column.source,
            _type(column, dataset),
            _key(column.name, dataset),
            "Y" if column.nullable else "N",
            column.unit if isinstance(column, Column) else None,
            column.description,
            column.name,
        )


def _key(name: str, dataset: Dataset) -> str | None:
    """``PK``, with its place where the key's order is not that of the columns."""
    if name not in dataset.load.key:
        return None
    ordered = [column.name for column in dataset.columns if column.name in dataset.load.key]
    return "PK" if tuple(ordered) == dataset.load.key else f"PK{dataset.load.key.index(name) + 1}"


def _type(column: Column | Geometry, dataset: Dataset) -> str:
    if isinstance(column, Geometry):
        told = shape_of(column.source or "") == Shape(column.name, column.type)
        return "GEOMETRY" if told and column.srid == WGS84 and not column.z else f"GEOMETRY({column.typmod})"
    if column.name in dataset.version_columns:
        return SPELLINGS["timestamp"]  # what steers a load is read as UTC
    base, bracket, rest = column.type.partition("(")
    return SPELLINGS.get(base, base.replace("numeric", "decimal").upper()) + bracket + rest
