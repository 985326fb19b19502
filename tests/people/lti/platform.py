"""An LTI platform of somebody else's making (lti1p3platform), served over HTTP."""

import html
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from tests.pages import Browser, Page

CLIENT_ID, DEPLOYMENT = "portal-1", "S_1234567890123"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
PORTAL = "http://localhost"
NRPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@cache
def key_pair(number: int) -> tuple[str, str]:
    """Key pairs are slow to make: the same few in every test, as PEM (private, public)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


class _Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, *, registration):
        self._registration = registration

    def get_registration_by_params(self, **_):
        return self._registration


class _Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs):
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url):
        return url


class _Asked(Request):
    def build_metadata(self, request):
        return {"method": "GET", "form_data": {}, "get_data": request}


class _Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data, **_):
        return launch_data


class Platform:
    """The platform and what it says at the next launch."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.registration = (
            Registration()
            .set_iss(address)
            .set_client_id(CLIENT_ID)
            .set_deployment_id(DEPLOYMENT)
            .set_oidc_login_url(f"{PORTAL}/lti/login")
            .set_launch_url(f"{PORTAL}/lti/launch")
            .set_deeplink_launch_url(f"{PORTAL}/lti/launch")
        )
        self.use_key(0)
        self.conf = _Conf(registration=self.registration)
        self.user_id, self.roles = "", [LEARNER]
        self.email: str | None = None
        self.extra: dict = {}
        self.deep_links_to: str | None = None
        self.members: list[dict] = []
        self.key_requests = 0
        #: What its score service says of itself at a launch; None where it has none.
        self.grading: dict | None = None
        self.items: dict[str, dict] = {}
        self.scores: list[tuple[str, dict]] = []
        #: Statuses that it answers to the next scores before it takes one.
        self.troubles: list[int] = []
        #: Whether it takes a score and is not heard.
        self.is_silent = False
        self.tokens_given = 0

    def use_key(self, number: int) -> None:
        private, public = key_pair(number)
        self.registration.set_platform_private_key(private)
        self.registration.set_platform_public_key(public)

    # --- what its people do -----------------------------------------------------------------------

    def link(self, target: str = f"{PORTAL}/lti/launch", **more: str) -> str:
        """The address behind a link of the platform."""
        self.registration.set_launch_url(target)
        login = _Login(None, self.conf)
        login.set_lti_message_hint(hint="link-1")
        address = login.initiate_login("somebody")
        return address + "".join(f"&{name}={value}" for name, value in more.items())

    def launch_data(self, asked: dict[str, str]) -> dict[str, str]:
        """What the platform answers to the portal's question who it is."""
        launch = _Launch(_Asked(asked), self.conf)
        launch.set_user_data(self.user_id, self.roles, email_address=self.email)
        launch.set_resource_link_claim("link-1", title="めあて")
        launch.set_launch_context_claim("class-42", ["CourseSection"], "4年2組")
        launch.set_nrps(f"{self.address}/members")
        if self.grading is not None:
            launch.set_ags(**self.grading)
        launch.set_extra_claims(self.extra)
        if self.deep_links_to:
            launch.set_dl(self.deep_links_to, accept_types={"ltiResourceLink"})
            launch._deep_linking_launch_data[
                "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
            ]["data"] = "give it back"
        return {**launch.lti_launch()}


class _Call(Request):
    def build_metadata(self, request):
        return request


class _Grades(AssignmentsGradesService):
    """The platform's line items, as they are kept above."""

    def find_lineitems(self, resource_link_id=None, tag=None, **_):
        found = [
            item
            for item in self.kept.items.values()
            if item.get("resourceLinkId") == resource_link_id and item.get("tag") == tag
        ]
        return {"content": found, "has_next": False}

    def create_lineitem(self, creation_data):
        address = f"{self.kept.address}/items/{len(self.kept.items) + 1}"
        self.kept.items[address] = {**creation_data, "id": address}
        return self.kept.items[address]

    def update_score(self, line_item_id, score):
        told = [(each["userId"], each["timestamp"]) for _, each in self.kept.scores]
        if (score["userId"], score["timestamp"]) in told:
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.kept.scores.append((line_item_id, score))
        return UpdateScoreStatus.SUCCESS

    def find_lineitem(self, line_item_id):
        raise NotImplementedError

    update_lineitem = delete_lineitem = get_results = find_lineitem


