"""Fixtures of the tests that try the client script alone; their files name this plug-in."""

import shutil

import pytest

from tests.browser.client_steps import policy
from tests.browser.harness import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def everyday_chromium(chromium):
    """A browser that keeps left pages alive, as people's browsers do and Playwright's does not."""
    started = chromium.browser_type.launch(
        executable_path=CHROMIUM,
        args=CHROMIUM_FLAGS,
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
def new_device(everyday_chromium, stand_in):
    """Makes devices: browsers with storage of their own, that must not break the page's policy."""
    opened, complaints = [], []

    def open_device(**options):
        context = everyday_chromium.new_context(base_url=stand_in.url, **options)
        context.set_default_timeout(8000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: complaints.append(line.text) if policy(line.text) else 0)
        opened.append(context)
        return context

    yield open_device
    for context in opened:
        context.close()
    assert complaints == []
