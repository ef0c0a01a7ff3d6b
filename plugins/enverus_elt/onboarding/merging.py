"""A resolved schema into a catalog file: what is new and what changed, and nothing that somebody wrote by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from enverus_elt.catalog import Column, Dataset, Geometry
from enverus_elt.onboarding.catalog_text import (
    COLUMN_FIELDS,
    GEOMETRY_FIELDS,
    dump,
    one_line_entry,
    one_line_list,
    parse,
    scalar,
    set_value,
)
from enverus_elt.onboarding.resolve import Resolved, Wanted

BELOW_GEOMETRY = ("indexes", "partition", "relationships", "columns")
# What a workbook's DATETIME may be in the catalog: SQL Server has but one type for it.
NARROWER = {"timestamp": ("timestamptz", "date")}


class Change(NamedTuple):
    """One thing that the file says otherwise than before."""

    column: str
    what: str
    before: str | None
    after: str

    def __str__(self) -> str:
        said = f"{self.column}: {self.what}: {self.after}"
        return said if self.before is None else f"{said}, was {self.before}"


class Merged(NamedTuple):
    """The file's new text, what changed in it, and what was left as it is although the workbook says otherwise."""

    text: str
    changes: list[Change]
    notes: list[str]


def merge_schema(text: str, known: Dataset | None, resolved: Resolved, workbook: str | None) -> Merged:
    """Merge into a catalog file's text; ``known`` is the dataset it describes, None for a new one's skeleton.

    A file that changes says since when, and which ``workbook`` it is from.
    """
    document, changes, notes = parse(text), list[Change](), list[str]()
    columns = [wanted for wanted in resolved.wanted if isinstance(wanted.column, Column)]
    shapes = [wanted for wanted in resolved.wanted if isinstance(wanted.column, Geometry)]
    for wanted in resolved.wanted:
        if wanted.known is not None:
            changes += _update(_entry(document, wanted.known), wanted, notes)
    changes += _insert(document["columns"], columns)
    if any(wanted.known is None for wanted in shapes):
        changes += _insert(_geometry_list(document), shapes)
    changes += _steer(document, known, resolved)
    if changes:
        _sign(document, workbook)
    notes += _unmentioned(known, resolved)
    return Merged(dump(document) if changes else text, changes, notes)


def _entry(document: Any, known: Column | Geometry) -> CommentedMap:
    entries = document["columns" if isinstance(known, Column) else "geometry"]
    found: CommentedMap = next(entry for entry in entries if entry["name"] == known.name)
    return found


def _update(entry: CommentedMap, wanted: Wanted, notes: list[str]) -> list[Change]:
    """Change what the workbook knows better: types, lengths, required values; add what nobody has written yet."""
    known, column = wanted.known, wanted.column
    changes: list[Change] = []
    for name, after in _differences(known, column):
        before = getattr(known, name)
        changes.append(Change(column.name, name, None if before is None else _spelled(before), _spelled(after)))
        set_value(entry, name, after, COLUMN_FIELDS if isinstance(known, Column) else GEOMETRY_FIELDS)
    units = [c.unit for c in (known, column) if isinstance(c, Column) and c.unit]
    if len(set(units)) > 1:
        notes.append(f"{column.name}: unit {units[0]} stays, the workbook says {units[1]}")
    return changes


def _differences(known: Column | Geometry | None, column: Column | Geometry) -> Iterator[tuple[str, Any]]:
    """The fields that are to have another value, with it."""
    if isinstance(known, Column) and isinstance(column, Column):
        if column.type != known.type and known.type not in NARROWER.get(column.type, ()):
            yield "type", column.type
        if column.unit and not known.unit:
            yield "unit", column.unit
    if isinstance(known, Geometry) and isinstance(column, Geometry):
        yield from ((n, getattr(column, n)) for n in ("type", "z", "srid") if getattr(column, n) != getattr(known, n))
    if known is not None and known.nullable and not column.nullable:
        yield "nullable", False
    if known is not None and column.description and not known.description:
        yield "description", column.description


def _insert(entries: CommentedSeq, wanted: list[Wanted]) -> list[Change]:
    """Put each new column behind the one that precedes it in the workbook."""
    place, changes = 0, []
    if not any(w.known is None for w in wanted):
        return []
    first = next((w for w in wanted if w.known is not None), None)
    place = _place(entries, first) if first else 0
    for w in wanted:
        if w.known is not None:
            place = _place(entries, w) + 1
            continue
        entries.insert(place, one_line_entry(w.column))
        place += 1
        changes.append(Change(w.column.name, "new", None, _spelled(w.column.type)))
    return changes


def _place(entries: CommentedSeq, wanted: Wanted) -> int:
    return next(place for place, entry in enumerate(entries) if entry["name"] == wanted.column.name)


def _geometry_list(document: Any) -> CommentedSeq:
    """The list of geometries; a file without one gets it above its indexes, relationships or columns."""
    if "geometry" not in document:
        _put_above(document, BELOW_GEOMETRY, "geometry", CommentedSeq())
    listed: CommentedSeq = document["geometry"]
    return listed


def _sign(document: Any, workbook: str | None) -> None:
    """Say in ``onboarding`` when the schema was imported; who has reviewed it, and when, is that person's to say."""
    if "onboarding" not in document:
        entry = CommentedMap()
        entry.fa.set_flow_style()
        _put_above(document, ("geometry", *BELOW_GEOMETRY), "onboarding", entry)
    order = ("imported", "workbook", "reviewed", "reviewed_by")
    set_value(document["onboarding"], "imported", datetime.now(UTC).date(), order)
    if workbook is not None:
        set_value(document["onboarding"], "workbook", workbook, order)


def _put_above(document: Any, others: tuple[str, ...], name: str, value: Any) -> None:
    """Insert a field above the first one of ``others``, with a blank line between them.

    The blank line that is there belongs to the field above or to the one below, as the YAML library sees it.
    """
    following = next(field for field in document if field in others)
    has_blank_line = bool((document.ca.items.get(following) or (None, None))[1])
    document.insert(list(document).index(following), name, value)
    document.yaml_set_comment_before_after_key(name if has_blank_line else following, before="\n")


def _steer(document: Any, known: Dataset | None, resolved: Resolved) -> list[Change]:
    """Key, cursor and delete time of a new file; the key alone of a known one."""
    load, changes = document["load"], []
    before = known.load.key if known else None
    if before != resolved.key:
        said = None if before is None else _spelled(before)
        changes.append(Change("load", "key", said, _spelled(resolved.key)))
        set_value(load, "key", "", ("mode", "history", "key"))
        load["key"] = one_line_list(resolved.key)
    if known is None:
        order = ("mode", "history", "key", "cursor", "deleted")
        set_value(load, "cursor", scalar(resolved.cursor), order)
        if resolved.deleted:
            set_value(load, "deleted", scalar(resolved.deleted), order)
    return changes


def _unmentioned(known: Dataset | None, resolved: Resolved) -> list[str]:
    if known is None:
        return []
    mentioned = {wanted.column.name for wanted in resolved.wanted}
    missing = [c for c in known.all_columns if c.source and c.name not in mentioned]
    notes = [f"{column.name}: the workbook has no field {column.source}; the column stays" for column in missing]
    renamed = ((w.known, w.field.name) for w in resolved.wanted if w.known and w.field.name)
    notes += (f"{known.name}: the name stays, not {name}" for known, name in renamed if known.name != name)
    return notes


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
