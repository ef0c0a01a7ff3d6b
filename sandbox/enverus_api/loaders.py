"""Which module maps which dataset; each is imported on first use, for one pulls in GeoPandas."""

from __future__ import annotations

from importlib import import_module

from sandbox.enverus_api.catalog import Loader
from sandbox.enverus_api.mapping.boreholes import BOREHOLES_FILE, LISTING_FILE
from sandbox.enverus_api.mapping.ogora import FIRST_FILE, HEADER_FILE, SECOND_FILE
from sandbox.enverus_api.mapping.source import LEASES_FILE, data_file
from sandbox.enverus_api.schema import Schema
from sandbox.enverus_api.tables import Table

DATA_FILES = (BOREHOLES_FILE, LISTING_FILE, FIRST_FILE, SECOND_FILE, HEADER_FILE, LEASES_FILE)
_MODULES = {
    "wells": "sandbox.enverus_api.mapping.wells",
    "well-headers": "sandbox.enverus_api.mapping.well_headers",
    "production": "sandbox.enverus_api.mapping.production",
    "landtrac-leases": "sandbox.enverus_api.mapping.leases",
    "wellbore-headers": "sandbox.enverus_api.mapping.wellbore_headers",
    "permits": "sandbox.enverus_api.mapping.permits",
    "rigs": "sandbox.enverus_api.mapping.rigs",
    "active-rigs": "sandbox.enverus_api.mapping.active_rigs",
    "full-directional-surveys": "sandbox.enverus_api.mapping.surveys",
    "drill-stem-tests": "sandbox.enverus_api.mapping.drill_stem_tests",
    "landtrac-units": "sandbox.enverus_api.mapping.units",
}


def _lazy(module: str) -> Loader:
    def load(schema: Schema) -> dict[str, Table]:
        tables: dict[str, Table] = import_module(module).load(schema)
        return tables

    return load


def dataset_loaders() -> dict[str, Loader]:
    return {dataset: _lazy(module) for dataset, module in _MODULES.items()}


def check_data() -> None:
    """Raises SandboxError where a data file is missing, before the server says that it listens."""
    for name in DATA_FILES:
        data_file(name)
