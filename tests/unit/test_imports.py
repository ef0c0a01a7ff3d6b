"""A task that imports what takes seconds looks for garbage as before when it is done, whatever comes of it."""

import gc
import logging
from collections.abc import Iterator

import pytest

from enverus_elt.operators.imports import large_import


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_nothing_is_collected_meanwhile_and_everything_afterwards() -> None:
    with large_import("a_package"):
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_an_import_that_fails_leaves_collection_on() -> None:
    with pytest.raises(ImportError), large_import("a_package"):
        raise ImportError
    assert gc.isenabled()


def test_only_warnings_of_the_package_are_logged() -> None:
    with large_import("a_package"):
        assert not logging.getLogger("a_package.inside").isEnabledFor(logging.INFO)
        assert logging.getLogger("a_package.inside").isEnabledFor(logging.WARNING)
