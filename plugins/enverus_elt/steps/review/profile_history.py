"""Earlier profiles of a dataset, and what of a new batch differs from them by more than chance."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from pydantic import ValidationError

from enverus_elt.catalog import Dataset
from enverus_elt.hooks.object_store import ObjectStore
from enverus_elt.steps.review.profile_model import Bound, ColumnProfile, GeometryProfile, Profile, Range

MOST_EARLIER = 5  # batches that a new one is compared with
LEAST_SHIFT = 0.05  # of the share of nulls, for it to be worth a look
LEAST_DEVIATIONS = 3.0  # that such a shift must be away from chance
SLACK = 0.1  # of its width that a range may grow by unnoticed, for it grows a little with every batch
SLACK_YEARS = 1
YEAR = re.compile(r"-?\d+")


class Earlier(NamedTuple):
    """Profiles that could be read, the newest first, and how many could not."""

    profiles: tuple[Profile, ...]
    unreadable: int

    def columns(self, name: str, kind: str) -> tuple["Past", ...]:
        """What they say of one column or geometry, as long as it was of the same type."""
        entries: Iterator[tuple[int, ColumnProfile | GeometryProfile]] = (
            (profile.rows, column)
            for profile in self.profiles
            for column in chain[ColumnProfile | GeometryProfile](profile.columns, profile.geometry)
        )
        return tuple(Past(rows, one) for rows, one in entries if one.name == name and one.type == kind)


class Past(NamedTuple):
    """One column in one earlier batch of so many rows."""

    rows: int
    column: ColumnProfile | GeometryProfile


def read_earlier(store: ObjectStore, dataset: Dataset, keys: Sequence[str]) -> Earlier:
    """Read the profiles under ``keys``, the newest first; what is missing or no profile is counted and passed over."""
    found = [_read(store, dataset, key) for key in keys[:MOST_EARLIER]]
    profiles = tuple(profile for profile in found if profile is not None)
    return Earlier(profiles, len(found) - len(profiles))


def _read(store: ObjectStore, dataset: Dataset, key: str) -> Profile | None:
    if store.size(key) is None:
        return None
    try:
        profile = Profile.model_validate_json(store.get(key))
    except ValidationError:
        return None
    return profile if profile.dataset == dataset.id else None


def null_shares(past: Sequence[Past]) -> tuple[float, ...]:
    """Share of nulls in each earlier batch that had rows."""
    return tuple(round(1 - one.column.values / one.rows, 6) for one in past if one.rows)


def null_differences(values: int, rows: int, past: Sequence[Past]) -> list[str]:
    """Whether the batch has nulls where there never were any, or another share of them than chance explains."""
    earlier_rows = sum(one.rows for one in past)
    earlier_nulls = earlier_rows - sum(one.column.values for one in past)
    nulls = rows - values
    if not rows or not earlier_rows:
        return []
    if nulls and not earlier_nulls:
        return [f"{nulls:,} without a value, where earlier batches had none"]
    if values and earlier_nulls == earlier_rows:
        return ["values, where earlier batches had none"]
    share, before = nulls / rows, earlier_nulls / earlier_rows
    pooled = (nulls + earlier_nulls) / (rows + earlier_rows)
    chance = math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / earlier_rows))
    if abs(share - before) >= LEAST_SHIFT and abs(share - before) >= LEAST_DEVIATIONS * chance:
        return [f"{percent(share)} without a value, earlier {percent(before)}"]
    return []


def widened(current: Range | None, earlier: Range | None) -> Range | None:
    """Least and greatest of both."""
    if current is None or earlier is None:
        return current or earlier
    return min(current[0], earlier[0], key=_order), max(current[1], earlier[1], key=_order)


def range_differences(current: Range | None, seen: Range | None, *, what: str = "") -> list[str]:
    """Whether the batch reaches far beyond all that was seen before."""
    if current is None or seen is None:
        return []
    prefix = f"{what} " if what else ""
    notes = []
    if _order(current[0]) < _order(seen[0]) and _is_far(current[0], seen[0], seen):
        notes.append(f"{prefix}least {show(current[0])}, earlier never below {show(seen[0])}")
    if _order(current[1]) > _order(seen[1]) and _is_far(current[1], seen[1], seen):
        notes.append(f"{prefix}greatest {show(current[1])}, earlier never above {show(seen[1])}")
    return notes


def show(bound: Bound) -> str:
    """A bound as people write it: a time that is midnight is a date."""
    if isinstance(bound, str):
        return re.sub(r"T00:00:00(\+00:00)?$", "", bound).replace("T", " ").replace("+00:00", " UTC")
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:,.6g}" if abs(bound) < 1e6 else f"{bound:,.0f}"


def percent(share: float) -> str:
    """A share as people write it; what is not none never reads as none."""
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def _is_far(bound: Bound, edge: Bound, seen: Range) -> bool:
    (year, number), (edge_year, edge_number) = _order(bound), _order(edge)
    if isinstance(bound, str) and math.isfinite(year) and YEAR.match(bound):
        return abs(year - edge_year) > SLACK_YEARS
    width = _order(seen[1])[1] - _order(seen[0])[1]
    changes_sign = number < 0 <= edge_number
    return changes_sign or not abs(number - edge_number) <= SLACK * width


def _order(bound: Bound) -> tuple[float, float]:
    """What PostgreSQL orders by: numbers with NaN above all; times by year and then by the rest of the text."""
    if isinstance(bound, str) and (year := YEAR.match(bound)):
        era = -1 if bound.endswith("BC") else 1
        rest = re.sub(r"\D", "", bound[year.end() : year.end() + 15]) or "0"
        return era * float(year[0]), float(rest)
    number = float(bound)
    return (math.inf, math.inf) if math.isnan(number) else (0.0 if math.isfinite(number) else number, number)
