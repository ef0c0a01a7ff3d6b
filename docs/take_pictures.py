"""Takes the pictures of the docs from the running stack, in headless Chromium.

make demo SIGNOFF=1                            # in one terminal, until it waits for a signature
.venv/bin/python docs/take_pictures.py         # in another
"""

import sys
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox.airflow_settings import ui_url
from sandbox.paths import DEFAULT_STATE_DIR, StateDir
from sandbox.settings import Settings

PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
USER = "qa"
SETTLED = 4000  # milliseconds that Airflow's pages take to draw


def main() -> None:
    """Log in once, then one picture a page."""
    settings = Settings.load(StateDir(DEFAULT_STATE_DIR).settings)
    url = ui_url(settings)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{url}/auth/login")
        page.fill("input[name=username]", USER)
        page.fill("input[name=password]", settings.secrets[f"ui_{USER}"])
        page.press("input[name=password]", "Enter")
        page.wait_for_timeout(SETTLED)
        _take(page, f"{url}/dags/enverus_wells", "airflow-wells.png")
        _take(page, f"{url}/assets", "airflow-assets.png")
        _take(page, f"{url}/plugin/warehouse", "warehouse.png")
        page.goto(f"{url}/warehouse/")
        page.locator(".waiting a").first.click()
        _take(page, page.url, "batch-to-sign.png")
        page.goto(f"{url}/warehouse/datasets/wells")
        page.locator("tbody th a").first.click()
        batch = page.url
        for name, picture in (
            ("Data Docs", "data-docs-wells.png"),
            ("Profile", "profile-wells.png"),
            ("Map", "map-wells.png"),
        ):
            page.goto(batch)
            _take(page, page.get_by_role("link", name=name, exact=True).get_attribute("href"), picture)
        browser.close()


def _take(page: Page, address: str | None, name: str) -> None:
    """``address`` is absolute, or relative to the page that is open."""
    page.goto(urljoin(page.url, address))
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=PICTURES / name)
    print(f"{PICTURES.name}/{name}")


if __name__ == "__main__":
    main()
