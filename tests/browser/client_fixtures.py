"""Fixtures of the tests that try the client script alone; each of their files names this plug-in."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.harness import ARGUMENTS, CHROMIUM, Server, policy


@pytest.fixture(scope="session")
def playwright_driver():
    """The one Playwright of this process: a second one beside it would not start."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright_driver):
    """A browser that keeps left pages alive, as people's browsers do."""
    started = playwright_driver.chromium.launch(
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield started
    started.close()


@pytest.fixture
def stand_in():
    """The server of one test."""
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def new_device(chromium, stand_in):
    """Makes devices: browsers with storage of their own, that must not break the page's policy."""
    opened, complaints = [], []

    def open_device(**options):
        context = chromium.new_context(base_url=stand_in.url, **options)
        context.set_default_timeout(8000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: complaints.append(line.text) if policy(line.text) else 0)
        opened.append(context)
        return context

    yield open_device
    for context in opened:
        context.close()
    assert complaints == []
