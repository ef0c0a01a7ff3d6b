"""Whether a way has loaded what it says: nobody is compared with one that loaded nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg

from benchmarks.place import Place


@dataclass(frozen=True)
class Expected:
    """``rows``, and the type of some columns as PostgreSQL calls it; a geometry has to be there in each row."""

    rows: int
    types: Mapping[str, str] = field(default_factory=dict)


def check(place: Place, table: str, expected: Expected) -> None:
    """Raise SystemExit where the table is not as expected."""
    found = place.value(f"SELECT count(*) FROM {table}")
    if found != expected.rows:
        raise SystemExit(f"{table} has {found:,} rows, not {expected.rows:,}")
    with psycopg.connect(place.superuser()) as conn:
        query = "SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        types = dict(conn.execute(query, [table]).fetchall())
    if wrong := {name: types.get(name) for name, kind in expected.types.items() if types.get(name) != kind}:
        raise SystemExit(f"{table}: {wrong} where {dict(expected.types)} belong")
    for name, kind in expected.types.items():
        if kind == "geometry":
            placed = place.value(f'SELECT count(*) FROM {table} WHERE ST_SRID("{name}") = 4326')
            if placed != expected.rows:
                raise SystemExit(f"{table}: {placed:,} of {expected.rows:,} rows have a shape in {name}")
