"""The project's own expectations, and how a suite's file becomes expectations that can be evaluated.

Importing this package imports Great Expectations, which takes seconds: the validate step and the check of the
suites do so, parsing a DAG does not.
"""

import logging
import os

# Must be settled before Great Expectations is imported: no word leaves the machine.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import geoalchemy2  # noqa: F401 - teaches SQLAlchemy the type geometry; without it every column check fails

# A module registers its expectations by being imported.
from enverus_elt.expectations import column_types, geometries, places, records  # noqa: F401
from enverus_elt.expectations.counting import count_only
from enverus_elt.expectations.suite import build

# What Great Expectations logs of a failed statement quotes the statement and its values; the step says what matters.
logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
count_only()

__all__ = ["build"]
