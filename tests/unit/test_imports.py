"""A task that imports what takes seconds looks for garbage as before when it is done, whatever comes of it."""

import gc
from collections.abc import Iterator

import pytest

from enverus_elt.operators.imports import large_import


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_nothing_is_collected_meanwhile_and_everything_afterwards() -> None:
    with large_import():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_an_import_that_fails_leaves_collection_on() -> None:
    with pytest.raises(ImportError), large_import():
        raise ImportError
    assert gc.isenabled()
