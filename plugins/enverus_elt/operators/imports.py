"""Importing what takes seconds, in the process of one task."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def large_import(package: str) -> Iterator[None]:
    """Import a package without looking for garbage meanwhile, or later among what it made: modules stay to the end.

    Great Expectations is there in four fifths of the time. It logs hundreds of lines on the way, behind which nobody
    would find those that tell of the batch, so only its warnings are kept; Airflow's ``namespace_levels`` reaches
    structlog's loggers alone, and this one is Python's.
    """
    logging.getLogger(package).setLevel(logging.WARNING)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
