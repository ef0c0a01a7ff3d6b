"""JSON values to CSV lines: what PostgreSQL reads is what the source sent, and what no CSV can carry is set aside."""

import csv
import io
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enverus_elt.catalog import Dataset
from enverus_elt.sources.base import Page
from enverus_elt.steps.csv_rows import Reject, RowEncoder

Values = dict[str, str]
NO_TEXT = "text with a NUL character, a lone surrogate or bytes that are not UTF-8"
ROW = {"LeaseID": 7, "Acres": 12.5, "County": "Loving", "UpdatedDate": "2024-05-02T00:00:00Z"}
COLUMNS = (
    *("row_no", "row_hash", "extra", "lease_id", "acres", "county", "country", "federal", "remarks"),
    *("updated_date", "deleted_date", "geom_poly"),
)


def encode(dataset: Dataset, *rows: Any, plain: bool = False) -> tuple[list[Values], list[Reject]]:
    """The rows as a CSV reader finds them, by column, and the rejects."""
    encoder = RowEncoder(dataset)
    lines, rejects = encoder.encode(Page(list(rows), plain))
    return read(encoder, lines), rejects


def read(encoder: RowEncoder, lines: list[str]) -> list[Values]:
    return list(csv.DictReader(io.StringIO(encoder.header + "".join(lines), newline="")))


def one(dataset: Dataset, **fields: Any) -> Values:
    (values,), rejects = encode(dataset, ROW | fields)
    assert not rejects
    return values


def test_the_header_names_the_tables_columns_in_order(leases: Dataset) -> None:
    assert RowEncoder(leases).header == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("field", "column", "value", "written"),
    [
        ("County", "county", "NULL", ""),
        ("UpdatedDate", "updated_date", "NULL", ""),
        ("County", "county", None, ""),
        ("County", "county", "", ""),
        ("County", "county", "null", "null"),
        ("County", "county", "NULLARBOR", "NULLARBOR"),
        ("County", "county", " ", " "),
        ("County", "county", 'a, "b"', 'a, "b"'),
        ("Remarks", "remarks", "two\nlines", "two\nlines"),
        ("Remarks", "remarks", "two\r\nlines", "two\r\nlines"),
        ("Remarks", "remarks", "\\.", "\\."),
        ("Remarks", "remarks", "Peña 🛢", "Peña 🛢"),
        ("LeaseID", "lease_id", 7, "7"),
        ("LeaseID", "lease_id", 7.0, "7"),
        ("LeaseID", "lease_id", -0.0, "0"),
        ("LeaseID", "lease_id", 1e15, "1000000000000000"),
        ("LeaseID", "lease_id", 7.5, "7.5"),
        ("LeaseID", "lease_id", 9223372036854775807, "9223372036854775807"),
        ("LeaseID", "lease_id", 2**70, "1180591620717411303424"),
        ("LeaseID", "lease_id", "seven", "seven"),
        ("Acres", "acres", 0.1, "0.1"),
        ("Acres", "acres", 1e-07, "1e-07"),
        ("Acres", "acres", 12.0, "12.0"),
        ("Acres", "acres", 12, "12.0"),
        ("Acres", "acres", 2**60, str(2**60)),
        ("Acres", "acres", 12.5, "12.5"),
        ("Federal", "federal", True, "True"),
        ("Federal", "federal", False, "False"),
        ("Geom_Poly", "geom_poly", "POLYGON((0 0,1 0,1 1,0 0))", "POLYGON((0 0,1 0,1 1,0 0))"),
    ],
)
def test_a_value_is_written_so_that_its_column_can_read_it(
    leases: Dataset, field: str, column: str, value: Any, written: str
) -> None:
    assert one(leases, **{field: value})[column] == written


def test_a_missing_value_is_not_a_quoted_empty_text(leases: Dataset) -> None:
    lines, _ = RowEncoder(leases).encode(Page([{"LeaseID": 1, "County": "", "Remarks": "NULL"}], plain=True))
    assert lines[0].endswith(",,1,,,,,,,,\n")


