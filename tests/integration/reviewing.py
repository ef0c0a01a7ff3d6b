"""What the tests of the evidence share: small batches made by hand, their pages, and a browser without a network."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from enverus_elt.catalog import Dataset, load_dataset
from enverus_elt.hooks.warehouse import connect
from enverus_elt.steps.batch import take_batch
from enverus_elt.steps.review.pages import evidence_pages
from tests.services.browser import launch
from tests.services.site import Site

HEADERS, LEASES, PRODUCTION = "well-headers", "landtrac-leases", "production"


def header(number: int, **values: Any) -> dict[str, Any]:
    """A well header as the source has it."""
    names = {"WellID": number, "UpdatedDate": "2024-05-01T00:00:00", "WellName": f"WELL {number}"}
    return {
        **names,
        "GeomSHL_Point": f"POINT (-9{number % 5}.5 28)",
        "ENVOperator": "ACME",
        "WaterDepth": 100,
        **values,
    }


def lease(number: int, **values: Any) -> dict[str, Any]:
    """A lease as the source has it: a square."""
    x = -90 - number % 5
    square = f"POLYGON (({x} 28, {x} 28.1, {x + 0.1} 28.1, {x + 0.1} 28, {x} 28))"
    return {
        "LeaseID": number,
        "UpdatedDate": "2018-01-01T00:00:00",
        "Geom_Poly": square,
        "StateProvince": "TX",
        **values,
    }


class Reviewed:
    """A batch that is staged, with its pages."""

    def __init__(self, site: Site, dataset: str | Dataset, batch_id: int, previous: Sequence[str] = ()) -> None:
        self.site, self.batch_id = site, batch_id
        self.dataset = load_dataset(dataset) if isinstance(dataset, str) else dataset
        with connect() as conn:
            batch = take_batch(conn, self.dataset, batch_id)
            self.pages = evidence_pages(conn, site.store, self.dataset, batch, previous)

    @property
    def profile(self) -> dict[str, Any]:
        """What the profile says."""
        found: dict[str, Any] = json.loads(self.pages["profile.json"])
        return found

    def column(self, name: str) -> dict[str, Any]:
        """What it says of one column or geometry."""
        (found,) = (c for c in (*self.profile["columns"], *self.profile["geometry"]) if c["name"] == name)
        return dict(found)

    def kept(self) -> str:
        """Put the profile where the next batch finds it; returns its key."""
        key = f"data-docs/{self.dataset.id}/{self.batch_id}/profile.json"
        self.site.store.put(key, self.pages["profile.json"])
        return key

    def merged(self) -> dict[str, int]:
        """Merge the batch; returns what became of its rows."""
        with connect() as conn:
            self.site.approve(conn, self.dataset.id, self.batch_id)
        return self.site.merged(self.dataset.id, self.batch_id)._asdict()


def reviewed(site: Site, dataset: str, run_id: str, previous: Sequence[str] = ()) -> Reviewed:
    """Extract and stage what the source has, and look at it."""
    return Reviewed(site, dataset, site.staged(dataset, run_id), previous)


@contextmanager
def opened(folder: Path, page: bytes, **settings: Any) -> Iterator[tuple[Page, list[str]]]:
    """The page in a browser that reaches nothing, and what it complained of or asked for."""
    file = folder / "page.html"
    file.write_bytes(page)
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        tab = browser.new_context(offline=True, **settings).new_page()
        tab.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
        tab.goto(file.as_uri())
        yield tab, said
        browser.close()
