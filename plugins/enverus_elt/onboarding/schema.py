"""What a workbook's sheet or the vendor's DDL says of a dataset, before the catalog's own words are put to it."""

from dataclasses import dataclass

from enverus_elt.onboarding.sql_types import ShapeType


@dataclass(frozen=True)
class Field:
    """One field as it was stated; ``where`` is its cell, for messages.

    ``type`` is the catalog's type of a column, or a geometry's. What was not said is None.
    """

    source: str
    type: str | ShapeType
    where: str
    nullable: bool | None = None
    unit: str | None = None
    description: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Schema:
    """The fields of a dataset in their order, and those of its key; ``where`` is the place of its header.

    ``workbook`` is the name of the file that it stands in, if it stands in one.
    ``unclear`` are fields that could not be read, in lower case: their problems are told already, and what may follow
    from them is no other one. ``rename`` says how its author gives a field another name in the warehouse.
    """

    dataset_id: str
    where: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    workbook: str | None = None
    notes: tuple[str, ...] = ()
    unclear: frozenset[str] = frozenset()
    rename: str = "give it another one in a 'Warehouse Name' column"