def test_the_order_of_the_json_does_not_matter(leases: Dataset) -> None:
    forwards, _ = encode(leases, ROW)
    backwards, _ = encode(leases, dict(reversed(ROW.items())))
    assert forwards == backwards


def test_fields_that_are_missing_are_empty(leases: Dataset) -> None:
    (values,), _ = encode(leases, {"LeaseID": 7})
    assert [name for name in COLUMNS[3:] if values[name]] == ["lease_id"]


# Fields that the catalog does not know


def test_unknown_fields_go_to_extra_as_json(leases: Dataset) -> None:
    values = one(leases, NewField="a, b", Another=1.5, Empty=None)
    assert json.loads(values["extra"]) == {"NewField": "a, b", "Another": 1.5, "Empty": None}
    assert values["lease_id"] == "7"


def test_extra_is_empty_where_every_field_is_known(leases: Dataset) -> None:
    assert one(leases)["extra"] == ""


def test_extra_is_in_a_fixed_order(leases: Dataset) -> None:
    names = [f"New{number}" for number in (3, 1, 9, 7, 5, 2, 8, 6, 4)]
    assert list(json.loads(one(leases, **dict.fromkeys(names, 1))["extra"])) == sorted(names)


def test_unknown_fields_are_remembered_for_the_manifest(leases: Dataset) -> None:
    encoder = RowEncoder(leases)
    encoder.encode(Page([ROW, ROW | {"New": 1}, ROW | {"Newer": 2}], plain=True))
    assert encoder.unknown == {"New", "Newer"}


# The hash


def test_an_unknown_field_does_not_change_the_hash(leases: Dataset) -> None:
    assert one(leases, NewField=1)["row_hash"] == one(leases)["row_hash"]


def test_a_rows_place_does_not_change_its_hash(leases: Dataset) -> None:
    (first, second), _ = encode(leases, ROW, ROW)
    assert first["row_hash"] == second["row_hash"]


@pytest.mark.parametrize("index", range(9))
def test_every_known_value_changes_the_hash(leases: Dataset, index: int) -> None:
    assert len(leases.fields) == 9
    assert one(leases, **{leases.fields[index]: "2001-01-01"})["row_hash"] != one(leases)["row_hash"]


def test_values_that_move_to_another_column_change_the_hash(leases: Dataset) -> None:
    left = one(leases, County="a,b", Country="c")
    right = one(leases, County="a", Country="b,c")
    assert left["row_hash"] != right["row_hash"]


@pytest.mark.parametrize("missing", [None, "", "NULL"])
def test_all_forms_of_a_missing_value_have_one_hash(leases: Dataset, missing: str | None) -> None:
    assert one(leases, County=missing)["row_hash"] == encode(leases, without("County"))[0][0]["row_hash"]


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in ROW.items() if name != field}


def test_the_hash_stays_the_same_over_releases(leases: Dataset) -> None:
    # Another way of hashing would make every row of every table look changed.
    assert one(leases)["row_hash"] == "844fa9735bcba50efe595d1a0195ed57"


# Rejects

BAD = {
    "a nested object": (ROW | {"County": {"a": 1}}, "County", "a JSON dict where a single value belongs"),
    "a list": (ROW | {"Acres": [1, 2]}, "Acres", "a JSON list where a single value belongs"),
    "NUL": (
        ROW | {"Remarks": "a\x00b"},
        "Remarks",
        NO_TEXT,
    ),
    "a lone surrogate": (
        ROW | {"Remarks": "\ud800"},
        "Remarks",
        NO_TEXT,
    ),
    "null": (None, None, "a row is a JSON NoneType, not an object"),
    "a number": (5, None, "a row is a JSON int, not an object"),
    "an array": ([1], None, "a row is a JSON list, not an object"),
}


