"""Small sources with everything in them that a load can meet: what core holds before, and what changes then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enverus_elt.catalog import load_dataset
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.batch import COMMITTED
from enverus_elt.steps.stage import stage
from tests.services.site import Site

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Scenario:
    """A dataset with the rows of its source at first, and those that are new or changed afterwards."""

    dataset: str
    before: Callable[[], Rows]
    after: Callable[[], Rows]
    live: int  # rows of core that are not deleted, after both loads
    vanished: Callable[[], Rows] = list  # keys of rows that the source simply no longer has

    def prepare(self, site: Site) -> None:
        """Load the first state without disturbance, then let the source change."""
        site.change(self.dataset, *self.before(), clear=True)
        load(site, self.dataset, "before")
        site.change(self.dataset, *self.after(), delete=self.vanished())


def load(site: Site, dataset: str, run_id: str) -> None:
    """All steps of a run in this process, on the direct way to the servers."""
    finish(site, dataset, site.staged(dataset, run_id))


def stage_again(site: Site, dataset: str, batch_id: int) -> None:
    """Stage and the steps after it."""
    with connect() as conn:
        stage(conn, site.store, load_dataset(dataset), batch_id)
    finish(site, dataset, batch_id)


def approve(site: Site, dataset: str, batch_id: int) -> None:
    """Take validation for granted; what the data is like is not the subject."""
    with site.warehouse() as conn:
        site.approve(conn, dataset, batch_id)


def finish(site: Site, dataset: str, batch_id: int) -> None:
    """The steps after stage; a batch that is in core already is approved of no second time."""
    if site.value("SELECT state FROM ops.load_batches WHERE batch_id = %s", batch_id) not in COMMITTED:
        approve(site, dataset, batch_id)
    site.merged(dataset, batch_id)


def _header(number: int, updated: str, **more: Any) -> dict[str, Any]:
    longitude, latitude = -95 + number / 1000, 26 + number / 500
    return {
        "WellID": number,
        "WellName": f'WELL {number}, «Ölförderung» "{number % 7}"\nline two',
        "API_UWI_Unformatted": f"{60817000000000 + number}",
        "Country": "US",
        "ENVOperator": ("ACME, INC.", "Überöl\tGmbH", "NULL", "")[number % 4],
        "Latitude": latitude,
        "Longitude": longitude,
        "GeomSHL_Point": f"POINT ({longitude!r} {latitude!r})",
        "WaterDepth": number * 1.1,
        "SpudDate": f"20{number % 20 + 1:02d}-02-28T00:00:00",
        "UpdatedDate": updated,
        **more,
    }


def _headers_before() -> Rows:
    return [_header(number, f"2025-01-{number % 9 + 1:02d}T0{number % 10}:00:00") for number in range(1, 401)]


def _headers_after() -> Rows:
    changed = [_header(n, f"2025-02-0{n % 9 + 1}T00:00:{n % 60:02d}", WellName=f"NEW {n}") for n in range(1, 401, 4)]
    new = [_header(number, "2025-02-10T12:00:00") for number in range(1001, 1151)]
    gone = [{"WellID": number, "DeletedDate": "2025-02-09T00:00:00"} for number in range(2, 41, 4)]
    nowhere = [_header(2000, "2025-02-03T00:00:00", GeomSHL_Point="POINT (200 10)")]
    return [*changed, *new, *gone, *nowhere]


def _month(number: int, updated: str, **more: Any) -> dict[str, Any]:
    return {
        "ProductionID": number,
        "WellID": number // 12,
        "API_UWI_Unformatted": f"{60817000000000 + number // 12}",
        "Country": "US",
        "ProducingMonth": f"2024-{number % 12 + 1:02d}-01T00:00:00",
        "ProducingDays": number % 31,
        "Prod_OilBBL": number / 3,
        "GasProd_MCF": number * 0.1,
        "ProducingOperator": f"OPERATOR {number % 5}",
        "UpdatedDate": updated,
        **more,
    }


def _months_before() -> Rows:
    return [_month(number, f"2025-01-{number % 9 + 1:02d}T00:00:00") for number in range(1, 301)]


def _months_after() -> Rows:
    restated = [_month(n, f"2025-02-0{n % 9 + 1}T00:00:00", Prod_OilBBL=n / 7) for n in range(1, 301, 5)]
    new = [_month(number, "2025-02-10T00:00:00") for number in range(1001, 1041)]
    gone = [{"ProductionID": number, "DeletedDate": "2025-02-09T00:00:00"} for number in range(2, 41, 5)]
    return [*restated, *new, *gone]


def _lease(number: int, updated: str, **more: Any) -> dict[str, Any]:
    west, south = -95 + number / 100, 27 + number / 200
    ring = [(west, south), (west + 0.01, south), (west + 0.01, south + 0.01), (west, south)]
    return {
        "LeaseID": number,
        "Acres": number / 9,
        "Geom_Poly": f"POLYGON (({', '.join(f'{x!r} {y!r}' for x, y in ring)}))",
        "UpdatedDate": updated,
        **more,
    }


def _leases_before() -> Rows:
    return [_lease(number, f"2025-01-0{number % 9 + 1}T00:00:00") for number in range(1, 101)]


def _leases_after() -> Rows:
    changed = [_lease(number, "2025-02-01T00:00:00", Acres=number / 3) for number in range(1, 101, 5)]
    return [*changed, *(_lease(number, "2025-02-02T00:00:00") for number in range(501, 511))]


def _leases_gone() -> Rows:
    return [{"LeaseID": number} for number in range(2, 41, 5)]


HEADERS = Scenario("well-headers", _headers_before, _headers_after, 540)
PRODUCTION = Scenario("production", _months_before, _months_after, 332)
LEASES = Scenario("landtrac-leases", _leases_before, _leases_after, 102, _leases_gone)
