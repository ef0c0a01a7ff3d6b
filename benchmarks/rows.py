"""Makes up rows for a dataset of the catalog, in the database: the same rows for the same numbers, types and checks.

A third of what may be missing is. Texts repeat as they do in the field: operators, counties, formations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.place import Place
from enverus_elt.catalog import Column, Dataset, Geometry

TIME = 'YYYY-MM-DD"T"HH24:MI:SS'
MISSING_OF_TEN = 3
DISTINCT = (40, 300, 5_000)  # texts of one column, by its place among the columns
PLACES = {"longitude": (-124.0, 56.0), "latitude": (25.0, 23.0)}  # from where, and how far


@dataclass(frozen=True)
class Rows:
    """``count`` rows, every ``step``-th of all from ``first`` on.

    Each ``newer``-th of them is as ``version`` has it, which means other values and a newer time, the others are as at
    first; none where ``newer`` is 0.
    """

    count: int
    first: int = 1
    step: int = 1
    version: int = 0
    newer: int = 1

    @property
    def series(self) -> str:
        """Their numbers."""
        return f"generate_series({self.first}::bigint, {self.first - 1 + self.count * self.step}, {self.step}) AS g"

    @property
    def version_of_row(self) -> str:
        """The version of row g, in SQL."""
        if self.newer <= 1:
            return str(self.version * self.newer)
        return f"(CASE WHEN g / {self.step} % {self.newer} = 0 THEN {self.version} ELSE 0 END)"


def write(place: Place, dataset: Dataset, path: Path, rows: Rows) -> Path:
    """A CSV with the dataset's columns."""
    query = f"COPY ({_select(dataset, rows, dataset.field_columns)}) TO STDOUT (FORMAT csv, HEADER)"
    with (
        psycopg.connect(place.superuser()) as conn,
        path.open("wb") as file,
        conn.cursor().copy(query.encode()) as copy,
    ):
        for chunk in copy:
            file.write(chunk)
    return path


def write_pages(place: Place, dataset: Dataset, folder: Path, count: int, page_size: int) -> Path:
    """The same rows as the API's JSON, with the vendor's names: a file a page, in order."""
    folder.mkdir()
    names = {field: field for field in dataset.fields}
    with psycopg.connect(place.superuser()) as conn:
        for number, first in enumerate(range(1, count + 1, page_size)):
            page = Rows(min(page_size, count - first + 1), first)
            query = f"SELECT row_to_json(page)::text FROM ({_select(dataset, page, names)}) AS page"
            lines = (row[0] for row in conn.execute(query.encode()))
            (folder / f"{number:04}.json").write_text(f"[{','.join(lines)}]")
    return folder


def _select(dataset: Dataset, rows: Rows, names: Mapping[str, str]) -> str:
    """``names``: what each of the source's fields is called."""
    version = rows.version_of_row
    values = {c.source: _expression(dataset, index, c, version) for index, c in enumerate(dataset.columns)}
    values |= {shape.source: _shape(shape, version) for shape in dataset.geometry if shape.source}
    selected = ", ".join(f'{values[field]} AS "{name}"' for field, name in names.items())
    return f"SELECT {selected} FROM {rows.series}"


def _expression(dataset: Dataset, index: int, column: Column, version: str) -> str:
    later = f"timestamp '2026-01-01' + {version} * interval '1 day'"
    if column.name in dataset.load.key:
        return "g"
    if column.name == dataset.load.cursor:
        return f"to_char({later} + g % 86400 * interval '1 second', '{TIME}')"
    if column.name == dataset.load.deleted:
        return f"CASE WHEN g % 500 = 0 THEN to_char({later}, '{TIME}') END"
    if column.name in PLACES:
        return _coordinate(column.name, version)
    value = _value(column, _chance(index, version), index)
    there = f"{_chance(index + 500, '0')} % 10 >= {MISSING_OF_TEN}"
    return f"CASE WHEN {there} THEN {value} END" if column.nullable else value


def _value(column: Column, chance: str, index: int) -> str:
    length = int(column.type.partition("(")[2].rstrip(")") or 100) if column.is_text else 0
    if column.values:
        listed = ", ".join(f"'{value}'" for value in column.values)
        return f"(ARRAY[{listed}])[1 + {chance} % {len(column.values)}]"
    if column.pattern:
        return f"(1950 + {chance} % 75)::text" if length == 4 else f"lpad(g::text, {min(length, 14)}, '0')"
    if column.is_text:
        return f"left('{column.name} ' || {chance} % {DISTINCT[index % 3]}, {length})"
    if column.is_time:
        return f"to_char(date '2000-01-01' + {chance} % 9000, '{TIME}')"
    if column.is_numeric:
        low = column.minimum if column.minimum is not None else 0
        high = column.maximum if column.maximum is not None else 20_000
        whole = column.type in ("smallint", "integer", "bigint")
        number = f"{low} + {chance} % 100000 * ({high} - {low}) / 100000.0"
        return f"({number})::bigint" if whole else f"round(({number})::numeric, 2)"
    return f"{chance} % 2 = 0"


def _chance(index: int, version: str) -> str:
    return f"(hashint8(g * 1009 + {index * 7919} + {version} * 104729) & 2147483647)"


def _coordinate(name: str, version: str) -> str:
    start, length = PLACES[name]
    return f"round(({start} + {_chance(len(name), version)} % 1000000 * {length} / 1000000.0)::numeric, 6)"


def _shape(shape: Geometry, version: str) -> str:
    """The surface location; other shapes are missing."""
    if shape.coordinates is None or shape.coordinates.longitude != "longitude":
        return "NULL"
    longitude, latitude = (_coordinate(name, version) for name in PLACES)
    return f"'POINT(' || {longitude} || ' ' || {latitude} || ')'"
