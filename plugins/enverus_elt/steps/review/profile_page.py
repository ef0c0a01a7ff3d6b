"""The profile as a page: what merging would do, then every column, those with differences first."""

from typing import Any

from enverus_elt.catalog import Dataset
from enverus_elt.steps.review.evidence_page import number, render_page
from enverus_elt.steps.review.profile_columns import MOST_CATEGORIES
from enverus_elt.steps.review.profile_history import percent, show
from enverus_elt.steps.review.profile_model import ColumnProfile, GeometryProfile, Profile, Range

MEANINGS = {
    "inserted": "not in core yet",
    "updated": "in core in an older form",
    "unchanged": "in core as they are",
    "stale": "core has a newer form",
    "duplicate": "an older form of a key that comes again",
    "deleted": "marked as deleted by the source",
    "absent": "in core, but gone from the source: they would be deleted",
    "quarantined": "set aside, not part of the batch",
}


def render_profile(dataset: Dataset, profile: Profile) -> bytes:
    """The page's bytes."""
    rows = [_column_row(profile, column) for column in profile.columns]
    rows += [_geometry_row(profile, geometry) for geometry in profile.geometry]
    rows.sort(key=lambda row: (not row["differences"], not row["filled"]))  # else in the catalog's order
    names = {"fates": _fates(profile), "comparison": _comparison(profile, rows), "rows": rows, "profile": profile}
    return render_page("profile.j2", dataset, profile.batch_id, **names)


def _fates(profile: Profile) -> list[dict[str, str]]:
    counts = {**profile.fates.model_dump(), "quarantined": profile.quarantined}
    shown = {name: counts[name] for name in MEANINGS if counts[name] is not None}
    fates = [{"name": name, "rows": number(rows), "meaning": MEANINGS[name]} for name, rows in shown.items()]
    if profile.reads_everything and profile.quarantined:
        withheld = "nothing is deleted for its absence beside rows in quarantine"
        return [{**fate, "meaning": withheld} if fate["name"] == "absent" else fate for fate in fates]
    return fates


def _comparison(profile: Profile, rows: list[dict[str, Any]]) -> str:
    total = f"{number(profile.rows)} {'row' if profile.rows == 1 else 'rows'} are staged."
    if not profile.compared_with:
        return (
            f"{total} There is no comparison: no profile of an earlier batch could be read, so nothing is called new."
        )
    differing = sum(1 for row in rows if row["differences"])
    plural = "es" if len(profile.compared_with) > 1 else ""
    batches = ", ".join(map(str, profile.compared_with))
    vanished = "" if profile.reads_everything else " It holds changes only, so no value is said to have vanished."
    return f"{total} {differing} of {len(rows)} columns differ from batch{plural} {batches}.{vanished}"


def _column_row(profile: Profile, column: ColumnProfile) -> dict[str, Any]:
    unit = f" {column.unit}" if column.unit else ""
    row = _shared(profile, column)
    row |= {"type": column.type, "sensitive": column.sensitive, "top": column.top, "different": column.different}
    row |= {"new": column.new, "vanished": column.vanished, "remark": _remark(column)}
    if column.range:
        row["range"] = _range(column.range, unit)
        row["seen"] = _range(column.seen, unit) if column.seen and column.seen != column.range else None
    elif column.lengths:
        least, most = column.lengths
        row["range"] = f"{number(most)} characters" if least == most else f"{least} to {number(most)} characters"
    row["top"] = [(value or "(empty text)", rows) for value, rows in column.top]
    return row


def _geometry_row(profile: Profile, geometry: GeometryProfile) -> dict[str, Any]:
    row = _shared(profile, geometry)
    row["type"] = f"{geometry.type}, EPSG:{geometry.srid}"
    if geometry.extent:
        x0, y0, x1, y1 = geometry.extent
        row["range"] = f"x {x0:.4f} to {x1:.4f}, y {y0:.4f} to {y1:.4f}"
    return row


def _shared(profile: Profile, column: ColumnProfile | GeometryProfile) -> dict[str, Any]:
    earlier = ", ".join(percent(share) for share in column.earlier_nulls)
    row: dict[str, Any] = dict.fromkeys(("range", "seen", "top", "different", "new", "vanished", "remark"))
    row |= {"name": column.name, "filled": column.values > 0, "sensitive": False, "earlier_nulls": earlier}
    return {**row, "nulls": _nulls(profile.rows, column.values), "differences": column.differences}


def _nulls(rows: int, values: int) -> str:
    if values == rows:
        return "none"
    return "all" if not values else f"{number(rows - values)} ({percent((rows - values) / rows)})"


def _range(bounds: Range, unit: str) -> str:
    least, most = map(show, bounds)
    return f"{least}{unit}" if least == most else f"{least} to {most}{unit}"


def _remark(column: ColumnProfile) -> str | None:
    if column.sensitive:
        return "values are not shown"
    if column.category is False and column.values:
        return f"names, numbers or more than {MOST_CATEGORIES} different values: not counted"
    return None