@pytest.mark.parametrize(("row", "column", "reason"), BAD.values(), ids=BAD.keys())
def test_a_row_that_no_csv_can_carry_is_rejected_with_field_and_reason(
    leases: Dataset, row: Any, column: str | None, reason: str
) -> None:
    values, rejects = encode(leases, row)
    assert values == []
    assert [(r.row_no, r.column, r.reason, r.raw) for r in rejects] == [(-1, column, reason, row)]


def test_rows_are_numbered_without_gaps_and_rejects_downwards_over_all_pages(leases: Dataset) -> None:
    encoder, numbers, rejected = RowEncoder(leases), list[str](), list[int]()
    for page in ([ROW, None, ROW], [None], [ROW]):
        lines, rejects = encoder.encode(Page(page, plain=False))  # type: ignore[arg-type]
        numbers += [values["row_no"] for values in read(encoder, lines)]
        rejected += [reject.row_no for reject in rejects]
    assert numbers == ["1", "2", "3"]
    assert rejected == [-1, -2]
    assert (encoder.rows, encoder.rejected) == (3, 2)


# Any text at all

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(texts=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5))
def test_a_csv_reader_reads_back_what_was_written(leases: Dataset, texts: list[tuple[str, str, str]]) -> None:
    rows = [{"LeaseID": 1, "County": county, "Remarks": remarks, "New": new} for county, remarks, new in texts]
    values, rejects = encode(leases, *rows)
    assert not rejects
    found = [(v["county"], v["remarks"], json.loads(v["extra"])["New"]) for v in values]
    assert found == [(missing_as_empty(a), missing_as_empty(b), c) for a, b, c in texts]


def missing_as_empty(text: str) -> str:
    return "" if text == "NULL" else text


@given(number=st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_reads_back_as_the_same_number(leases: Dataset, number: float) -> None:
    assert float(one(leases, Acres=number)["acres"]) == float(number)
    assert float(one(leases, LeaseID=number)["lease_id"]) == float(number)


def test_unknown_fields_that_only_json_itself_allows_are_kept(leases: Dataset) -> None:
    page = Page([{"LeaseID": 1, "big": 10**30}], plain=False)
    (line,), rejects = RowEncoder(leases).encode(page)
    assert rejects == []
    assert "1000000000000000000000000000000" in line


@pytest.mark.parametrize("name", ["z\ud800", "z\x00"])
def test_a_row_whose_field_has_a_name_that_is_no_text_is_set_aside(leases: Dataset, name: str) -> None:
    lines, (reject,) = RowEncoder(leases).encode(Page([{"LeaseID": 1, name: 1}], plain=False))
    assert (lines, reject.column) == ([], None)
    assert ascii(name) in reject.reason


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_set_aside(leases: Dataset, value: float) -> None:
    lines, (reject,) = RowEncoder(leases).encode(Page([{"LeaseID": 1, "Acres": value}], plain=False))
    assert (lines, reject.column) == ([], "Acres")


def test_a_field_that_the_catalog_does_not_know_may_hold_any_json(leases: Dataset) -> None:
    (values,), rejects = encode(leases, ROW | {"New": {"a": [1, "x"]}})
    assert (json.loads(values["extra"]), rejects) == ({"New": {"a": [1, "x"]}}, [])


@pytest.mark.parametrize(
    "value", ["", None, "2024-01-31", "2024-01-31T06:00:00", "2024-01-31 06:00:00.25", "2024-01-31T06:00Z"]
)
def test_a_time_is_taken_in_iso_form_or_not_at_all(leases: Dataset, value: str | None) -> None:
    assert one(leases, DeletedDate=value)["deleted_date"] == (value or "")


@pytest.mark.parametrize(
    "value", ["01/02/2018", "180101", "10000-01-01", "0044-03-15 BC", "2024-01-31T06:00:00 now", 5]
)
def test_a_time_that_postgresql_would_guess_is_rejected(leases: Dataset, value: object) -> None:
    _, (rejected,) = RowEncoder(leases).encode(Page([ROW | {"DeletedDate": value}], plain=True))
    assert rejected.column == "DeletedDate"
