"""A system that an attacker runs: a provider of accounts and a learning platform in one.

The offices of two schools have entered it. Whatever it says of their own people is believed: that
is what an entry means. Of everybody else it can say what it likes.
"""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.oidc.asking import Asking
from aarportal.people.accounts.oidc.models import OidcProvider
from aarportal.people.accounts.oidc.operations import Portal
from aarportal.people.lti.models import LtiPlatform
from tests.access.objects import SCHOOLS
from tests.access.people import CHILDREN, COVER, NAO
from tests.access.world import SECRET, World
from tests.cast import (
    CHIBA,
    ELSEWHERE,
    GEN,
    HEAD,
    IWA,
    KEN,
    MORI,
    NURSE,
    OKA,
    SATO,
    SECONDARY,
    Member,
    key,
)
from tests.people.accounts.oidc import attacks
from tests.people.lti.platform import CLIENT_ID, DEPLOYMENT, Platform

#: Of whom the system may say who they are: people of the schools whose offices entered it.
OWN: dict[UUID, tuple[Member, ...]] = {SECONDARY: (KEN, NAO, MORI), ELSEWHERE: (GEN, SATO)}
KNOWN_BY = ("identifier", "sourced_id", "email")
COMPARED_WITH = ("username", "master_identifier")
_EVERYBODY = (*CHILDREN, CHIBA, COVER, MORI, OKA, HEAD, NURSE, IWA, SATO)


def others(school_id: UUID) -> list[Member]:
    """Of whom it may say nothing."""
    return [member for member in _EVERYBODY if member not in OWN[school_id]]


def platform_id(school_id: UUID, known_by: str) -> UUID:
    """How the school's office has entered it as a platform."""
    return key(f"attackers' platform {school_id} {known_by}")


def provider_id(school_id: UUID, compared_with: str) -> UUID:
    """How the school's office has entered it as a provider."""
    return key(f"attackers' provider {school_id} {compared_with}")


def client_of(known_by: str) -> str:
    """As which tool the portal is known there."""
    return CLIENT_ID if known_by == "identifier" else f"{CLIENT_ID} {known_by}"


def _at_hand(platform: Platform) -> Platform:
    """A platform that reads its key once: reading it anew costs more than a whole launch."""
    registration = platform.registration
    kid, pem = registration.get_kid(), registration.get_platform_private_key().encode()
    key_ = load_pem_private_key(pem, password=None)
    registration.get_kid = lambda: kid
    registration.get_platform_private_key = lambda: key_
    return platform


class Elsewhere:
    """The system, at work until it is closed."""

    def __init__(self, world: World) -> None:
        self.tokens: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        platform = Platform(self.address)
        self._jwks = platform.conf.get_jwks()
        self.platform = _at_hand(platform)
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._enter(world)

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def _enter(self, world: World) -> None:
        settings = world.app.config["SETTINGS"]
        world.app.config["SETTINGS"] = replace(settings, private_platforms=True)
        world.app.extensions["oidc"] = Portal(SECRET, Asking(private=True))
        with world.app.app_context(), unit_of_work(SystemScope("elsewhere")) as scope:
            for school_id in OWN:
                here = {"district_id": SCHOOLS[school_id], "school_id": school_id}
                for known_by in KNOWN_BY:
                    scope.session.add(
                        LtiPlatform(
                            **here, id=platform_id(school_id, known_by), title="よそ",
                            issuer=self.address, client_id=client_of(known_by),
                            auth_url=f"{self.address}/auth", jwks_url=f"{self.address}/jwks",
                            deployments=[DEPLOYMENT], known_by=known_by,
                        )
                    )  # fmt: skip
                for compared_with in COMPARED_WITH:
                    scope.session.add(
                        OidcProvider(
                            **here, id=provider_id(school_id, compared_with), title="よそ",
                            kind="any", issuer=self.address, client_id=attacks.CLIENT,
                            client_secret=Secret("a secret"), claim="preferred_username",
                            compared_with=compared_with,
                        )
                    )  # fmt: skip
            audit.record(scope, "world:made", "elsewhere")

    def _said(self, path: str, body: str) -> Any:
        if path == "/jwks":
            return self._jwks
        if path == "/oidc-jwks":
            return {"keys": list(attacks.KEYS)}
        if path == "/token":
            code = dict(pair.split("=", 1) for pair in body.split("&"))["code"]
            return {
                "access_token": "x", "token_type": "Bearer", "id_token": self.tokens.pop(code),
            }  # fmt: skip
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/auth",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/oidc-jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _handler(elsewhere) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _answer(self, sent: str) -> None:
                body = json.dumps(elsewhere._said(self.path, sent)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
