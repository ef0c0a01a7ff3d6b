"""The sandbox API's filter expressions."""

from __future__ import annotations

import pytest

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.filters import parse_filter
from sandbox.enverus_api.schema import Kind

VALUES = {
    Kind.INTEGER: [1, 2, 3, None],
    Kind.NUMBER: [1.5, 2.5, 10.0, None],
    Kind.BOOLEAN: [True, False, None, "true"],
    Kind.TEXT: ["a", "b", "Cox Operating, L.L.C.", "", "NULL"],
    Kind.TIMESTAMP: [
        "2024-10-07T23:59:59",
        "2024-10-08T00:00:00",
        "2024-10-08T13:45:12",
        "2024-10-09T00:00:00",
        "NULL",
    ],
}


def matches(expression: str, kind: Kind) -> list[object]:
    predicate = parse_filter(expression, kind)
    return [value for value in VALUES[kind] if predicate(value)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2", [2]),
        ("eq(2)", [2]),
        ("gt(1)", [2, 3]),
        ("ge(2)", [2, 3]),
        ("lt(2)", [1]),
        ("le(2)", [1, 2]),
        ("btw(2,3)", [2, 3]),
        ("in(1,3,7)", [1, 3]),
        ("null", [None]),
        ("not(null)", [1, 2, 3]),
        ("GT(2)", [3]),
    ],
)
def test_integers(expression: str, expected: list[object]) -> None:
    assert matches(expression, Kind.INTEGER) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("true", [True]), ("eq(FALSE)", [False]), ("null", [None]), ("not(null)", [True, False, "true"])],
)
def test_booleans(expression: str, expected: list[object]) -> None:
    assert matches(expression, Kind.BOOLEAN) == expected


def test_numbers_compare_by_value_not_by_digits() -> None:
    assert matches("gt(2.5)", Kind.NUMBER) == [10.0]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"Cox Operating\, L.L.C.", ["Cox Operating, L.L.C."]),
        ("Cox Operating, L.L.C.", ["Cox Operating, L.L.C."]),
        (r"eq(Cox Operating\, L.L.C.)", ["Cox Operating, L.L.C."]),
        (r"in(a,Cox Operating\, L.L.C.)", ["a", "Cox Operating, L.L.C."]),
        ("null", ["NULL"]),
        ("not(null)", ["a", "b", "Cox Operating, L.L.C.", ""]),
        ("NULL", ["NULL"]),
        ("A", []),
    ],
)
def test_text(expression: str, expected: list[object]) -> None:
    assert matches(expression, Kind.TEXT) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("gt(2024-10-08)", ["2024-10-09T00:00:00"]),
        ("ge(2024-10-08)", ["2024-10-08T00:00:00", "2024-10-08T13:45:12", "2024-10-09T00:00:00"]),
        ("gt(2024-10-08T13:00:00)", ["2024-10-09T00:00:00"]),
        ("le(2024-10-08)", ["2024-10-07T23:59:59", "2024-10-08T00:00:00", "2024-10-08T13:45:12"]),
        ("2024-10-08", ["2024-10-08T00:00:00", "2024-10-08T13:45:12"]),
        ("btw(2024-10-07,2024-10-07)", ["2024-10-07T23:59:59"]),
        ("null", ["NULL"]),
        ("not(null)", VALUES[Kind.TIMESTAMP][:-1]),
    ],
)
def test_dates_compare_at_date_grain(expression: str, expected: list[object]) -> None:
    assert matches(expression, Kind.TIMESTAMP) == expected


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("gt(5", Kind.INTEGER),
        ("gt()", Kind.INTEGER),
        ("gt(1,2)", Kind.INTEGER),
        ("btw(1)", Kind.INTEGER),
        ("btw(1,2,3)", Kind.INTEGER),
        ("like(1)", Kind.INTEGER),
        ("not(1)", Kind.INTEGER),
        ("five", Kind.INTEGER),
        ("1.5", Kind.INTEGER),
        ("1_000", Kind.INTEGER),
        ("nan", Kind.NUMBER),
        ("inf", Kind.NUMBER),
        ("gt(10/08/2024)", Kind.TIMESTAMP),
        ("2024-02-30", Kind.TIMESTAMP),
        ("eq(Cox Operating, L.L.C.)", Kind.TEXT),
    ],
)
def test_bad_expressions_are_refused(expression: str, kind: Kind) -> None:
    with pytest.raises(ApiError) as refusal:
        parse_filter(expression, kind)
    assert refusal.value.status == 400


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.NUMBER, Kind.TEXT, Kind.TIMESTAMP])
@pytest.mark.parametrize("oddity", ["?", 7, 1.5, True, [], {}, None, "NULL"])
def test_no_value_of_any_type_breaks_a_comparison(kind: Kind, oddity: object) -> None:
    operand = "2024-01-01" if kind is Kind.TIMESTAMP else "5"
    for function in ("eq", "gt", "ge", "lt", "le", "in"):
        assert parse_filter(f"{function}({operand})", kind)(oddity) in {True, False}
