"""A real browser, in which a test is one of Airflow's users."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.services.stage import Stage

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE = 30_000  # milliseconds


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, without a window."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)


class Visitors:
    """Opens pages for users who have logged in; each has a session of its own."""

    def __init__(self, browser: Browser, stage: Stage, pictures: Path | None) -> None:
        self._browser = browser
        self._stage = stage
        self._pictures = pictures

    @contextmanager
    def visit(self, user: str) -> Iterator[Page]:
        """A page of that user; its address bar takes paths, ``/warehouse/`` say."""
        context = self._browser.new_context(base_url=self._stage.url, viewport={"width": 1280, "height": 800})
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto("/auth/login")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", self._stage.stack.settings.secrets[f"ui_{user}"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda address: "/auth/login" not in address)
        try:
            yield page
        finally:
            context.close()

    def picture(self, page: Page, name: str) -> None:
        """Keep what is to be seen, when pictures are asked for."""
        if self._pictures is not None:
            page.screenshot(path=self._pictures / f"{name}.png")


@pytest.fixture(scope="module")  # while it is open its event loop runs in this thread, and no other test's can
def visitors(stage: Stage, pytestconfig: pytest.Config) -> Iterator[Visitors]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield Visitors(browser, stage, pytestconfig.getoption("pictures"))
        browser.close()
