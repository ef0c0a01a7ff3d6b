"""What a catalog file alone tells a reviewer: names, units, descriptions, bounds, geometries, open decisions."""

import re
from collections.abc import Iterator

from enverus_elt.catalog import Column, Dataset, Geometry, Repair
from enverus_elt.catalog.names import column_name
from enverus_elt.onboarding.decisions import UNDECIDED
from enverus_elt.onboarding.qa.findings import Finding, Severity
from enverus_elt.onboarding.units import unit_of

# PostgreSQL's reserved words: whoever writes SQL by hand has to quote a column of that name.
RESERVED = re.compile(
    "all|analyse|analyze|and|any|array|as|asc|asymmetric|both|case|cast|check|collate|"
    "column|constraint|create|current_date|current_role|current_time|current_timestamp|"
    "current_user|default|deferrable|desc|distinct|do|else|end|except|false|fetch|for|"
    "foreign|from|grant|group|having|in|initially|intersect|into|lateral|leading|limit|"
    "localtime|localtimestamp|not|null|offset|on|only|or|order|placing|primary|references|"
    "returning|select|session_user|some|symmetric|table|then|to|trailing|true|union|unique|"
    "user|using|variadic|when|where|window|with"
)
PERSONAL = re.compile(r"(contact|phone|email|e_mail|grantor|grantee|landowner|lessor)")
COORDINATES = {"latitude", "longitude"}
IDENTIFIES = re.compile(r"(^|_)(id|number|code|index)$")
UNDECIDED_LINE = re.compile(rf"^\s*(?P<field>[a-z_]+):\s*(?P<value>.*?)\s*# {UNDECIDED}\s*$")


def review_catalog(dataset: Dataset, text: str) -> Iterator[Finding]:
    """Findings about the dataset and its file's ``text``."""
    yield from _undecided(dataset, text)
    for column in dataset.columns:
        yield from _name(column)
        yield from _unit(column)
        yield from _meaning(column, dataset)
    for geometry in dataset.geometry:
        yield from _geometry(geometry, dataset)
    for described in dataset.all_columns:
        if not (described.description or "").strip():
            yield Finding(Severity.WARNING, described.name, "no description", "say what it is, in the file or workbook")


def _undecided(dataset: Dataset, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        if match := UNDECIDED_LINE.match(line):
            what = f"{match['field']} is to be decided, and is {match['value']} until then"
            yield Finding(Severity.NOTE, f"{dataset.id}.yaml:{number}", what, "decide, and take the remark away")


def _name(column: Column) -> Iterator[Finding]:
    if RESERVED.fullmatch(column.name):
        what = "a reserved word of SQL: whoever queries it has to quote it"
        yield Finding(Severity.NOTE, column.name, what, "give it another name while there is no table")
    base = column_name(column.source)
    if re.fullmatch(rf"{re.escape(base)}_\d+", column.name):
        what = "a name that was only numbered, for another field has the same"
        yield Finding(Severity.WARNING, column.name, what, "give it a name that tells the two apart")
    if PERSONAL.search(column.name) and not column.sensitive:
        what = "may be about a person, and is not sensitive"
        yield Finding(Severity.NOTE, column.name, what, "say 'sensitive: true' if its values are not for everybody")


def _unit(column: Column) -> Iterator[Finding]:
    named = unit_of(column.source) if column.is_numeric else None
    if named is None or column.unit == named or (named == "DEG" and (column.unit or "").startswith(named)):
        return  # degrees may be those of a scale: DEGAPI
    if column.unit is None:
        what = f"no unit, but the vendor's name says {named}"
        yield Finding(Severity.WARNING, column.name, what, f"say 'unit: {named}'")
    else:
        what = f"the unit is {column.unit}, but the vendor's name says {named}"
        yield Finding(Severity.ERROR, column.name, what, "ask the vendor which it is, and correct the unit")


def _meaning(column: Column, dataset: Dataset) -> Iterator[Finding]:
    is_measured = column.is_numeric and column.name not in dataset.load.key and not IDENTIFIES.search(column.name)
    if is_measured and column.minimum is None and column.maximum is None:
        what = "a number without bounds: any value passes"
        yield Finding(Severity.NOTE, column.name, what, "say 'minimum' and 'maximum' where nature or law has them")


def _geometry(geometry: Geometry, dataset: Dataset) -> Iterator[Finding]:
    if geometry.extent is None:
        what = "a geometry without an extent: swapped coordinates pass"
        yield Finding(Severity.WARNING, geometry.name, what, "say 'extent: [west, south, east, north]'")
    if "Polygon" in geometry.type and geometry.repair is Repair.NONE:
        what = "an outline that crosses itself is stored as it is"
        yield Finding(Severity.NOTE, geometry.name, what, "say 'repair: make_valid' or 'repair: quarantine'")
    is_compared = geometry.coordinates or geometry.made_from
    if geometry.name == "geom_point" and not is_compared and dataset.by_name.keys() >= COORDINATES:
        what = "latitude and longitude are not held against the point"
        yield Finding(Severity.NOTE, geometry.name, what, "say 'coordinates: {latitude: …, longitude: …}'")
