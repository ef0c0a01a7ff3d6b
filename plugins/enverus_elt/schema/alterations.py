"""From the tables that the migrations have made to those that the catalog describes: what to add, or why not.

Only what loses nothing is written: new columns that may be empty, wider types, values that may now be missing, indexes,
comments and grants. Everything else is refused with the reason, for a person to decide how rows are to be kept.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from enverus_elt.catalog import Dataset
from enverus_elt.schema.statements import Declared, Shape
from enverus_elt.schema.widening import widens

BY_HAND = "write that migration by hand"


class NewColumn(NamedTuple):
    """A column that core does not have yet."""

    name: str
    type: str


@dataclass
class Alterations:
    """What makes the one state the other; ``refusals`` says what does not."""

    new: list[NewColumn] = field(default_factory=list)
    wider: list[NewColumn] = field(default_factory=list)
    nullable: list[str] = field(default_factory=list)
    constraints: dict[str, str] = field(default_factory=dict)
    dropped_indexes: list[str] = field(default_factory=list)
    regranted: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    staging: bool = False
    refusals: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything differs at all."""
        return any(vars(self).values())


def alterations(dataset: Dataset, now: Declared, wanted: Declared) -> Alterations:
    """Everything in which the tables differ from what the catalog wants."""
    found = Alterations(staging=now.staging != wanted.staging or list(now.staging) != list(wanted.staging))
    _compare_columns(now, wanted, found)
    _compare_constraints(dataset, now, wanted, found)
    found.dropped_indexes = [name for name, text in now.indexes.items() if wanted.indexes.get(name) != text]
    found.regranted = [name for name, text in now.grants.items() if wanted.grants.get(name) != text]
    for ours, theirs in ((wanted.indexes, now.indexes), (wanted.comments, now.comments), (wanted.grants, now.grants)):
        found.statements += [text for name, text in ours.items() if theirs.get(name) != text]
    return found


def staged_changes(now: Declared, wanted: Declared) -> Alterations:
    """What the batches that are in staging lack: there every column may be empty."""
    found = Alterations()
    for name, shape in wanted.staging.items():
        before = now.staging.get(name)
        if before is None:
            found.new.append(NewColumn(name, shape.type))
        elif before != shape:
            found.wider.append(NewColumn(name, shape.type))
    return found


def _compare_columns(now: Declared, wanted: Declared, found: Alterations) -> None:
    for name, shape in wanted.columns.items():
        before = now.columns.get(name)
        if before is None:
            _add(name, shape, found)
        elif before != shape:
            _change(name, before, shape, found)
    for name in now.columns.keys() - wanted.columns.keys():
        found.refusals.append(f"column {name} is in core and no longer in the catalog: keep it there, or {BY_HAND}")


def _add(name: str, shape: Shape, found: Alterations) -> None:
    if shape.required:
        found.refusals.append(
            f"column {name} is new, so no row of core has a value: say 'nullable: true', or {BY_HAND}"
        )
    else:
        found.new.append(NewColumn(name, shape.type))


def _change(name: str, before: Shape, after: Shape, found: Alterations) -> None:
    if before.type != after.type:
        if widens(before.type, after.type):
            found.wider.append(NewColumn(name, after.type))
        else:
            why = f"column {name} is {before.type} in core, and {after.type} does not hold every value of it"
            found.refusals.append(f"{why}: keep the type, or {BY_HAND}")
    if before.required and not after.required:
        found.nullable.append(name)
    elif after.required and not before.required:
        found.refusals.append(f"column {name} may be empty in core: say 'nullable: true', or {BY_HAND}")


def _compare_constraints(dataset: Dataset, now: Declared, wanted: Declared, found: Alterations) -> None:
    if now.partitioning != wanted.partitioning:
        what = (
            f"partitions: {now.partitioning.strip() or 'none'} in core, {wanted.partitioning.strip() or 'none'} wanted"
        )
        found.refusals.append(f"{what}: a table cannot be cut anew where it stands: {BY_HAND}")
    new = {name: rule for name, rule in wanted.constraints.items() if now.constraints.get(name) != rule}
    for name in now.constraints.keys() - wanted.constraints.keys():
        found.refusals.append(f"constraint {name} is in core and no longer in the catalog: {BY_HAND}")
    fresh = {column.name for column in found.new}
    for name, rule in new.items():
        about = name.removeprefix(f"{dataset.table}_").removesuffix("_valid").removesuffix("_srid")
        if name not in now.constraints and about in fresh:
            found.constraints[name] = rule
        else:
            found.refusals.append(f"constraint {name}: rows of core may not keep {rule}: {BY_HAND}")
