"""What of a batch is called a difference, and what is left to chance."""

import pytest

from enverus_elt.steps.review.profile_history import Past, null_differences, percent, range_differences, show, widened
from enverus_elt.steps.review.profile_model import Bound, ColumnProfile, Range


def past(rows: int, values: int) -> list[Past]:
    return [Past(rows, ColumnProfile(name="a", type="text", values=values))]


@pytest.mark.parametrize(
    ("rows", "values", "before", "differs"),
    [
        (1000, 900, past(1000, 900), False),
        (1000, 800, past(1000, 900), True),
        (10, 8, past(1000, 900), False),  # of ten rows one more is chance
        (10_000, 8_900, past(10_000, 9_000), False),  # more than chance, too little to look at
        (10, 9, past(1000, 1000), True),  # there never was one before
        (10, 1, past(1000, 0), True),  # there always was one before
        (10, 0, past(1000, 0), False),
        (0, 0, past(1000, 0), False),
        (10, 5, past(0, 0), False),
        (10, 5, [], False),
    ],
)
def test_another_share_of_nulls_is_told_from_chance(rows: int, values: int, before: list[Past], differs: bool) -> None:
    assert bool(null_differences(values, rows, before)) is differs


@pytest.mark.parametrize(
    ("current", "seen", "differences"),
    [
        ((5, 95), (0, 100), []),
        ((0, 109), (0, 100), []),  # a little beyond is what a new batch brings
        ((0, 111), (0, 100), ["greatest 111, earlier never above 100"]),
        ((-1, 100), (0, 100), ["least -1, earlier never below 0"]),
        ((0, "NaN"), (0, 100), ["greatest NaN, earlier never above 100"]),
        (("-Infinity", 1), (0, 100), ["least -Infinity, earlier never below 0"]),
        (("2024-01-01", "2025-01-01"), ("2020-01-01", "2024-06-01"), []),
        (
            ("2024-01-01", "2052-01-01"),
            ("2020-01-01", "2024-06-01"),
            ["greatest 2052-01-01, earlier never above 2024-06-01"],
        ),
        (
            ("0044-03-15 BC", "2024-01-01"),
            ("2020-01-01", "2024-06-01"),
            ["least 0044-03-15 BC, earlier never below 2020-01-01"],
        ),
        (
            ("2024-01-01", "infinity"),
            ("2020-01-01", "2024-06-01"),
            ["greatest infinity, earlier never above 2024-06-01"],
        ),
        ((0, 1), None, []),
        (None, (0, 1), []),
    ],
)
def test_a_range_that_reaches_far_beyond_is_a_difference(
    current: Range | None, seen: Range | None, differences: list[str]
) -> None:
    assert range_differences(current, seen) == differences


def test_what_was_ever_seen_only_grows() -> None:
    assert widened((5, "NaN"), (0, 100)) == (0, "NaN")
    assert widened(("2024-02-01", "2024-03-01"), ("2024-02-02", "2024-12-01")) == ("2024-02-01", "2024-12-01")
    assert widened(None, (0, 1)) == widened((0, 1), None) == (0, 1)


@pytest.mark.parametrize(
    ("bound", "text"),
    [
        ("2024-01-01T00:00:00", "2024-01-01"),
        ("2024-01-01T12:30:00+00:00", "2024-01-01 12:30:00 UTC"),
        (1234567, "1,234,567"),
        (0.125, "0.125"),
        (12345678.5, "12,345,678"),
    ],
)
def test_bounds_read_as_people_write_them(bound: Bound, text: str) -> None:
    assert show(bound) == text


def test_a_share_that_is_not_none_never_reads_as_none() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.5, 1)] == ["0.0%", "<0.1%", "50.0%", "100.0%"]
