"""Importing what takes seconds, in the process of one task."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def large_import() -> Iterator[None]:
    """Import without looking for garbage meanwhile or among it later: what modules make stays until the process ends.

    Great Expectations is there in four fifths of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
