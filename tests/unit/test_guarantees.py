"""The guarantees' table names tests that exist, and guards whose removal is a test of its own."""

import re
from collections import Counter
from pathlib import Path

import pytest

from enverus_elt.paths import ROOT
from tests.guards.removals import REMOVALS, Removal

TABLE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith("| what ")]
NAMED = re.findall(r"`(tests/[\w/.]+\.py)::(\w+)", TABLE)


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.guard)
def test_what_takes_a_guard_out_still_fits_the_code(removal: Removal) -> None:
    assert (ROOT / removal.path).read_text(encoding="utf-8").count(removal.old) == 1
    assert removal.old != removal.new
    assert _exists(*removal.test.partition("[")[0].split("::"))


def test_guards_have_names_of_their_own() -> None:
    assert [name for name, times in Counter(removal.guard for removal in REMOVALS).items() if times > 1] == []


def test_every_guard_stands_in_the_table() -> None:
    assert [removal.guard for removal in REMOVALS if f"*{removal.guard}*" not in TABLE] == []


def test_every_guard_that_the_table_names_can_be_taken_out() -> None:
    named = {name for row in ROWS for name in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", row)}
    assert named - {removal.guard for removal in REMOVALS} == set()


def test_every_test_that_the_table_names_exists() -> None:
    assert len(NAMED) > 40
    assert [f"{path}::{name}" for path, name in NAMED if not _exists(path, name)] == []


def test_every_row_names_a_test() -> None:
    assert [row for row in ROWS if "`tests/" not in row and "`…" not in row] == []


def _exists(path: str, name: str) -> bool:
    file = ROOT / Path(path)
    return file.is_file() and f"def {name}(" in file.read_text(encoding="utf-8")
