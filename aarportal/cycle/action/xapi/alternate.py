"""The alternate request syntax: a whole request in a form, for those who can only post forms.

`POST …?method=PUT` with the parameters, the headers and, as `content`, the body in a form becomes
the request that is meant, before anybody asks which view takes it. xAPI 2.0 knows it no more.

Source: xAPI 1.0.3, part three, section 1.3.
"""

import io
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import msgspec

from aarportal.cycle.action.xapi.versions import HEADER, Version, VersionError, asked_for

ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
)

_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
_WITH_CONTENT = ("PUT", "POST")
_FORM = "application/x-www-form-urlencoded"
_FIELDS = 100
#: Form field in lower case -> the header that it stands for, as WSGI names it.
_HEADERS = {
    "authorization": "HTTP_AUTHORIZATION",
    "x-experience-api-version": "HTTP_X_EXPERIENCE_API_VERSION",
    "content-type": "CONTENT_TYPE",
    "if-match": "HTTP_IF_MATCH",
    "if-none-match": "HTTP_IF_NONE_MATCH",
    "accept": "HTTP_ACCEPT",
    "accept-language": "HTTP_ACCEPT_LANGUAGE",
}
#: What the form says of its own length is not needed: the content ends where it ends.
_IGNORED = frozenset({"content-length"})


class _Refused(Exception):  # noqa: N818 # not an error of the program
    """A request that is not what section 1.3 wants."""

    def __init__(self, message: str, path: str, status: str = "400 Bad Request") -> None:
        super().__init__(message)
        self.message, self.path, self.status = message, path, status


class _Form(NamedTuple):
    """What a form holds.

    Attributes:
        content: The body that is meant; None if there is none.
        headers: As WSGI names them.
        parameters: Name and value, one character a byte.
    """

    content: bytes | None
    headers: dict[str, str]
    parameters: list[tuple[str, str]]


class AlternateRequestSyntax:
    """WSGI middleware that turns forms into the requests that they mean."""

    def __init__(self, app: WSGIApplication, *, prefix: str, max_bytes: int) -> None:
        """Stand before an app.

        Args:
            app: Gets every request, turned or not.
            prefix: Paths below it are looked at, such as `/xapi/`.
            max_bytes: Longest form; percent signs may make it thrice as long as its content.
        """
        self._app = app
        self._prefix = prefix
        self._max_bytes = max_bytes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if not environ.get("PATH_INFO", "").startswith(self._prefix):
            return self._app(environ, start_response)
        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if not any(name == "method" for name, _ in query):
            return self._app(environ, start_response)
        try:
            meant = self._meant(environ, query)
        except _Refused as refused:
            return _answer(refused, environ, start_response)
        if meant["REQUEST_METHOD"] != "HEAD":
            return self._app(meant, start_response)
        return self._app(meant, _without_length(start_response))

    def _meant(self, environ: WSGIEnvironment, query: list[tuple[str, str]]) -> WSGIEnvironment:
        """The request that is meant."""
        if environ["REQUEST_METHOD"] != "POST":
            raise _Refused("method is a parameter of POST alone", "$query.method")
        if len(query) > 1:
            raise _Refused("the address has no parameter but method: the form has", "$query")
        method = query[0][1]
        if method not in _METHODS:
            raise _Refused(f"method is one of {', '.join(_METHODS)}", "$query.method")
        form = _read(self._body(environ))
        if (form.content is not None) != (method in _WITH_CONTENT):
            needs = "needs" if method in _WITH_CONTENT else "has no"
            raise _Refused(f"{method} {needs} content", "$form.content")
        meant = {**environ, **form.headers}
        if _asked_for_2_0(meant):
            raise _Refused("xAPI 2.0 has no alternate request syntax", "$query.method")
        body = form.content or b""
        meant["REQUEST_METHOD"] = method
        meant["QUERY_STRING"] = urlencode(form.parameters, encoding="latin-1")
        meant["wsgi.input"] = io.BytesIO(body)
        meant["CONTENT_LENGTH"] = str(len(body))
        meant.pop("HTTP_TRANSFER_ENCODING", None)
        if "CONTENT_TYPE" not in form.headers:
            # Statements are JSON; of a document nobody knows what it is.
            statements = environ["PATH_INFO"] == f"{self._prefix}statements"
            meant["CONTENT_TYPE"] = "application/json" if statements else "application/octet-stream"
        # Some servers let the app address be read again from what the client had sent.
        for name in ("RAW_URI", "REQUEST_URI"):
            meant.pop(name, None)
        return meant

    def _body(self, environ: WSGIEnvironment) -> bytes:
        """The form, if it is one and not too long; with nothing in it, it may go unnamed."""
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            raise _Refused("the Content-Length is no number", "$form") from None
        in_pieces = bool(environ.get("wsgi.input_terminated")) and not length
        content_type = environ.get("CONTENT_TYPE", "")
        if not content_type and not length and not in_pieces:
            return b""
        if content_type.partition(";")[0].strip().lower() != _FORM:
            raise _Refused(f"the Content-Type has to be {_FORM}", "$form")
        body: bytes = b""
        if in_pieces or 0 < length <= self._max_bytes:
            body = environ["wsgi.input"].read(self._max_bytes + 1 if in_pieces else length)
        if max(len(body), length) > self._max_bytes:
            raise _Refused(
                f"a form has at most {self._max_bytes} bytes", "$form", "413 Content Too Large"
            )
        return body


def _read(body: bytes) -> _Form:
    """The fields of a form, told apart by what they stand for."""
    try:
        # In Latin-1 every byte is a character, so nothing is lost, whatever the content is.
        fields = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            encoding="latin-1",
            max_num_fields=_FIELDS,
        )
    except ValueError:
        raise _Refused("the body is not a form", "$form") from None
    content: bytes | None = None
    headers: dict[str, str] = {}
    parameters: list[tuple[str, str]] = []
    for name, value in fields:
        key = name.lower()
        if name == "content":
            if content is not None:
                raise _Refused("content stands twice", "$form.content")
            content = value.encode("latin-1")
        elif key in _HEADERS:
            if _HEADERS[key] in headers or not value.isprintable():
                raise _Refused("a header stands twice, or is none", f"$form.{key}")
            headers[_HEADERS[key]] = value
        elif key not in _IGNORED:
            parameters.append((name, value))
    return _Form(content, headers, parameters)


def _asked_for_2_0(environ: WSGIEnvironment) -> bool:
    """Whether the request is made in xAPI 2.0."""
    try:
        return asked_for(environ.get("HTTP_X_EXPERIENCE_API_VERSION")) is Version.V2_0
    except VersionError:
        return False  # the view says so


def _answer(
    refused: _Refused, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """An answer that says what is wrong, in the shape of all errors here."""
    body = msgspec.json.encode({"error": refused.message, "path": refused.path})
    version = Version.V2_0 if _asked_for_2_0(environ) else Version.V1_0
    start_response(
        refused.status,
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            (HEADER, version.value),
        ],
    )
    return [body]


def _without_length(start_response: StartResponse) -> StartResponse:
    """Answer without the length of a body that is not sent: the client posted, and would wait."""

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: ExcInfo = None
    ) -> Callable[[bytes], object]:
        others = [each for each in headers if each[0].lower() != "content-length"]
        return start_response(status, [*others, ("Content-Length", "0")], exc_info)

    return start
