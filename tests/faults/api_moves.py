"""What may happen to rows at the source between two of a load's pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from enverus_elt.sources.base import Page, Window
from enverus_elt.sources.enverus import EnverusSource
from tests.faults.api_scene import BRIEF, KEY, KEYS_APART, Scene, key_of

Move = Callable[[Scene, int], None]

BEHIND, AHEAD = 1_000, -1_000  # numbers of rows at both ends of the paging order, which is descending


@contextmanager
def between_pages(happen: Callable[[int], None], after: int = 1) -> Iterator[list[int]]:
    """Let something happen once, after so many pages of a load; told the least key of the page before."""
    pages, moved = EnverusSource.pages, list[int]()

    def interrupted(source: EnverusSource, window: Window) -> Iterator[Page]:
        for number, page in enumerate(pages(source, window), start=1):
            yield page
            if number == after and not moved:
                moved.append(min(row[key] for row in page.rows for key in KEY.values() if key in row))
                happen(moved[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EnverusSource, "pages", interrupted)
        yield moved


def turn(scene: Scene) -> int:
    return len(scene.runs)


def appear_behind(scene: Scene, _passed: int) -> None:
    scene.touch(BEHIND + turn(scene), scene.now())


def appear_ahead(scene: Scene, _passed: int) -> None:
    scene.touch(AHEAD - turn(scene), scene.now())


def change_when_passed(scene: Scene, passed: int) -> None:
    scene.touch(number_of(passed), scene.now())


def change_ahead(scene: Scene, _passed: int) -> None:
    scene.touch(0, scene.now())


def enter_the_window_behind(scene: Scene, passed: int) -> None:
    scene.touch(number_of(passed) + 1, scene.now())
    scene.touch(23, scene.now())


def delete_when_passed(scene: Scene, passed: int) -> None:
    scene.mark_deleted(number_of(passed), scene.now())


def delete_ahead(scene: Scene, _passed: int) -> None:
    scene.mark_deleted(1, scene.now())


def come_back_when_passed(scene: Scene, passed: int) -> None:
    scene.mark_deleted(number_of(passed), scene.now())
    scene.restore(number_of(passed), scene.now())


def all_change(scene: Scene, passed: int) -> None:
    """Those that are still to be read change last: their times are no measure of what has been read."""
    moment = scene.now()
    for number in range(14):
        scene.touch(number, moment if key_of(number) >= passed else moment + timedelta(seconds=1))


def move_from_ahead_to_behind(scene: Scene, passed: int) -> None:
    scene.remove(BRIEF - turn(scene))
    appear_behind(scene, passed)


def leave_ahead(scene: Scene, _passed: int) -> None:
    scene.remove(BRIEF - turn(scene))


def number_of(key: int) -> int:
    return (key - key_of(0)) // KEYS_APART


MOVES: dict[str, tuple[Move, bool]] = {  # and whether the load must notice that what it read is not whole
    "a row appears behind": (appear_behind, False),
    "a row appears ahead": (appear_ahead, False),
    "a row changes after it was read": (change_when_passed, False),
    "a row changes before it is read": (change_ahead, False),
    "rows come into the window behind": (enter_the_window_behind, False),
    "a row is deleted after it was read": (delete_when_passed, False),
    "a row is deleted before it is read": (delete_ahead, False),
    "a row is deleted and comes back": (come_back_when_passed, False),
    "every row of the window changes": (all_change, False),
    "a row leaves before it is read": (leave_ahead, False),
    "a row moves from ahead to behind": (move_from_ahead_to_behind, True),
}
# Of everything that is there, as a snapshot reads it, no row can come into the window.
SNAPSHOT_MOVES = (
    "a row appears behind",
    "a row is deleted after it was read",
    "a row leaves before it is read",
    "a row moves from ahead to behind",
)
