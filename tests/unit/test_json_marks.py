"""The marks of a page are those that plain counting finds, wherever a block ends."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enverus_elt.sources import json_marks
from enverus_elt.sources.json_marks import Marks, count_marks

PIECES = ['{"', '":', '\\":', '" :', '"\t:', "[", "{", "}", "\\", "a", ":", "7" * 10, "7" * 19, "7" * 20, "x7"]


def by_counting(text: str) -> Marks:
    return Marks(
        braces=text.count("{"),
        brackets=text.count("["),
        names=text.count('":') - text.count('\\":'),
        backslashes="\\" in text,
        blanks_before_a_colon=bool(re.search(r"[ \t\n\r]:", text)),
        long_numbers=bool(re.search(r"[0-9]{20}", text)),
    )


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64, json_marks.BLOCK])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=12))
def test_marks_are_those_that_counting_finds(block: int, pieces: list[str]) -> None:
    text = "[{" + "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_marks, "BLOCK", block)
        assert count_marks(text.encode()) == by_counting(text)


def test_an_empty_body_has_no_marks() -> None:
    assert count_marks(b"") == Marks()
