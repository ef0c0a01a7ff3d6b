"""What is made of many rows at once is what the csv module makes of each: stored hashes cover it."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enverus_elt.steps.csv_lines import csv_lines

LETTERS = st.text(st.sampled_from('ab,"\n\r\\ntfe-019.[]{}: é\x01\x7f\u2028'), max_size=8)
WORDS = st.sampled_from(
    ["", "null", "true", ",null", "e1", "1e5", "0.00001", "a,b", "Smith, J. e-3", '5" casing', "\r"]
)
NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-1e-3, 1e-3)
    | st.floats(1e14, 1e18)
    | st.integers(-(2**66), 2**66)
)
VALUES = st.none() | st.booleans() | NUMBERS | WORDS | LETTERS


def by_csv(row: list[Any]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow(row)
    return file.getvalue()[:-2]


@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=9)))
def test_lines_are_those_of_the_csv_module(rows: list[list[Any]]) -> None:
    assert csv_lines(rows) == [by_csv(row) for row in rows]


@pytest.mark.parametrize(
    "value",
    [1e-4, 9.999e-5, 1e-5, 1.5e-7, 5e-324, 1e15, 1e16, 123456789012345680.0, 1.7976931348623157e308, -0.0, 0.1 + 0.2],
)
def test_a_number_is_spelt_as_python_spells_it(value: float) -> None:
    assert csv_lines([[value, "x"], [-value, "e5, 0.00001"]]) == [f"{value!r},x", f'{-value!r},"e5, 0.00001"']


def test_a_lone_surrogate_is_left_to_the_csv_module() -> None:
    assert csv_lines([["\ud800", 1], ["a", 2]]) == ["\ud800,1", "a,2"]
