"""One column of a batch: what was measured of it, beside what earlier batches held."""

from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple, cast

from enverus_elt.catalog import Column, Dataset, Geometry
from enverus_elt.steps.review.profile_history import (
    Earlier,
    Past,
    null_differences,
    null_shares,
    range_differences,
    widened,
)
from enverus_elt.steps.review.profile_model import Box, ColumnProfile, GeometryProfile, Range

MOST_CATEGORIES = 500  # different values that make a column worth counting
MOST_KNOWN = 1000  # values of a column that are remembered; one that has had more is followed no longer
MOST_CHARACTERS = 256  # of a value that can be a category
MOST_SHOWN = 10
ENOUGH_TO_REPEAT = 50  # values of which half are different: names and numbers, no categories


class Counted(NamedTuple):
    """How many different values a column has in the batch, and how often each occurs if they are few."""

    different: int
    occurrences: dict[str, int] | None


class Measured(NamedTuple):
    """The batch's facts: per column an array whose first entry is the number of values."""

    rows: int
    facts: dict[str, list[Any]]
    counted: dict[str, Counted]
    reads_everything: bool


def can_be_category(column: Column, facts: Sequence[Any], earlier: Earlier) -> bool:
    """Whether counting the column's values may be worth it, as far as can be told before."""
    if column.sensitive or not facts[0] or not (column.is_text or column.type == "boolean"):
        return False
    if column.is_text and facts[2] > MOST_CHARACTERS:
        return False
    return _verdict(earlier.columns(column.name, column.type)) is not False


def profile_column(dataset: Dataset, column: Column, measured: Measured, earlier: Earlier) -> ColumnProfile:
    """The column's entry in the profile."""
    past = earlier.columns(column.name, column.type)
    facts = measured.facts[column.name]
    differences = null_differences(facts[0], measured.rows, past)
    if earlier.profiles and not past:
        differences.append("not among the columns of earlier batches")
    entry = ColumnProfile(
        name=column.name,
        type=column.type,
        unit=column.unit,
        sensitive=column.sensitive,
        values=facts[0],
        earlier_nulls=null_shares(past),
        differences=tuple(differences),
    )
    if column.sensitive:
        return entry
    if column.is_text or column.type == "boolean":
        return _with_values(entry, facts, measured, past)
    return _with_range(dataset, entry, facts, past)


def profile_geometry(geometry: Geometry, measured: Measured, earlier: Earlier) -> GeometryProfile:
    """The geometry's entry in the profile."""
    past = earlier.columns(geometry.name, geometry.type.value)
    values, *extent = measured.facts[geometry.name]
    before = [one.column.seen for one in past if isinstance(one.column, GeometryProfile)]
    seen_x = reduce(widened, ((box[0], box[2]) for box in before if box), None)
    seen_y = reduce(widened, ((box[1], box[3]) for box in before if box), None)
    x: Range | None = (extent[0], extent[2]) if values else None
    y: Range | None = (extent[1], extent[3]) if values else None
    differences = null_differences(values, measured.rows, past)
    differences += range_differences(x, seen_x, what="x") + range_differences(y, seen_y, what="y")
    all_x, all_y = widened(x, seen_x), widened(y, seen_y)
    seen = tuple(map(float, (all_x[0], all_y[0], all_x[1], all_y[1]))) if all_x and all_y else None
    return GeometryProfile(
        name=geometry.name,
        type=geometry.type.value,
        srid=geometry.srid,
        values=values,
        extent=cast(Box, tuple(extent)) if values else None,
        seen=cast(Box | None, seen),
        earlier_nulls=null_shares(past),
        differences=tuple(differences),
    )


def _with_range(dataset: Dataset, entry: ColumnProfile, facts: list[Any], past: Sequence[Past]) -> ColumnProfile:
    current: Range | None = (facts[1], facts[2]) if facts[0] else None
    seen = reduce(widened, (one.column.seen for one in past if isinstance(one.column, ColumnProfile)), None)
    # Keys and the times of changes are expected to run ahead of all that was seen before.
    ahead = entry.name in (*dataset.load.key, *dataset.version_columns)
    notes = [] if ahead else range_differences(current, seen)
    return entry.model_copy(
        update={
            "range": current,
            "seen": widened(current, seen),
            "differences": (*entry.differences, *notes),
        }
    )


def _with_values(entry: ColumnProfile, facts: list[Any], measured: Measured, past: Sequence[Past]) -> ColumnProfile:
    lengths = tuple(facts[1:]) if facts[0] and len(facts) > 1 else None
    entry = entry.model_copy(update={"lengths": lengths})
    columns = [one.column for one in past if isinstance(one.column, ColumnProfile)]
    known = {value for column in columns for value in column.known}
    gone = set(columns[0].gone) if columns else set()
    before = _verdict(past)
    if not facts[0] or before is False:
        return entry.model_copy(update={"category": before, "known": _sorted(known), "gone": _sorted(gone)})
    counted = measured.counted.get(entry.name)
    if counted is None or not _is_category(entry.values, counted, known, before):
        left = ("too many different values to go on following them",) if before else ()
        return entry.model_copy(update={"category": False, "differences": (*entry.differences, *left)})
    current = counted.occurrences or {}
    new = current.keys() - known if known else set()
    vanished = known - current.keys() - gone if measured.reads_everything else set()
    top = sorted(current.items(), key=lambda item: (-item[1], item[0]))[:MOST_SHOWN]
    return entry.model_copy(
        update={
            "category": True,
            "different": len(current),
            "top": tuple(top),
            "known": _sorted(known | current.keys()),
            "gone": _sorted((gone | vanished) - current.keys()),
            "new": _sorted(new),
            "vanished": _sorted(vanished),
            "differences": (*entry.differences, *_value_differences(new, vanished)),
        }
    )


def _is_category(values: int, counted: Counted, known: set[str], before: bool | None) -> bool:
    if counted.occurrences is None or len(known | counted.occurrences.keys()) > MOST_KNOWN:
        return False
    return bool(before) or values < ENOUGH_TO_REPEAT or counted.different <= values / 2


def _verdict(past: Sequence[Past]) -> bool | None:
    """What the newest batch with a value has made of the column; it stays so, lest small batches change it."""
    verdicts = (one.column.category for one in past if isinstance(one.column, ColumnProfile))
    return next((verdict for verdict in verdicts if verdict is not None), None)


def _value_differences(new: set[str], vanished: set[str]) -> list[str]:
    found = ((new, "never seen before"), (vanished, "vanished"))
    return [f"{len(values):,} {'value' if len(values) == 1 else 'values'} {what}" for values, what in found if values]


def _sorted(values: set[str]) -> tuple[str, ...]:
    return tuple(sorted(values))
