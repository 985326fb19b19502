"""What HTMX and proxies say in headers, said by somebody who lies."""

from hypothesis import strategies as st

from tests.access.filling import MARK
from tests.attacks.sight import ATTACKERS as EVERYBODY
from tests.attacks.tries import Ground, Try, form_of, mostly

ATTACKERS = list(EVERYBODY)
FIXED = {
    "HX-Request": ("true",),
    "HX-Boosted": ("true",),
    "HX-Target": ("main", "pupils", "day", "class", "laps", "reflection", "../x"),
    "HX-Trigger": ("save", "x"),
    "HX-Trigger-Name": ("student_id", "x"),
    "HX-History-Restore-Request": ("true",),
    "X-Draft": ("1", "chosen"),
    "X-Outbox": ("1",),
    "X-HTTP-Method-Override": ("GET", "DELETE", "POST"),
    "X-Forwarded-For": ("127.0.0.1", "10.0.0.1, 127.0.0.1"),
    "X-Forwarded-Host": ("evil.example",),
    "X-Forwarded-Prefix": ("/x",),
    "X-Forwarded-User": ("oka", "chiba"),
    "X-Real-IP": ("127.0.0.1",),
    "Remote-User": ("oka",),
    "Forwarded": ("for=127.0.0.1;host=evil.example;proto=https",),
    "Authorization": ("Basic b2thOm9rYQ==", "Bearer x", "Basic ZHJpbGw6"),
    "Accept": ("application/json", "text/html", "*/*"),
    "Accept-Language": ("en", "ja", MARK),
    "If-None-Match": ("*", '"x"'),
    "If-Modified-Since": ("Mon, 01 Jan 2035 00:00:00 GMT",),
    "Range": ("bytes=0-99",),
    "Origin": ("https://evil.example", "null"),
    "Referer": ("https://evil.example/", "/class"),
    "Content-Type": ("application/json", "text/plain", "multipart/form-data; boundary=x"),
}
#: Headers in which an address or an id may stand.
ADDRESSED = ("HX-Current-URL", "X-Original-URL", "X-Rewrite-URL", "HX-Prompt", "X-User-Id",
             "X-Student-Id", "X-School-Id", "Referer")  # fmt: skip


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: any route, with one to four such headers."""

    @st.composite
    def drawn(draw) -> Try:
        endpoint, method, rule = draw(ground.a_route(name))
        headers = {}
        for _ in range(draw(st.integers(1, 4))):
            if draw(st.booleans()):
                header = draw(st.sampled_from(sorted(FIXED)))
                headers[header] = draw(st.sampled_from(FIXED[header]))
                continue
            other, _method, there = draw(ground.a_route(name))
            address = draw(mostly(ground.an_id(name), ground.path(name, other, there), 1))
            headers[draw(st.sampled_from(ADDRESSED))] = _plain(address)
        return Try(
            method,
            draw(ground.path(name, endpoint, rule)),
            form=tuple(form_of(endpoint).items()) if method == "POST" else (),
            headers=tuple(headers.items()),
        )

    return drawn()


def _plain(text: str) -> str:
    return text.encode("ascii", "ignore").decode()
