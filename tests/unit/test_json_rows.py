"""A page's bytes: plain where no value needs a look, careful where one does, asked for again where it is no page."""

import json
import math

import pytest

from enverus_elt.errors import TransientError
from enverus_elt.sources import json_rows
from enverus_elt.sources.json_rows import AmbiguousRow, decode_rows, decode_slices


def decode(text: str | bytes, content_type: str = "application/json") -> tuple[list[object], bool]:
    page = decode_rows(text if isinstance(text, bytes) else text.encode(), content_type, "wells")
    return page.rows, page.plain  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("[]", []),
        ("[{}]", [{}]),
        (
            '[{"a": 1, "b": "x", "c": null, "d": true, "e": 1.5}]',
            [{"a": 1, "b": "x", "c": None, "d": True, "e": 1.5}],
        ),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('[{"a": "\\n\\u00e9"}]', [{"a": "\né"}]),
        ('[{"a": 9223372036854775807}]', [{"a": 9223372036854775807}]),
    ],
)
def test_rows_of_single_values_are_plain(body: str, rows: list[object]) -> None:
    assert decode(body) == (rows, True)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ('[{"a": "{"}]', [{"a": "{"}]),
        ('[{"a": "["}]', [{"a": "["}]),
        ('[{"a": "}]"}, {"a": "{}[]"}]', [{"a": "}]"}, {"a": "{}[]"}]),
    ],
)
def test_a_brace_inside_a_string_is_not_plain_but_read_right(body: str, rows: list[object]) -> None:
    assert decode(body) == (rows, False)


@pytest.mark.parametrize(
    "body",
    [
        '[{"a": {"b": 1}}]',
        '[{"a": [1]}]',
        "[1]",
        "[null]",
        "[[]]",
        '[{"a": "\\u0000"}]',
        '["{", {"a": 1}]',
        '["{"]',
    ],
)
def test_rows_that_no_csv_can_carry_are_never_plain(body: str) -> None:
    assert decode(body)[1] is False


@pytest.mark.parametrize(("word", "same"), [("NaN", math.isnan), ("Infinity", math.isinf), ("-Infinity", math.isinf)])
def test_a_number_that_is_none_is_read_but_not_plain(word: str, same: object) -> None:
    rows, plain = decode(f'[{{"a": {word}}}, {{"a": 1}}]')
    assert same(rows[0]["a"])  # type: ignore[operator,index]
    assert rows[1] == {"a": 1}
    assert not plain


def test_a_lone_surrogate_is_read_but_not_plain() -> None:
    assert decode('[{"a": "\\ud800"}, {"a": "x"}]') == ([{"a": "\ud800"}, {"a": "x"}], False)


@pytest.mark.parametrize(
    "body",
    ['[{"a": 1}, {"a"', '[{"a": 1}', "", "[", b"\x1f\x8b\x08"],
    ids=["in a row", "after a row", "empty", "one bracket", "still zipped"],
)
def test_a_page_that_was_cut_off_is_asked_for_again(body: str | bytes) -> None:
    with pytest.raises(TransientError, match=r"^wells: a page of \d+ bytes \(application/json\) is not JSON"):
        decode(body)


def test_html_with_status_200_is_asked_for_again_and_its_type_named() -> None:
    with pytest.raises(TransientError, match=r"\(text/html\) is not JSON"):
        decode("<html><body>Service busy</body></html>", "text/html; charset=utf-8")


def test_a_page_without_a_type_is_said_to_have_none() -> None:
    with pytest.raises(TransientError, match="an answer without a type"):
        decode("<html>", "")


@pytest.mark.parametrize(
    ("body", "kind"), [("{}", "dict"), ('"text"', "str"), ("null", "NoneType"), ("1", "int"), ("NaN", "float")]
)
def test_json_that_is_no_array_is_asked_for_again(body: str, kind: str) -> None:
    with pytest.raises(TransientError, match=f"^wells: a page is a JSON {kind}, not an array"):
        decode(body)


def test_bytes_that_are_not_utf8_are_read_as_what_no_text_may_have() -> None:
    assert decode(b'[{"a": "\xff"}, {"a": "x"}]') == ([{"a": "\udcff"}, {"a": "x"}], False)


def test_a_field_that_is_there_twice_is_not_settled_silently() -> None:
    (row, other), plain = decode('[{"a": 1, "b": 2, "a": 3}, {"a": 1}]')
    assert isinstance(row, AmbiguousRow)
    assert (row.field, row.pairs, other, plain) == ("a", [("a", 1), ("b", 2), ("a", 3)], {"a": 1}, False)


@pytest.mark.parametrize("twice", ['{"a": 1, "a": 1.0}', '{"a": 1, "a": true}', '{"a": null, "a": 0}'])
def test_values_that_only_python_takes_for_equal_are_different(twice: str) -> None:
    ((row,), _) = decode(f"[{twice}]")
    assert isinstance(row, AmbiguousRow)


def test_a_field_that_is_there_twice_with_one_value_is_that_value() -> None:
    assert decode('[{"a": "x", "a": "x"}]') == ([{"a": "x"}], False)


@pytest.mark.parametrize("body", ['[{"a\\"": 1}]', '[{"a": "b\\": c"}]', '[{"a": "\\":"}]', '[{"a" : 1}]'])
def test_quotes_and_colons_in_texts_do_not_look_like_fields(body: str) -> None:
    assert decode(body)[0] == json.loads(body)


def test_an_integer_that_is_too_long_to_read_does_not_stop_the_page() -> None:
    (row,), _ = decode('[{"a": ' + "1" * 5000 + ', "b": NaN}]')
    assert row["a"] == float("inf")


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "SLICE", 10)


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize(
    ("body", "slices"),
    [
        ("[]", [[]]),
        ('[{"a":1}]', [[{"a": 1}]]),
        ('[{"a":1},{"a":2},{"a":3}]', [[{"a": 1}, {"a": 2}], [{"a": 3}]]),
        ('[{"a":1}, {"a":2}, {"a":3}]', [[{"a": 1}, {"a": 2}, {"a": 3}]]),
        ('[{"a":"looks },{ like two"},{"a":2}]', [[{"a": "looks },{ like two"}, {"a": 2}]]),
        ('[{"a":12345678,"b":[{"c":1},{"c":2}]},{"a":2}]', [[{"a": 12345678, "b": [{"c": 1}, {"c": 2}]}, {"a": 2}]]),
        ('[{"a":1234},{"a":2},{"a":"NaN},{"},{"a":3}]', [[{"a": 1234}], [{"a": 2}, {"a": "NaN},{"}, {"a": 3}]]),
    ],
)
def test_a_page_is_cut_between_rows_and_nowhere_else(body: str, slices: list[list[object]]) -> None:
    assert [page.rows for page in decode_slices(body.encode(), "application/json", "wells")] == slices


@pytest.mark.usefixtures("small_slices")
def test_only_a_slice_with_an_odd_value_is_not_plain() -> None:
    pages = decode_slices(b'[{"a":12345},{"a":NaN},{"a":34567},{"a":4567890123},{"a":1}]', "application/json", "wells")
    assert [page.plain for page in pages] == [True, False, True, True]


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize(
    "body", ['[{"a":1234},{"a":2},{"a":', '{"data":[{"a":1234},{"a":2},{"a":3}]}', '[{"a":1234},{"a":2}]x']
)
def test_a_page_that_is_wrong_behind_its_first_slice_is_asked_for_again(body: str) -> None:
    with pytest.raises(TransientError):
        list(decode_slices(body.encode(), "application/json", "wells"))
