"""Takes the pictures of the docs from the running stack, in headless Chromium.

make demo && make up                           # in one terminal
.venv/bin/python docs/take_pictures.py         # in another
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox.airflow_settings import ui_url
from sandbox.paths import DEFAULT_STATE_DIR, StateDir
from sandbox.settings import Settings

PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
SETTLED = 4000  # milliseconds that Airflow's pages take to draw


def main() -> None:
    """Log in once, then one picture a page."""
    settings = Settings.load(StateDir(DEFAULT_STATE_DIR).settings)
    url = ui_url(settings)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{url}/auth/login")
        page.fill("input[name=username]", "admin")
        page.fill("input[name=password]", settings.secrets["ui_admin"])
        page.press("input[name=password]", "Enter")
        page.wait_for_timeout(SETTLED)
        _take(page, f"{url}/dags/enverus_wells", "airflow-wells.png")
        _take(page, f"{url}/assets", "airflow-assets.png")
        runs = page.request.get(f"{url}/api/v2/dags/enverus_wells/dagRuns?order_by=-run_after&limit=1").json()
        run = runs["dag_runs"][0]["dag_run_id"]
        path = f"{url}/api/v2/dags/enverus_wells/dagRuns/{run}/taskInstances/validate/xcomEntries/return_value"
        _take(page, page.request.get(path).json()["value"], "data-docs-wells.png")
        browser.close()


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=PICTURES / name)
    print(f"{PICTURES.name}/{name}")


if __name__ == "__main__":
    main()