class _Handler(BaseHTTPRequestHandler):
    platform: Platform

    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path == "/jwks":
            self.platform.key_requests += 1
            self._answer(self.platform.conf.get_jwks())
        elif parts.path == "/auth":
            data = self.platform.launch_data(dict(parse_qsl(parts.query)))
            fields = "".join(
                f'<input name="{name}" value="{html.escape(value)}">'
                for name, value in data.items()
            )
            self._answer(f"<form>{fields}</form>")
        elif parts.path == "/items":
            self._grade("handle_get_lineitems")
        elif parts.path == "/members":
            token = self.headers["Authorization"].removeprefix("Bearer ")
            assert self.platform.conf.validate_token(token, [NRPS_SCOPE])
            self._answer(
                {"id": f"{self.platform.address}/members", "members": self.platform.members}
            )
        else:
            self._answer({}, 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        parts = urlsplit(self.path)
        if parts.path == "/items":
            self._grade("handle_create_lineitem", body)
        elif parts.path.endswith("/scores"):
            self._take_score(parts.path.removesuffix("/scores"), body)
        elif self.path == "/token":
            self.platform.tokens_given += 1
            self._answer(self.platform.conf.get_access_token(dict(parse_qsl(body))))
        else:
            self._answer({}, 404)

    def _take_score(self, path, body):
        if self.platform.troubles:
            self._answer({}, self.platform.troubles.pop(0))
            return
        assert self.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        if self.platform.is_silent:
            self._grade("handle_update_score", body, f"{self.platform.address}{path}", 503)
        else:
            self._grade("handle_update_score", body, f"{self.platform.address}{path}")

    def _grade(self, handler, body="", item=None, status=None):
        """Let the library's own service answer; it looks at the token."""
        asked = {
            "method": self.command,
            "headers": self.headers,
            "get_data": dict(parse_qsl(urlsplit(self.path).query)),
            "json": json.loads(body) if body else None,
        }
        service = _Grades(_Call(asked), self.platform.conf, **self.platform.grading)
        service.kept = self.platform
        call = getattr(service, handler)
        found = service.handle_resp(call, **({"line_item_id": item} if item else {}))
        is_list = isinstance(found.result, dict) and "content" in found.result
        self._answer(found.result["content"] if is_list else found.result, status or found.code)

    def _answer(self, content, status=200):
        is_page = isinstance(content, str)
        body = (content if is_page else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if is_page else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving() -> Iterator[Platform]:
    """The platform on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    platform = Platform(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"platform": platform})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- a browser between the two --------------------------------------------------------------------


def recognized(browser: Browser, platform: Platform, link: str) -> dict[str, str]:
    """Follow a link until the platform sends its form to the portal; the fields of that form."""
    parts = urlsplit(link)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status == 302, page.text
    assert page.location.startswith(f"{platform.address}/auth?")
    with urllib.request.urlopen(page.location, timeout=30) as answer:
        found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.read().decode()))
    return {name: html.unescape(value) for name, value in found.items() if name != "launch_url"}


def send(browser: Browser, fields: dict[str, str], **headers: str) -> Page:
    """The form of the platform arrives; no token of ours is in it."""
    from tests.pages import check

    return check(Page(browser.client.post("/lti/launch", data=fields, headers=headers)))


def launched(browser: Browser, platform: Platform, **more: str) -> Page:
    """The whole way, from the platform's link to the answer of the portal."""
    return send(browser, recognized(browser, platform, platform.link(**more)))
