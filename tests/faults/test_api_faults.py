"""Whatever the API does to a load: it is ridden out, or the run ends with nothing changed and can be run again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from enverus_elt.errors import EltError, TransientError
from enverus_elt.sources import http
from enverus_elt.sources.http import EnverusSession
from tests.faults.api_cases import LASTING, PAGES_LOST, PASSING, TOMORROW, Fault, status
from tests.faults.api_moves import MOVES, SNAPSHOT_MOVES, between_pages, number_of
from tests.faults.api_scene import (
    HEADERS,
    LABEL,
    LABEL_COLUMN,
    LEASES,
    Scene,
    changes,
    key_of,
    open_scene,
    published,
    row,
)
from tests.faults.api_truth import BASE, core
from tests.services.site import Site

DAY = 86_400


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(http, "TOKEN_PAUSE", 0.01)


@contextmanager
def patience_for(faults: list[Fault]) -> Iterator[None]:
    """Two tries of a second each where the API takes its time."""
    with pytest.MonkeyPatch.context() as patch:
        if any(fault["fault"] in {"slow", "trickle"} for fault in faults):
            patch.setattr(http, "ATTEMPTS", 2)
            patch.setattr(http, "DEADLINE", 1.0)
            patch.setattr(http, "TIMEOUT", httpx.Timeout(connect=10, read=1, write=30, pool=10))
        yield


def test_a_passing_fault_is_ridden_out(site: Site, subtests: pytest.Subtests) -> None:
    scene = open_scene(site, HEADERS)
    for name, faults in PASSING.items():
        with subtests.test(name), patience_for(faults):
            run_id = scene.change()
            scene.disturb(*faults)
            scene.load(run_id)
            assert scene.all_struck()
            scene.is_true()
        scene.calm()


def test_a_lasting_fault_changes_nothing_and_the_run_can_be_run_again(site: Site, subtests: pytest.Subtests) -> None:
    scene = open_scene(site, HEADERS)
    for name, lasting in LASTING.items():
        with subtests.test(name):
            outlast(scene, *lasting)
        scene.calm()


def test_a_snapshot_deletes_nothing_for_a_page_that_did_not_come(site: Site, subtests: pytest.Subtests) -> None:
    scene = open_scene(site, LEASES)
    for name in PAGES_LOST:
        with subtests.test(name):
            outlast(scene, *LASTING[name])
        scene.calm()


def test_a_page_that_changed_before_it_was_repeated_is_still_the_same_page(site: Site) -> None:
    scene = open_scene(site, LEASES)
    run_id = scene.change()
    scene.disturb(*LASTING["a page skipped and another repeated"][0])
    # The third page that comes is the one that is asked for again.
    with between_pages(lambda passed: scene.touch(number_of(passed), datetime.now(UTC)), after=3) as moved:
        scene.fails(run_id, TransientError)
    assert moved
    assert scene.all_struck()
    scene.calm()
    scene.load(run_id)
    scene.is_true()


def outlast(scene: Scene, faults: list[Fault], kind: type[EltError], words: str) -> None:
    """Fail for the faults, then load without them: as if they had never been."""
    run_id = scene.change()
    scene.disturb(*faults)
    with patience_for(faults):
        scene.fails(run_id, kind, words or None)
    assert scene.all_struck()
    scene.calm()
    scene.load(run_id)
    scene.is_true()


def test_an_answer_cut_off_inside_a_row_is_not_taken_for_the_end(site: Site) -> None:
    scene = open_scene(site, HEADERS)
    run_id = scene.change()
    site.change(HEADERS, raw=[b'{"WellID": 900000050, "WellName": "cut o'])
    scene.fails(run_id, TransientError, "is not JSON")
    site.change(HEADERS, *published(HEADERS), *changes(HEADERS, 1), clear=True)
    scene.load(run_id)
    scene.is_true()


def test_a_source_whose_clock_is_off_is_not_read(site: Site, subtests: pytest.Subtests) -> None:
    scene = open_scene(site, HEADERS)
    for off in (DAY, -DAY, 3_600, -3_600):
        with subtests.test(f"{off:+,} seconds"):
            run_id = scene.change()
            site.clock(off)
            scene.fails(run_id, TransientError, "the source's clock says")
            assert site.value("SELECT count(*) FROM ops.load_batches") == len(scene.runs)
            scene.calm()
            scene.load(run_id)
            scene.is_true()


@pytest.mark.parametrize("off", [600, -600])
def test_a_source_whose_clock_is_a_little_off_loses_nothing_when_it_is_put_right(site: Site, off: int) -> None:
    site.clock(off)
    scene = open_scene(site, HEADERS)
    scene.load(scene.change())
    moment = datetime.now(UTC) + timedelta(seconds=off)
    scene.touch(2, moment)
    scene.load("by a wrong clock")
    site.clock(0)
    scene.touch(3, moment)
    scene.load("by the right clock")
    scene.is_true(has_settled=False)


def test_the_server_says_how_long_to_wait(
    site: Site, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_PAUSE", 120)
    key = json.loads(site.env["AIRFLOW_CONN_ENVERUS"])["password"]
    for name, asked, least, most in (
        ("seconds", "7", 7, 7),
        ("a date", TOMORROW, 120, 120),
        ("a date in the past", "Sun, 06 Nov 1994 08:49:37 GMT", 0, 0),
        ("nonsense", "soon", 0.5, 1),
    ):
        with subtests.test(name):
            pauses = list[float]()
            site.control("POST", "faults", [status(429, 1, {"Retry-After": asked}, path=LEASES)])
            with EnverusSession(f"{site.api}/{BASE}/", key, pause=pauses.append) as session:
                session.send("GET", LEASES, {"pagesize": 1})
            (pause,) = pauses
            assert least <= pause <= most
        site.control("DELETE", "faults")


@pytest.mark.parametrize(("dataset", "moves"), [(HEADERS, tuple(MOVES)), (LEASES, SNAPSHOT_MOVES)])
def test_rows_that_move_while_they_are_paged_are_in_core_after_the_next_load(
    site: Site, subtests: pytest.Subtests, dataset: str, moves: tuple[str, ...]
) -> None:
    scene = open_scene(site, dataset)
    for number, name in enumerate(moves, start=1):
        move, is_refused = MOVES[name]
        with subtests.test(name):
            scene.today()
            with between_pages(lambda passed: move(scene, passed)) as moved:  # noqa: B023 - called within the block
                if is_refused:
                    scene.fails(f"{number} moved", TransientError, "delivered")
                else:
                    scene.load(f"{number} moved")
                    scene.owes_nothing_it_would_not_ask_for()
            assert moved
            scene.load(f"{number} moved" if is_refused else f"{number} still")
            scene.is_true(has_settled=False)


@pytest.mark.parametrize("dataset", [HEADERS, LEASES])
def test_rows_that_come_twice_are_loaded_once_in_their_newest_form(site: Site, dataset: str) -> None:
    scene = open_scene(site, dataset)
    run_id = scene.change()
    top, new = 101, 500
    same = row(dataset, top, "2025-03-02T12:00:00")
    twice = [
        same,  # on one page
        row(dataset, 1, "2025-03-02T01:30:00", **{LABEL[dataset]: "1 as of 2025-03-02"}),  # across pages
        {**same, LABEL[dataset]: "the last of equally new forms"},
        row(dataset, 4, "2025-03-01T00:00:00", **{LABEL[dataset]: "an older form"}),
        row(dataset, 7, "2025-03-02T23:00:00", **{LABEL[dataset]: "a newer form"}),
        *([row(dataset, new, "2025-03-02T03:00:00")] * 3),
    ]
    site.change(dataset, raw=[json.dumps(values).encode() for values in twice])
    outcome = scene.load(run_id)
    scene.is_true()
    key = scene.dataset.load.key[0]
    labels = {row[key]: row[LABEL_COLUMN[dataset]] for row in core(site, scene.dataset).values()}
    assert [labels[key_of(number)] for number in (top, 1, 4, 7)] == [
        "the last of equally new forms",
        "1 as of 2025-03-02",
        "4 as of 2025-03-02",
        "a newer form",
    ]
    assert key_of(new) in labels
    assert outcome.duplicate >= 7
    assert scene.load("again").changed == 0
