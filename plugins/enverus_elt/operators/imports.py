"""Importing what takes seconds, in the process of one task."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def large_import(package: str) -> Iterator[None]:
    """Import a package without looking for garbage meanwhile, or among what it made later: modules stay to the end.

    Great Expectations is there in four fifths of the time. Of what it does on the way only warnings are logged, for
    its hundreds of lines would hide those that tell of the batch.
    """
    logging.getLogger(package).setLevel(logging.WARNING)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
