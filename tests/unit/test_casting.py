"""Patterns that clear a value without trying it: whatever one clears, PostgreSQL must take."""

import math
import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enverus_elt.catalog import Dataset, load_catalog
from enverus_elt.steps.casting import PATTERNS, CastableCheck, castable_checks, staged_types

INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
FLOATS = {"real": (1.2e-38, 3.4e38), "double precision": (2.3e-308, 1.7e308)}
TIMES = ("date", "timestamp", "timestamptz")

# What PostgreSQL refuses for the type, however close it looks to a value.
REFUSED = {
    **{
        name: ["", " ", "-", "+", "--1", "1.5", "1.0", "1e3", "0x1F", "1_000", "1,000", "True", "NaN", "1\n2", "½"]
        for name in INTEGERS
    },
    **{
        name: ["", "-", ".", "-.", "1.2.3", "1,5", "1e", "12 ft", "True", "1_0", "0x", "1e999", "1.5\n2"]
        for name in FLOATS
    },
    **{
        name: [
            *("", "soon", "2024-1", "0000-01-01", "2024-01-01T", "2024-01-01\nx"),
            *("2024-02-30", "2023-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32"),
            *("2024-01-01T25:00:00", "2024-01-01T10:60:00", "2024-01-01T10:00:61"),
        ]
        for name in TIMES
    },
}
LIMITS = {
    "smallint": ["32768", "-32769", "99999"],
    "integer": ["2147483648", "-2147483649", "9999999999"],
    "bigint": ["9223372036854775808", "-9223372036854775809", "9" * 19],
    "real": ["1" + "0" * 39, "0." + "0" * 50 + "1"],
    "double precision": ["1" + "0" * 309, "0." + "0" * 330 + "1"],
}
# Everyday values, which must not pay for the slow attempt.
CLEARED = {
    "smallint": ["0", "-1", "31", "9999"],
    "integer": ["0", "-1", "007", "999999999"],
    "bigint": ["0", "-1", "608174123456", "9" * 18],
    **{name: ["0", "0.0", "-97.5", "12345.678", "007.50"] for name in FLOATS},
    **{name: ["2024-05-02", "2024-02-28", "1999-12-01T00:00:00", "2024-05-02T23:59:59"] for name in TIMES},
}


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(type_, value) for type_, values in table.items() for value in values]


def clears(type_: str, value: str) -> bool:
    """As the server's ``~`` does: there ``$`` is the end of the text, not the end before a last newline."""
    return re.search(PATTERNS[type_].removesuffix("$") + r"\Z", value) is not None


@pytest.mark.parametrize(("type_", "value"), pairs(REFUSED) + pairs(LIMITS))
def test_what_postgresql_refuses_is_never_cleared(type_: str, value: str) -> None:
    assert not clears(type_, value)


@pytest.mark.parametrize(("type_", "value"), pairs(CLEARED))
def test_an_everyday_value_is_cleared_without_trying(type_: str, value: str) -> None:
    assert clears(type_, value)


@pytest.mark.parametrize("type_", INTEGERS)
@given(data=st.data())
def test_whatever_clears_as_an_integer_is_within_its_limits(type_: str, data: st.DataObject) -> None:
    value = int(data.draw(st.from_regex(ascii_pattern(type_), fullmatch=True)))
    assert -INTEGERS[type_] <= value < INTEGERS[type_]


@pytest.mark.parametrize("type_", FLOATS)
@given(data=st.data())
def test_whatever_clears_as_a_float_neither_overflows_nor_underflows(type_: str, data: st.DataObject) -> None:
    smallest, largest = FLOATS[type_]
    value = float(data.draw(st.from_regex(ascii_pattern(type_), fullmatch=True)))
    assert math.isfinite(value)
    assert value == 0 or smallest <= abs(value) <= largest


@pytest.mark.parametrize("type_", TIMES)
@given(data=st.data())
def test_whatever_clears_as_a_time_is_one(type_: str, data: st.DataObject) -> None:
    value = data.draw(st.from_regex(ascii_pattern(type_), fullmatch=True))
    assert datetime.fromisoformat(value).year >= 1000


def ascii_pattern(type_: str) -> re.Pattern[str]:
    return re.compile(PATTERNS[type_].removesuffix("$") + r"\Z", re.ASCII)


# Which columns are looked at


def test_every_column_that_can_refuse_a_value_is_checked(leases: Dataset) -> None:
    assert castable_checks(leases) == [
        CastableCheck("extra", "jsonb", None, None),
        CastableCheck("lease_id", "bigint", None, PATTERNS["bigint"]),
        CastableCheck("acres", "double precision", None, PATTERNS["double precision"]),
        CastableCheck("county", "varchar(32)", 32, None),
        CastableCheck("country", "varchar(2)", 2, None),
        CastableCheck("federal", "boolean", None, PATTERNS["boolean"]),
        CastableCheck("updated_date", "timestamptz", None, PATTERNS["timestamptz"]),
        CastableCheck("deleted_date", "timestamptz", None, PATTERNS["timestamptz"]),
        CastableCheck("geom_poly", "geometry(Geometry,4326)", None, None),
    ]


@pytest.mark.parametrize("dataset", list(load_catalog()), ids=lambda dataset: dataset.id)
def test_every_shipped_column_has_a_staged_type_and_a_check(dataset: Dataset) -> None:
    types = staged_types(dataset)
    assert types.keys() == {"row_no", "row_hash", "extra", *dataset.field_columns.values()}
    checked = {check.column for check in castable_checks(dataset)}
    assert types.keys() - checked == {"row_no", "row_hash"} | {c.name for c in dataset.columns if c.type == "text"}


@pytest.mark.parametrize("dataset", list(load_catalog()), ids=lambda dataset: dataset.id)
def test_no_shipped_number_or_time_pays_for_the_slow_attempt(dataset: Dataset) -> None:
    slow = {check.type for check in castable_checks(dataset) if check.pattern is None and check.length is None}
    assert slow <= {"jsonb", "geometry(Geometry,4326)", "geometry(GeometryZ,4326)"}
