"""Under which names the portal answers, and how many proxies in front of it are believed.

Both stand before everything else, so that they hold for static files too. Without either, a caller
chooses the host that ends up in addresses we tell others, and the address that a throttle counts.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

from aarportal.settings import Settings
from aarportal.web.guard import headers_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Monitors and balancers ask a machine by its number; the answer holds nothing.
_FOR_MONITORS = "/healthz"


def init_app(app: Flask, settings: Settings) -> None:
    """Install both, the proxies outside: they say for whom a request was."""
    if names := allowed(settings):
        app.wsgi_app = _OwnNames(app.wsgi_app, names, headers_of(settings))  # type: ignore[method-assign]
    if settings.proxies:
        # Not X-Forwarded-Host: a proxy is set to hand on `Host`, and hands on the other as it came.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0, x_prefix=0
        )


def allowed(settings: Settings) -> list[str]:
    """The names; none means any."""
    if settings.hosts:
        return list(settings.hosts)
    name = urlsplit(settings.public_url).hostname
    return [name] if name else []


class _OwnNames:
    """Answers 421 under any other name."""

    def __init__(
        self, inner: "WSGIApplication", names: list[str], headers: Iterable[tuple[str, str]]
    ) -> None:
        self._inner = inner
        self._names = names
        self._headers = list(headers)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
        if environ.get("PATH_INFO") == _FOR_MONITORS or host_is_trusted(host, self._names):
            return self._inner(environ, start_response)
        refusal = Response(
            "このアドレスでは使えません。\nNot at this address.\n", 421, self._headers
        )
        return refusal(environ, start_response)
