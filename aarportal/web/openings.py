"""The only gaps in the policy of pages: one form to one other origin, one page in others' frames.

Each is made for one answer, by a route that knows the other side from its registration.
"""

from collections.abc import Iterable

from flask import Flask, Response, request

_POLICY, _FRAMES = "Content-Security-Policy", "X-Frame-Options"
_FORMS, _FRAMED = "aarportal.forms_to", "aarportal.framed_by"
_OWN_FORMS, _NO_FRAMES = "form-action 'self'", "frame-ancestors 'none'"


def let_form_go_to(origin: str) -> None:
    """Let the forms of this answer be sent to this origin, and to no other, not even our own.

    Args:
        origin: Scheme, host and port; nothing that a header could be split with.
    """
    request.environ[_FORMS] = _held(origin)


def let_be_framed_by(origins: Iterable[str]) -> None:
    """Let pages of these origins show this answer in a frame."""
    request.environ[_FRAMED] = sorted(map(_held, origins))


def init_app(app: Flask) -> None:
    """Widen what the guard says of answers; it has to be installed before the guard is."""

    @app.after_request
    def widen(response: Response) -> Response:
        policy = response.headers.get(_POLICY, "")
        if origin := request.environ.get(_FORMS):
            policy = policy.replace(_OWN_FORMS, f"form-action {origin}")
        if origins := request.environ.get(_FRAMED):
            policy = policy.replace(_NO_FRAMES, f"frame-ancestors {' '.join(origins)}")
            # It knows no origins; where both stand, browsers read the policy.
            response.headers.remove(_FRAMES)
        if policy:
            response.headers[_POLICY] = policy
        return response


def _held(origin: str) -> str:
    if not origin.startswith(("https://", "http://")) or any(m in origin for m in " ;,'\"*\r\n"):
        raise ValueError(origin)
    return origin
