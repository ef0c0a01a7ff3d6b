"""Whatever a value is: its row is loaded as it came or set aside with the reason, and no other row suffers for it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.values_cases import ALONE, FUTURE, GROUPS, KEYS, NUMBERS, ODD_JSON, ODD_TIMES
from tests.faults.values_dataset import FIRST_KEY, ORDINARY, Value, open_kinds
from tests.services.site import Site

MEGABYTES = 50 * 2**20


@pytest.mark.parametrize("group", GROUPS)
def test_odd_values_are_loaded_as_they_came_or_set_aside_each_for_its_reason(site: Site, group: str) -> None:
    kinds = open_kinds(site)
    kinds.serve(GROUPS[group])
    kinds.load("first")
    assert kinds.surprises("first") == {}
    assert kinds.unseen("first") == {}
    found = kinds.verdicts("first")
    again = kinds.load("again")
    assert again.changed == 0
    assert kinds.verdicts("again") == found


def test_one_odd_value_among_plain_ones_is_noticed(site: Site, subtests: pytest.Subtests) -> None:
    kinds = open_kinds(site)
    for name, value in ALONE.items():
        with subtests.test(name):
            kinds.serve({name: value})
            kinds.load(name)
            assert kinds.surprises(name) == {}
            assert kinds.unseen(name) == {}


def test_a_value_is_the_same_whatever_else_is_on_its_page(site: Site) -> None:
    kinds = open_kinds(site)
    plain = {**NUMBERS, **ODD_TIMES, **KEYS}
    kinds.serve(plain)
    kinds.load("plain")
    found = kinds.verdicts("plain")
    kinds.serve({**plain, "odd": ODD_JSON["an object in a scalar"]})
    outcome = kinds.load("beside an odd one")
    assert outcome.changed == 0
    assert {name: verdict for name, verdict in kinds.verdicts("beside an odd one").items() if name != "odd"} == found


def test_a_row_that_is_no_row_is_set_aside(site: Site) -> None:
    rows = [b"5", b'"text"', b"null", b"true", b"NaN", b"[]", b'[{"LeaseID": 1}]']
    kinds = open_kinds(site)
    kinds.serve({}, [*rows, b"{}"])
    kinds.load("run")
    *entries, empty = site.rows("SELECT column_name, reason, raw FROM ops.quarantine ORDER BY row_no > 0, abs(row_no)")
    assert (empty["column_name"], empty["reason"]) == ("lease_id", "the key is missing")
    for row, entry in zip(rows, entries, strict=True):
        assert entry["reason"] == f"a row is a JSON {type(json.loads(row)).__name__}, not an object"
        assert entry["raw"].encode() == row


def test_a_value_of_50_megabytes_is_loaded_or_set_aside_like_any_other(site: Site) -> None:
    text = "0123456789abcdef" * (MEGABYTES // 16)
    quoted = json.dumps(text).encode()
    kinds = open_kinds(site)
    kinds.serve(
        {
            "long": Value(b'"Free": ' + quoted, ""),
            "too long": Value(b'"Short": ' + quoted, "quarantine: short: cannot be typed as varchar(8)"),
        }
    )
    kinds.load("run", stagings=1)
    (held,) = site.rows("SELECT octet_length(free) AS length, md5(free) FROM core.value_kinds WHERE label = 'long'")
    assert held == {"length": MEGABYTES, "md5": hashlib.md5(text.encode()).hexdigest()}
    (entry,) = site.rows("SELECT column_name, octet_length(raw ->> 'short') AS length FROM ops.quarantine")
    assert entry == {"column_name": "short", "length": MEGABYTES}


def test_a_row_from_the_future_waits_until_its_time_has_come(site: Site) -> None:
    kinds = open_kinds(site)
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    soon, later = now + timedelta(hours=12), now + timedelta(hours=36)
    moved = f"quarantine: updated_date: {FUTURE}"
    kinds.serve(
        {
            "soon": Value(f'"UpdatedDate": "{soon.isoformat()}"'.encode(), f"core: {soon}+00"),
            "later": Value(f'"UpdatedDate": "{later.isoformat()}"'.encode(), moved, later.isoformat()),
            "deleted later": Value(f'"DeletedDate": "{later.isoformat()}"'.encode(), moved, later.isoformat()),
        }
    )
    kinds.load("run")
    assert kinds.surprises("run") == {}
    assert kinds.unseen("run") == {}
    assert site.value("SELECT watermark FROM ops.extract_watermarks") == datetime(2024, 5, 1, tzinfo=UTC)
    # The source puts its clock right: what it says then is loaded although the time of the change lies back.
    right = b'"UpdatedDate": "2024-05-02T00:00:00"'
    kinds.serve({**kinds.values, "later": Value(right, "core: 2024-05-02 00:00:00+00")})
    kinds.load("corrected")
    assert kinds.surprises("corrected") == {}


def test_keys_that_come_twice_are_one_row_in_its_newest_form(site: Site) -> None:
    kinds = open_kinds(site)

    def form(key: int, day: int, whole: int | str) -> Value:
        return Value(f'"LeaseID": {key}, "UpdatedDate": "2024-05-{day:02d}", "Whole": {json.dumps(whole)}'.encode(), "")

    kinds.serve(
        {
            "the same": form(1_001, 1, 1),
            "the same again": form(1_001, 1, 1),
            "newer": form(1_002, 2, 2),
            "older": form(1_002, 1, 1),
            "first": form(1_003, 1, 1),
            "last": form(1_003, 1, 2),
            "good": form(1_004, 1, 1),
            "newer but bad": form(1_004, 2, "x"),
        }
    )
    outcome = kinds.load("run")
    assert (outcome.inserted, outcome.duplicate) == (ORDINARY + 4, 3)
    held = site.rows("SELECT label, whole FROM core.value_kinds WHERE lease_id BETWEEN 1001 AND 1004 ORDER BY lease_id")
    assert [(row["label"], row["whole"]) for row in held] == [
        ("the same again", 1),
        ("newer", 2),
        ("last", 2),
        ("good", 1),
    ]
    assert kinds.load("again").changed == 0
    assert FIRST_KEY > 1_004
