"""A real browser, in which a test is one of Airflow's users."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services.stage import Stage

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE = 30_000  # milliseconds


class Visitors:
    """Opens pages for users who have logged in; each has a session of its own."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self._browser = browser
        self._stage = stage

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


@pytest.fixture(scope="module")  # while it is open its event loop runs in this thread, and no other test's can
def visitors(stage: Stage) -> Iterator[Visitors]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield Visitors(browser, stage)
        browser.close()
