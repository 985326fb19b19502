"""Apps that run in browsers: which pages of other origins may call, and read the answer.

A page calls with the key of its app, never with a cookie, so no answer allows credentials.

Source: Fetch Standard, section 3.2 (CORS protocol).
"""

from uuid import UUID

from flask import Response, jsonify, request

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi.resources import store
from aarportal.web.guard import vary_by

METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
ALLOWED_HEADERS = (
    "Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, "
    "X-Experience-API-Version"
)
EXPOSED_HEADERS = (
    "Content-Disposition, ETag, Last-Modified, Retry-After, WWW-Authenticate, "
    "X-Experience-API-Consistent-Through, X-Experience-API-Version"
)
#: How long a browser need not ask again, in seconds; an origin taken away is refused after that.
_ASK_AGAIN_AFTER = 600


def preflight() -> Response | None:
    """The answer to a browser that asks whether it may call; None if that is not the question.

    It carries no key: a browser never sends one with this question.
    """
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    response = Response(status=204)
    if not share(response, None):
        refused = jsonify(error="no learning app names this origin", path="$header.Origin")
        refused.status_code = 403
        return refused
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response.headers["Access-Control-Max-Age"] = str(_ASK_AGAIN_AFTER)
    return response


def share(response: Response, app_id: UUID | None) -> bool:
    """Let the calling page read the answer, if its origin is one of those that the app names.

    Args:
        response: The answer.
        app_id: Whose key came with the request; None when nobody's did, and then an origin of any
            app may read it: there is nothing in it but what is wrong.

    Returns:
        Whether it may.
    """
    vary_by(response, "Origin")
    origin = request.headers.get("Origin")
    if not origin or not _is_known(origin, app_id):
        return False
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    return True


def _is_known(origin: str, app_id: UUID | None) -> bool:
    with unit_of_work(SystemScope("which pages may call"), read_only=True) as scope:
        known = store.origins_of_all(scope) if app_id is None else store.origins_of(scope, app_id)
    return origin in known
