"""A real browser on a real server: every page it opens is watched for errors of any kind."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

#: Chromebook and tablet, the two sizes every screen is looked at in.
SIZES = {"chromebook": (1366, 768), "tablet": (820, 1180)}
#: Where the pictures of this run go; they are build output, not part of the checkout.
PICTURES = Path(__file__).parents[2] / "build" / "screens"

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal for every request."""

    def log(self, type, message, *args):  # noqa: A002 - werkzeug's name
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` on a free port of this machine; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; every test gets its own context."""
    path = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    assert path, "the browser tests need Chromium: apt install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Visit:
    """One person's window: a page, and what went wrong on it."""

    def __init__(
        self, context: BrowserContext, address: str, *, size: str, javascript: bool
    ) -> None:
        self.javascript = javascript
        self.context = context
        self.address = address
        self.size = size
        self.trouble: list[str] = []
        #: Status codes that this test asks for; any other answer of 400 and more is trouble.
        self.expected: set[int] = set()
        self.page: Page = context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.trouble.append(f"page error: {error}"))
        self.page.on("response", self._note_response)

    def _note_console(self, message) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.trouble.append(f"console {message.type}: {message.text}")

    def _note_response(self, response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.trouble.append(f"{response.status} {response.request.method} {response.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, code: str, login_id: str, password: str) -> Page:
        self.open("/sign-in")
        self.page.fill("[name=code]", code)
        self.page.fill("[name=login_id]", login_id)
        self.page.fill("[name=password]", password)
        self.page.click("main form:has([name=password]) button")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def picture(self, name: str, *, full: bool = False) -> None:
        """Keep what the page looks like now."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        width, height = SIZES[self.size]
        self.page.screenshot(path=PICTURES / f"{name}_{width}x{height}.png", full_page=full)

    @contextmanager
    def _where_axe_runs(self) -> Iterator[Page]:
        """Axe is a script itself: without scripts, a twin shows the same document and none of ours.

        Styles that ask for `scripting: none` do not apply in the twin.
        """
        if self.javascript:
            yield self.page
            return
        document = self.page.content()
        width, height = SIZES[self.size]
        twin = self.context.browser.new_page(viewport={"width": width, "height": height})

        def answer(route: Route) -> None:
            if route.request.resource_type == "document":
                route.fulfill(body=document, content_type="text/html; charset=utf-8")
            elif route.request.resource_type == "script":
                route.abort()
            else:
                route.continue_()

        twin.route("**/*", answer)
        twin.goto(self.page.url)
        yield twin
        twin.close()

    def check(self) -> None:
        """No violation that axe knows, no error anywhere, nothing wider than the window."""
        self.page.wait_for_load_state()
        with self._where_axe_runs() as page:
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        assert not found.response["violations"], found.generate_report()
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{wide} px wider than the window: {self.page.url}"
        assert not self.trouble, self.trouble


@pytest.fixture
def visit(chromium):
    """Opens a window: `visit(address, size="tablet", javascript=False)`."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def open_window(address: str, *, size: str = "chromebook", javascript: bool = True) -> Visit:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        contexts.append(context)
        visits.append(Visit(context, address, size=size, javascript=javascript))
        return visits[-1]

    yield open_window
    trouble = [line for each in visits for line in each.trouble]
    for context in contexts:
        context.close()
    assert not trouble, trouble
