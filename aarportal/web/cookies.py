"""The one way to leave something in a browser: out of reach of scripts and of other sites.

Behind TLS every cookie is called `__Host-…`: a browser takes it only with `Secure`, for this host
alone and for every path, so that no neighbouring host and no plain connection can plant one.
"""

from typing import Literal

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

YEAR_SECONDS = 366 * 24 * 3600


def name_of(name: str, *, is_secure: bool) -> str:
    """How a cookie is called in a browser."""
    return f"__Host-{name}" if is_secure else name


def keep(
    response: Response,
    name: str,
    value: str,
    *,
    max_age: int | None = YEAR_SECONDS,
    same_site: Literal["Lax", "Strict", "None"] = "Lax",
) -> None:
    """Leave a cookie for `max_age` seconds; without, for as long as the browser is open.

    `None` as `same_site` is for what another site's page has to bring back, and nothing else.
    """
    response.set_cookie(
        _name(current_app, name),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite=same_site,
        secure=_is_secure(current_app),
    )


def kept(name: str) -> str | None:
    """What was left before; None if nothing was."""
    return request.cookies.get(_name(current_app, name))


def all_kept(prefix: str) -> dict[str, str]:
    """What was left under names that begin so: the name that `keep` was given -> the value."""
    begins = _name(current_app, prefix)
    return {
        prefix + name.removeprefix(begins): value
        for name, value in request.cookies.items()
        if name.startswith(begins)
    }


def forget(response: Response, name: str) -> None:
    """Take a cookie away."""
    keep(response, name, "", max_age=0)


def _name(app: Flask, name: str) -> str:
    return name_of(name, is_secure=_is_secure(app))


def _is_secure(app: Flask) -> bool:
    return bool(app.config["SESSION_COOKIE_SECURE"])
