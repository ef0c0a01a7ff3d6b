"""Tables and files that several of these tests compare; each is read once."""

from __future__ import annotations

import pytest

from tests.unit.enverus_api_mapping.vintages import Raw, Tables, load, read


@pytest.fixture(scope="package")
def boreholes() -> dict[str, Raw]:
    return {raw["API_WELL_NUMBER"]: raw for raw in read("bsee_boreholes_20250504.csv.gz")}


@pytest.fixture(scope="package")
def listing() -> dict[str, Raw]:
    return {raw["API_WELL_NUMBER"]: raw for raw in read("bsee_api_list_20241008.csv.gz")}


@pytest.fixture(scope="package")
def wells() -> Tables:
    return load("wells")


@pytest.fixture(scope="package")
def headers() -> Tables:
    return load("well-headers")


@pytest.fixture(scope="package")
def production() -> Tables:
    return load("production")
