"""`enverus …`: thin commands over the catalog, the warehouse's schema, the loads and what they left behind.

Exit codes: 0 done, 1 a check found something, 2 the command's words are wrong, 3 the work failed.
"""

from enverus_elt.cli import (
    catalog,
    drift,
    evidence,
    lake,
    loads,
    manifest,
    new,
    qa,
    quarantine,
    schema,
    tracker,
    warehouse,
)
from enverus_elt.cli.app import app

__all__ = [
    "app",
    "catalog",
    "drift",
    "evidence",
    "lake",
    "loads",
    "manifest",
    "new",
    "qa",
    "quarantine",
    "schema",
    "tracker",
    "warehouse",
]
