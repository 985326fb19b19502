"""Browsers as the server meets them: connections, cookies, and forms read from the page."""

import gzip
import html
import http.client
import re
import time
from collections import defaultdict
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

FORM = re.compile(
    r'<form\b[^>]*\baction="(?P<action>[^"]*)"[^>]*>(?P<inside>.*?)</form>', re.DOTALL
)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
WRONG = re.compile(r'<p class="field-error" id="[^"]*">')
PATIENCE_SECONDS = 60


@dataclass
class Form:
    """A form with what stands in it before anybody types."""

    action: str
    hidden: dict[str, str]

    def filled(self, **typed: str) -> dict[str, str]:
        return self.hidden | typed


@dataclass
class Answer:
    status: int
    location: str
    cookies: list[str]
    text: str

    def trouble(self) -> str:
        """What is wrong with a form, in the words of the page; else how the answer begins."""
        return " ".join(WRONG.findall(self.text)) or self.text[:200]

    def form(self, action: str) -> Form | None:
        """The form whose action begins like this."""
        for found in FORM.finditer(self.text):
            url = html.unescape(found["action"])
            if url.startswith(action):
                fields = HIDDEN.findall(found["inside"])
                return Form(url, {name: html.unescape(value) for name, value in fields})
        return None


@dataclass
class Times:
    """How long each kind of request took; printed, and held against nobody."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def table(self) -> str:
        lines = [f"{'request':<24}{'n':>6}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"]
        for kind, taken in sorted(self.seconds.items()):
            taken.sort()
            shown = (taken[int(len(taken) * share)] * 1000 for share in (0.5, 0.95))
            figures = "".join(f"{ms:>9.0f}" for ms in (*shown, taken[-1] * 1000))
            lines.append(f"{kind:<24}{len(taken):>6}{figures}")
        return "\n".join(lines)


class Browser:
    """One person at one device; an answer that nobody expects ends the test."""

    def __init__(self, port: int, times: Times, hands: Executor) -> None:
        self.port, self.times, self.hands = port, times, hands
        self.cookies: dict[str, str] = {}
        self.connection = self._connect()

    def get(self, kind: str, path: str, *, expect: tuple[int, ...] = (200,), **headers) -> Answer:
        answer = self._ask(self.connection, kind, ("GET", path, None), headers, expect)
        self._take_cookies(answer)
        return answer

    def post(
        self, kind: str, path: str, fields: dict[str, str], *, expect: tuple[int, ...] = (303,),
        **headers,
    ) -> Answer:  # fmt: skip
        answer = self._ask(self.connection, kind, ("POST", path, fields), headers, expect)
        self._take_cookies(answer)
        return answer

    def post_twice(self, kind: str, path: str, fields: dict[str, str]) -> Answer:
        """Tap twice: the very same form goes out on two connections at once."""
        second = self.aside(kind, path, fields)
        first = self.post(kind, path, fields)
        assert second.result().location == first.location, f"{kind}: two answers to one form"
        return first

    def aside(self, kind: str, path: str, fields: dict[str, str], *, expect=(303,), **headers):
        """Post on another connection meanwhile; what it answers changes no cookie here."""

        def ask() -> Answer:
            with closing(self._connect()) as connection:
                return self._ask(connection, kind, ("POST", path, fields), headers, expect)

        return self.hands.submit(ask)

    def close(self) -> None:
        self.connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)

    def _ask(self, connection, kind, request, headers, expect) -> Answer:
        method, path, fields = request
        body = None if fields is None else urlencode(fields)
        began = time.perf_counter()
        connection.request(method, path, body, self._headers(body, headers))
        response = connection.getresponse()
        raw = response.read()
        self.times.seconds[kind].append(time.perf_counter() - began)
        if response.headers.get("Content-Encoding") == "gzip":
            raw = gzip.decompress(raw)
        answer = Answer(
            response.status,
            response.headers.get("Location", ""),
            response.headers.get_all("Set-Cookie", []),
            raw.decode(),
        )
        assert answer.status in expect, f"{method} {path}: {answer.status} {answer.trouble()}"
        return answer

    def _headers(self, body: str | None, headers: dict[str, str]) -> dict[str, str]:
        sent = {
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        return sent | {name.replace("_", "-"): value for name, value in headers.items()}

    def _take_cookies(self, answer: Answer) -> None:
        for line in answer.cookies:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
