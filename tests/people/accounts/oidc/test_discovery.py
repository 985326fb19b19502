"""What providers say of themselves, and how it is asked for."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aarportal.core.wire import WireError
from aarportal.people.accounts.oidc.asking import Asking
from aarportal.people.accounts.oidc.discovery import keys, metadata, tokens
from aarportal.people.accounts.oidc.whom import GOOGLE_ISSUER, entra_issuer
from tests.people.accounts.oidc.attacks import KEYS, TENANT

#: As they stood in their documentation; what is not read here is left out.
OF_GOOGLE = {
    "issuer": GOOGLE_ISSUER,
    "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
    "token_endpoint": "https://oauth2.googleapis.com/token",
    "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
    "id_token_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    "code_challenge_methods_supported": ["plain", "S256"],
}
_ENTRA = f"https://login.microsoftonline.com/{TENANT}"
OF_ENTRA = {
    "issuer": entra_issuer(TENANT),
    "authorization_endpoint": f"{_ENTRA}/oauth2/v2.0/authorize",
    "token_endpoint": f"{_ENTRA}/oauth2/v2.0/token",
    "jwks_uri": f"{_ENTRA}/discovery/v2.0/keys",
    "id_token_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
}
PLAIN = {
    "issuer": "https://idp.example",
    "authorization_endpoint": "https://idp.example/authorize",
    "token_endpoint": "https://idp.example/token",
    "jwks_uri": "https://idp.example/keys",
}


@pytest.mark.parametrize("document", [OF_GOOGLE, OF_ENTRA, PLAIN])
def test_documents_as_providers_send_them_are_read(document):
    found = metadata(json.dumps(document).encode(), document["issuer"], private=False)
    assert found.algorithms == ("RS256",)
    assert found.token_endpoint == document["token_endpoint"]
    assert not found.says_issuer


def test_where_browsers_are_led_an_address_may_have_a_query():
    changed = {"authorization_endpoint": "https://idp.example/authorize?realm=town"}
    found = metadata(json.dumps(PLAIN | changed).encode(), PLAIN["issuer"], private=False)
    assert found.authorization_endpoint == "https://idp.example/authorize?realm=town"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"issuer": "https://idp.example/"}, "other_issuer"),
        ({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}, "other_issuer"),
        ({"issuer": None}, "other_issuer"),
        ({"token_endpoint": "http://idp.example/token"}, "not_https"),
        ({"jwks_uri": "file:///etc/passwd"}, "not_https"),
        ({"jwks_uri": "https://user@idp.example/keys"}, "address"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "not_https"),
        ({"authorization_endpoint": 7}, "not_discovery"),
        ({"authorization_endpoint": "https://idp.example/a?x=あ"}, "address"),
        ({"authorization_endpoint": "https://idp.example/a?x=1#y"}, "address"),
        ({"token_endpoint": "https://idp.example/token?x=1"}, "address"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "no_algorithm"),
    ],
)
def test_documents_that_lead_elsewhere_are_not_taken(changed, rule):
    with pytest.raises(WireError) as caught:
        metadata(json.dumps(PLAIN | changed).encode(), PLAIN["issuer"], private=False)
    assert caught.value.rule == rule


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b" " * 300_000])
def test_what_is_no_document_is_none(body):
    for read in (keys, tokens):
        with pytest.raises(WireError):
            read(body)
    with pytest.raises(WireError):
        metadata(body, PLAIN["issuer"], private=False)


class _Small:
    """A provider of a few lines, to count how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.keys = list(KEYS[:1])
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                body = json.dumps(outer.answer(self.path)).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path):
        if path == "/keys":
            return {"keys": self.keys}
        named = PLAIN | {"issuer": self.issuer}
        return named | {f"{name}": f"{self.issuer}/{path}" for name, path in _PATHS}


_PATHS = (
    ("authorization_endpoint", "authorize"),
    ("token_endpoint", "token"),
    ("jwks_uri", "keys"),
)


@contextmanager
def small():
    provider = _Small()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        thread.join()
        provider.server.server_close()


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_it_is_asked_once_an_hour():
    clock = Clock()
    with small() as provider:
        asking = Asking(private=True, seconds=clock)
        for _ in range(5):
            asking.known(provider.issuer)
        assert len(provider.asked) == 2
        clock.now += 3601
        asking.known(provider.issuer)
        assert len(provider.asked) == 4


def test_new_keys_are_looked_for_once_a_minute_however_many_tokens_name_one():
    clock = Clock()
    with small() as provider:
        asking = Asking(private=True, seconds=clock)
        asking.known(provider.issuer)
        assert asking.newer_keys(provider.issuer) is None, "they are as new as can be"
        clock.now += 61
        provider.keys = list(KEYS[1:2])
        assert [each["kid"] for each in asking.newer_keys(provider.issuer)] == ["ec-1"]
        assert [each["kid"] for each in asking.known(provider.issuer)[1]] == ["ec-1"]
        asked = len(provider.asked)
        assert all(asking.newer_keys(provider.issuer) is None for _ in range(50))
        assert len(provider.asked) == asked


def test_a_provider_in_trouble_is_left_alone_for_a_moment():
    clock = Clock()
    with small() as provider:
        provider.status = 500
        asking = Asking(private=True, seconds=clock)
        for _ in range(5):
            with pytest.raises(WireError):
                asking.known(provider.issuer)
        assert len(provider.asked) == 1
        provider.status = 200
        clock.now += 16
        asking.known(provider.issuer)


@pytest.mark.parametrize(
    "issuer",
    ["http://127.0.0.1:9", "https://127.0.0.1:9", "https://169.254.169.254", "https://[::1]"],
)
def test_private_networks_are_asked_only_where_the_operator_says_so(issuer):
    with pytest.raises(WireError) as caught:
        Asking(private=False).known(issuer)
    assert caught.value.rule in {"not_https", "private_address"}
