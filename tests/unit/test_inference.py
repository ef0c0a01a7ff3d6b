"""Types of columns that came as text: found over the whole file, never guessed where a guess would lose something."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enverus_elt.formats.inference import Inferred, Narrowing, Obstacle, typed

STAMP, ZONED = pa.timestamp("us"), pa.timestamp("us", "UTC")


def inferred(*values: str, per_batch: int = 2) -> Inferred:
    narrowing = Narrowing(1)
    for start in range(0, len(values), per_batch):
        narrowing.look(pa.RecordBatch.from_arrays([pa.array(values[start : start + per_batch])], names=["0"]))
    (found,) = narrowing.found()
    return found


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "-2", "0"), pa.int64()),
        (("1", " 2", "3\t", ""), pa.int64()),
        (("999999999999999999",), pa.int64()),
        (("9999999999999999999",), pa.string()),  # more digits than it holds: an identifier
        (("1", "2.5"), pa.float64()),
        (("1.", ".5", "-0.5", "1e5", "1.5E-3", "-0"), pa.float64()),
        (("1234567890123456", "0.5"), pa.string()),  # a double would round the first
        (("1e999", "1"), pa.string()),
        (("007", "123"), pa.string()),
        (("0.5", "00.5"), pa.string()),
        (("+1", "2"), pa.string()),
        (("1,5", "2,5"), pa.string()),
        (("1_000",), pa.string()),
        (("0x1A",), pa.string()),
        (("nan", "1"), pa.string()),
        (("inf",), pa.string()),
        (("true", "FALSE", "True"), pa.bool_()),
        (("true", "1"), pa.string()),
        (("Y", "N"), pa.string()),
        (("2024-02-29", "1999-12-31"), pa.date32()),
        (("2024-02-29", "2023-02-29"), pa.string()),
        (("0000-00-00",), pa.string()),
        (("1/2/2024",), pa.string()),
        (("20240102",), pa.int64()),
        (("2024-01-02T03:04", "2024-01-02 03:04:05.123456"), STAMP),
        (("2024-01-02", "2024-01-02 03:04"), pa.string()),
        (("2024-01-02T03:04:05.1234567",), pa.string()),  # more than microseconds
        (("2024-01-02T25:00",), pa.string()),
        (("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+05:30", "2024-01-02 03:04-0600"), ZONED),
        (("2024-01-02T03:04:05Z", "2024-01-02T03:04:05"), pa.string()),
        (("1", "NA"), pa.string()),
        (("", " "), pa.string()),
        (("１２",), pa.string()),  # digits, but not ASCII's  # noqa: RUF001
    ],
)
def test_types(values: tuple[str, ...], kind: pa.DataType) -> None:
    assert inferred(*values).type == kind
    assert inferred(*values, per_batch=1).type == kind


def test_the_value_that_made_a_column_text_is_remembered() -> None:
    found = inferred("1", "2", "", "2.5", "*****", "x")
    assert found == Inferred(pa.string(), 1, Obstacle(6, "*****", "number"))


def test_a_date_that_is_none_is_found_in_its_row() -> None:
    dates = [f"2024-01-{day:02}" for day in range(1, 32)] + ["2024-02-30", "2024-03-01"]
    assert inferred(*dates, per_batch=50).obstacle == Obstacle(33, "2024-02-30", "date")


def test_the_last_row_counts_as_much_as_the_first() -> None:
    assert inferred(*["1"] * 1000, "01", per_batch=100) == Inferred(pa.string(), 0, Obstacle(1002, "01", "integer"))


def test_what_is_blank_is_empty_in_typed_columns_only() -> None:
    values = pa.array(["1", " ", "", " 3 "])
    assert typed(values, pa.int64()).to_pylist() == [1, None, None, 3]
    assert typed(values, pa.string()).to_pylist() == ["1", " ", None, " 3 "]


@given(st.lists(st.integers(-(10**17), 10**17) | st.none(), min_size=1))
def test_whole_numbers_come_back_as_they_were(numbers: list[int | None]) -> None:
    text = ["" if number is None else str(number) for number in numbers]
    kind = inferred(*text).type
    assert kind == (pa.string() if set(numbers) == {None} else pa.int64())
    assert typed(pa.array(text), kind).to_pylist() == numbers


@given(st.lists(st.floats(-1e14, 1e14).filter(lambda number: number == 0 or abs(number) > 1e-90), min_size=1))
def test_numbers_come_back_as_they_were(numbers: list[float]) -> None:
    text = [repr(number) for number in numbers]
    assert inferred(*text).type == pa.float64()
    assert typed(pa.array(text), pa.float64()).to_pylist() == numbers


@given(st.lists(st.dates(date(1000, 1, 1)), min_size=1))
def test_dates_come_back_as_they_were(dates: list[date]) -> None:
    text = [day.isoformat() for day in dates]
    assert inferred(*text).type == pa.date32()
    assert typed(pa.array(text), pa.date32()).to_pylist() == dates


@given(st.lists(st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)), min_size=1))  # noqa: DTZ001
def test_times_come_back_as_they_were(times: list[datetime]) -> None:
    text = [time.isoformat() for time in times]
    assert inferred(*text).type == ZONED
    assert typed(pa.array(text), ZONED).to_pylist() == times


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6), min_size=1))
def test_no_text_is_ever_lost(values: list[str]) -> None:
    """Whatever type is found, every value that is not blank becomes a value."""
    found = inferred(*values, per_batch=3)
    made = typed(pa.array(values), found.type)
    assert [bool(value.strip(" \t")) for value in values if value.strip(" \t")] == [
        value is not None for value, text in zip(made.to_pylist(), values, strict=True) if text.strip(" \t")
    ]
