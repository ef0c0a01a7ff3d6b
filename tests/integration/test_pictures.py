"""What people see of a dataset that is loaded by the day, in a real browser; ``--pictures docs/pictures`` keeps it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.services.browser import Visitors
from tests.services.stage import Stage

pytestmark = pytest.mark.timeout(900)

WELLS = "enverus_wells"
EARLIER, LATER = "2024", "2025"


@pytest.fixture(scope="module")
def batch(stage: Stage) -> dict[str, Any]:
    """The second load of the wells: some are new, some have changed, some are gone."""
    assert stage.run(WELLS, "the-first-load")[WELLS] == "success"
    stage.control("PUT", "vintage", {"vintage": LATER})
    try:
        assert stage.run(WELLS, "the-next-load")[WELLS] == "success"
    finally:
        stage.control("PUT", "vintage", {"vintage": EARLIER})
    (found,) = stage.rows(
        "SELECT batch_id, evidence_prefix, inserted, updated, deleted"
        " FROM ops.run_log JOIN ops.load_batches USING (batch_id) WHERE run_log.airflow_run_id = 'the-next-load'"
    )
    return found


@pytest.fixture
def page(visitors: Visitors) -> Iterator[Page]:
    with visitors.visit("viewer") as page:
        yield page


def test_the_dag_shows_its_steps(page: Page, visitors: Visitors, batch: dict[str, Any]) -> None:
    assert batch["inserted"] > 0 < batch["updated"]
    page.goto(f"/dags/{WELLS}")
    for step in ("extract", "stage", "validate", "sign_off", "merge", "refresh"):
        expect(page.get_by_role("link", name=step, exact=True).first).to_be_visible()
    visitors.picture(page, "airflow-wells")


def test_the_list_of_datasets_tells_how_fresh_they_are(page: Page, batch: dict[str, Any]) -> None:
    page.goto("/plugin/warehouse")
    expect(page.frame_locator("iframe").locator("tr", has_text="wells").first).to_contain_text(str(batch["batch_id"]))


def test_an_asset_leads_to_the_task_that_changed_it_and_that_to_its_batch(
    page: Page, visitors: Visitors, batch: dict[str, Any]
) -> None:
    page.goto("/assets")
    page.get_by_role("link", name="core.wells", exact=True).click()
    source = page.locator(f"a[href$='/dags/{WELLS}/runs/the-next-load/tasks/merge']")
    expect(source).to_be_visible()
    visitors.picture(page, "airflow-asset")
    source.click()
    page.get_by_role("link", name="Warehouse", exact=True).click()
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text(f"Batch {batch['batch_id']}")


def test_the_evidence_is_readable(page: Page, visitors: Visitors, batch: dict[str, Any]) -> None:
    for document, picture in (("index", "data-docs"), ("profile", "profile")):
        page.goto(f"/warehouse/{batch['evidence_prefix']}/{document}.html")
        expect(page.locator("body")).to_contain_text("completion_id")
        visitors.picture(page, f"{picture}-wells")


def test_the_map_draws_what_the_batch_changes(page: Page, visitors: Visitors, batch: dict[str, Any]) -> None:
    page.goto(f"/warehouse/{batch['evidence_prefix']}/map.html")
    expect(page.locator("canvas").first).to_be_visible()
    for kind in ("inserted", "updated", "deleted"):
        expect(page.locator("body")).to_contain_text(kind)
    visitors.picture(page, "map-wells")
