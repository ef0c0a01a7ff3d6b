"""Keyset paging over a table of the sandbox API, and changes to its rows."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.enverus_api.errors import ApiError
from sandbox.enverus_api.paging import format_cursor, just_above, next_page_url, parse_cursor
from sandbox.enverus_api.query import parse_query
from sandbox.enverus_api.schema import Field, Key, Schema
from sandbox.enverus_api.tables import Table

SCHEMA = Schema(
    "pairs",
    ("A", "B"),
    (Field("A", "BIGINT"), Field("B", "BIGINT"), Field("Name", "TEXT"), Field("Depth", "REAL")),
)
KEYS: list[Key] = [(1, 1), (1, 2), (1, 10), (2, 1), (10, 3)]


@pytest.fixture
def table() -> Table:
    return Table(SCHEMA, ("A", "B", "Name"), {key: (*key, f"{key}") for key in KEYS})


def walk(table: Table, *parameters: tuple[str, str]) -> list[list[Key]]:
    """All pages' keys, following the cursors as a client does."""
    pages: list[list[Key]] = []
    asked = list(parameters)
    while keys := (query := parse_query(table.schema, asked)).page(table):
        pages.append(keys)
        url = next_page_url("pairs", asked, format_cursor(SCHEMA.key, keys[-1]), query.pagesize)
        asked = parse_qsl(urlsplit(url).query)
    return pages


@pytest.mark.parametrize("pagesize", [1, 2, 3, 4, 5, 6])
def test_pages_hold_every_row_once_in_descending_order(table: Table, pagesize: int) -> None:
    pages = walk(table, ("pagesize", f"{pagesize}"))
    assert [key for page in pages for key in page] == sorted(KEYS, reverse=True)
    assert all(len(page) == pagesize for page in pages[:-1])


def test_the_next_link_keeps_the_filters(table: Table) -> None:
    assert walk(table, ("a", "1"), ("b", "gt(1)"), ("pagesize", "1")) == [[(1, 10)], [(1, 2)]]


def test_missing_values_are_spelled_by_type(table: Table) -> None:
    row = table.row((1, 2))
    assert row == {"A": 1, "B": 2, "Name": "(1, 2)", "Depth": None}
    table.upsert({"A": 9, "B": 9})
    assert table.row((9, 9)) == {"A": 9, "B": 9, "Name": "NULL", "Depth": None}


def test_cursors_round_trip() -> None:
    assert parse_cursor(("WellID",), "WellID < 840600005436298") == (840600005436298,)
    assert parse_cursor(("A", "B"), format_cursor(("A", "B"), (1, -2))) == (1, -2)


NAMED = Schema("named", ("Name", "B"), (Field("Name", "TEXT"), Field("B", "BIGINT"), Field("Dry", "BOOLEAN")))
NAMED_KEYS: list[Key] = [("a", 2), ("a", 10), ("b,c", 1), ("o'neil", 1), ("(x) < 'y", 1), ("17", 1), ("", 1)]


@pytest.mark.parametrize("pagesize", [1, 3])
def test_pages_of_text_keys_hold_every_row_once(pagesize: int) -> None:
    named = Table(NAMED, ("Name", "B"), {key: key for key in NAMED_KEYS})
    pages, asked = [], [("pagesize", f"{pagesize}")]
    while keys := (query := parse_query(NAMED, asked)).page(named):
        pages.append(keys)
        url = next_page_url("named", asked, format_cursor(NAMED.key, keys[-1]), query.pagesize)
        asked = parse_qsl(urlsplit(url).query)
    assert [key for page in pages for key in page] == sorted(NAMED_KEYS, reverse=True)


@pytest.mark.parametrize("key", NAMED_KEYS)
def test_a_page_that_is_repeated_begins_with_the_same_text_key(key: Key) -> None:
    named = Table(NAMED, ("Name", "B"), {key: key for key in NAMED_KEYS})
    assert next(named.keys_below(just_above(key))) == key
    assert just_above(("a",)) > ("a",)


def test_rows_with_text_keys_can_be_changed() -> None:
    named = Table(NAMED, ("Name", "B"), {("a", 2): ("a", 2)})
    named.upsert({"Name": "a", "B": 2, "Dry": True})
    named.upsert({"Name": "aa", "B": 1})
    assert named.row(("a", 2)) == {"Name": "a", "B": 2, "Dry": True}
    assert named.row(("aa", 1)) == {"Name": "aa", "B": 1, "Dry": None}
    assert parse_query(NAMED, [("dry", "true")]).page(named) == [("a", 2)]
    assert named.delete({"Name": "aa", "B": 1})


@pytest.mark.parametrize("cursor", ["(Name,B) < (17,1)", "(Name,B) < ('a','b')", "(Name,B) < ('a)", "(Name,B) < (a,1)"])
def test_cursors_with_values_of_another_kind_are_refused(cursor: str) -> None:
    with pytest.raises(ApiError):
        parse_query(NAMED, [("next_page", cursor)])


@pytest.mark.parametrize("cursor", ["", "A < 1", "(A,B) < (1)", "(B,A) < (1,2)", "(A,B) < (1,x)", "(A,B) > (1,2)"])
def test_foreign_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(ApiError):
        parse_cursor(("A", "B"), cursor)


@pytest.mark.parametrize("parameter", [("pagesize", "0"), ("pagesize", "-1"), ("pagesize", "x"), ("fields", "A,Nope")])
def test_bad_parameters_are_refused(parameter: tuple[str, str]) -> None:
    with pytest.raises(ApiError):
        parse_query(SCHEMA, [parameter])


def test_page_sizes_default_and_are_clipped() -> None:
    assert parse_query(SCHEMA, []).pagesize == 1_000
    assert parse_query(SCHEMA, [("PageSize", "5000000")]).pagesize == 100_000


@pytest.mark.parametrize("name", ["Nope", "geom"])
def test_a_filter_on_a_column_that_cannot_be_filtered_matches_nothing(table: Table, name: str) -> None:
    table.add_fields([Field("Geom", "TEXT", geometry=True)])
    query = parse_query(table.schema, [(name, "not(null)")])
    assert query.page(table) == []
    assert query.count(table) == 0


def test_changes_show_and_reset_undoes_them(table: Table) -> None:
    table.upsert({"A": 1, "B": 2, "Name": {"not": "text"}, "Unheard": 1})
    table.upsert({"A": 5, "B": 5, "Depth": "deep"})
    assert table.delete({"A": 10, "B": 3})
    assert not table.delete({"A": 10, "B": 3})
    assert list(table.keys_below(None)) == [(5, 5), (2, 1), (1, 10), (1, 2), (1, 1)]
    assert table.row((1, 2)) == {"A": 1, "B": 2, "Name": {"not": "text"}, "Depth": None, "Unheard": 1}
    assert parse_query(SCHEMA, [("depth", "gt(1)")]).page(table) == []
    table.upsert({"A": 10, "B": 3})
    assert len(table) == 6
    table.reset()
    assert list(table.keys_below(None)) == sorted(KEYS, reverse=True)
    assert table.row((1, 2)) == {"A": 1, "B": 2, "Name": "(1, 2)", "Depth": None}


def test_the_schema_can_drift(table: Table) -> None:
    table.add_fields([Field("New", "TEXT"), Field("Newer", "REAL")])
    row = table.row((1, 1))
    assert row is not None
    assert (row["New"], row["Newer"]) == ("NULL", None)
    table.reset()
    assert "New" not in (table.row((1, 1)) or {})
