"""Fetching a whole roster from another system, page by page, and writing it as a file.

What comes is a bulk file like any other: it is looked at, shown as a difference and confirmed in
one way, wherever it came from. What is not whole is nothing: a missing page would be people gone.
"""

import base64
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import msgspec

from aarportal.core.wire import Reply
from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
)
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from aarportal.people.roster.oneroster.rows import RoleRow
from aarportal.people.roster.oneroster.writer import write_bundle
from aarportal.people.roster.sources import reading
from aarportal.people.roster.sources.troubles import PullError

_SCOPE_PREFIX = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
_SCOPES = f"{_SCOPE_PREFIX}roster-core.readonly {_SCOPE_PREFIX}roster.readonly"
_PAGE = 500
#: More than any district has, in one list.
_MOST_ROWS = 2_000_000
#: How often one page is asked for, and the longest wait before it is asked for again, in seconds.
_TRIES = 5
_LONGEST_WAIT = 60.0
#: How often a list is read that changes meanwhile, and how long it is let settle in between.
_READINGS = 3
_SETTLING_SECONDS = 20.0
_FILES = {
    "orgs": ORGS,
    "academicSessions": ACADEMIC_SESSIONS,
    "courses": COURSES,
    "classes": CLASSES,
    "users": USERS,
    "enrollments": ENROLLMENTS,
}


class Asker(Protocol):
    """Whoever carries a question to another system (see `wire.Wire`)."""

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, query: str = "", body: str = ""
    ) -> Reply:
        """Ask once."""


@dataclass(frozen=True)
class Place:
    """Where a roster is, and who asks for it."""

    base_url: str
    token_url: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Pulled:
    """A roster that came whole.

    Attributes:
        data: A OneRoster zip; the same rows are the same bytes, in whatever order they came.
        counts: File -> its rows.
    """

    data: bytes
    counts: dict[str, int]

    @property
    def sha256(self) -> str:
        """What tells whether it is the one of yesterday."""
        return sha256(self.data).hexdigest()


class _ShiftedError(PullError):
    """A reading of a list that is not whole; the next one may be."""


class Pull:
    """Asks one system for all that it has."""

    def __init__(self, place: Place, wire: Asker, pause: Callable[[float], None]) -> None:
        """Nothing is asked yet.

        Args:
            place: Whom to ask.
            wire: How.
            pause: Waits for so many seconds.
        """
        self._place = place
        self._wire = wire
        self._pause = pause
        self._token = ""
        self._has_kana = False
        self._overlaps = True

    def whole(self) -> Pulled:
        """Fetch everything.

        Raises:
            PullError: If anything of it does not come, or is not as it should be.
        """
        rows: dict[str, dict[str, Any]] = {file: {} for file in (*_FILES.values(), ROLES)}
        for name in _FILES:
            for file, row in self._list(name):
                rows[file][row.sourced_id] = row
        if not (rows[ORGS] and rows[USERS]):
            raise PullError("empty")
        # A file of the profiles says more than one of the base, and has to be as they want it.
        dialect = JP_K12 if self._has_kana else BASE_1_2
        packed = io.BytesIO()
        ordered = {name: [found[key] for key in sorted(found)] for name, found in rows.items()}
        own = {
            name: sorted({column for row in found for column in row.extra})
            for name, found in ordered.items()
        }
        counts = write_bundle(packed, dialect, ordered, own_columns=own)
        return Pulled(packed.getvalue(), counts)

    def _list(self, name: str) -> Iterator[tuple[str, Any]]:
        """The rows that a list becomes, each with the file that it belongs to.

        Pages are counted from the front: where somebody is deleted in between, the next ones move
        up, and one row is on no page at all. Such a reading is none, and begins anew.

        Raises:
            PullError: If no reading is whole.
        """
        for number in range(_READINGS):
            try:
                found = self._read_through(name)
            except _ShiftedError as error:
                if number == _READINGS - 1:
                    raise PullError(error.rule, error.detail) from None
                self._pause(_SETTLING_SECONDS)
            else:
                yield from (row for rows in found.values() for row in rows)
                return

    def _read_through(self, name: str) -> dict[str, list[tuple[str, Any]]]:
        """The rows of every object of a list, by its sourcedId; none of those to be deleted.

        Every page but the first begins with the last object of the one before: whatever moves up or
        down in between shows there.

        Raises:
            PullError: If an answer does not come, or is not as it should be.
            _ShiftedError: If the list changed while it was read, or is not what it is said to be.
        """
        found: dict[str, list[tuple[str, Any]]] = {}
        place, first_total, before = 0, 0, list[str]()
        while True:
            overlap = 1 if self._overlaps and len(before) > 1 else 0
            reply = self._page(name, place - overlap)
            objects = reading.page(name, reply.body)
            ids = [each.sourcedId for each in objects]
            if overlap and ids == before:
                # It counts whole pages only, and has given the same one again.
                self._overlaps = False
                continue
            if overlap and ids[:1] != before[-1:]:
                raise _ShiftedError("incomplete", name)
            total = _total(reply, first_total)
            first_total = first_total or total
            for each in objects[overlap:]:
                rows = self._rows_of(name, each)
                if found.setdefault(each.sourcedId, rows) != rows:
                    raise _ShiftedError("twice", f"{name} {each.sourcedId}")
            received = len(objects) - overlap
            place += received
            if place > _MOST_ROWS:
                raise PullError("too_large", name)
            if not received or not _goes_on(reply, place, total, received):
                break
            before = ids
        if total and not len(found) == total == first_total:
            raise _ShiftedError("incomplete", f"{name}: {len(found)} / {first_total} / {total}")
        return found

    def _rows_of(self, name: str, each: Any) -> list[tuple[str, Any]]:
        """The rows of an object, each with its file; none if it is to be deleted."""
        self._has_kana = self._has_kana or reading.has_kana(each)
        if each.status == "tobedeleted":
            return []
        if each.status != "active":
            raise PullError("wrong_value", f"{name} status")
        file = _FILES[name]
        return [
            (ROLES if isinstance(row, RoleRow) else file, row) for row in reading.rows(name, each)
        ]

    # --- one answer -------------------------------------------------------------------------------

    def _page(self, name: str, offset: int) -> Reply:
        """An answer with status 200.

        Raises:
            PullError: If none comes.
        """
        query = urlencode({"limit": _PAGE, "offset": offset})
        is_fresh = not self._token
        for number in range(_TRIES):
            if not self._token:
                self._token = self._fetch_token()
            headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
            reply = self._wire.ask("GET", f"{self._place.base_url}/{name}", headers, query=query)
            if reply.status == 200:
                return reply
            if reply.status == 401 and not is_fresh:
                # It was good for so long; the next one is good for the rest.
                self._token, is_fresh = "", True
            elif _may_ask_again(reply.status) and number < _TRIES - 1:
                self._pause(_wait_seconds(reply, number))
            else:
                raise _refusal(reply.status, name)
        raise PullError("refused", name)

    def _fetch_token(self) -> str:
        place = self._place
        pair = f"{quote(place.client_id, safe='')}:{quote(place.secret, safe='')}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        form = urlencode({"grant_type": "client_credentials", "scope": _SCOPES})
        for number in range(_TRIES):
            reply = self._wire.ask("POST", place.token_url, headers, body=form)
            if reply.status == 200:
                return _token_in(reply.body)
            if not _may_ask_again(reply.status):
                break
            self._pause(_wait_seconds(reply, number))
        if reply.status in {400, 401, 403}:
            raise PullError("refused_secret", f"HTTP {reply.status}")
        raise _refusal(reply.status, "token")


def _token_in(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_TokenReply).access_token
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PullError("not_json", "token") from error


class _TokenReply(msgspec.Struct):
    access_token: str


def _total(reply: Reply, known: int) -> int:
    """How many there are, as the last answer says; 0 if none ever said."""
    told = reply.headers.get("x-total-count", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else known


def _goes_on(reply: Reply, offset: int, total: int, received: int) -> bool:
    """Whether there may be another page; systems give fewer at once than they are asked for."""
    if total:
        return offset < total
    if "link" in reply.headers:
        return 'rel="next"' in reply.headers["link"].replace("rel=next", 'rel="next"')
    # Nobody says how many there are: until a page is empty.
    return received > 0


def _may_ask_again(status: int) -> bool:
    return status == 429 or status >= 500


def _wait_seconds(reply: Reply, number: int) -> float:
    told = reply.headers.get("retry-after", "")
    if told.isascii() and told.isdecimal() and len(told) < 6:
        return min(float(told), _LONGEST_WAIT)
    return min(2.0**number, _LONGEST_WAIT)


def _refusal(status: int, what: str) -> PullError:
    detail = f"{what}: HTTP {status}"
    if status in {401, 403}:
        return PullError("refused", detail)
    if status in {404, 405, 410}:
        return PullError("not_found", detail)
    if status == 429:
        return PullError("busy", detail)
    if 300 <= status < 400:
        return PullError("redirected", detail)
    return PullError("server_error", detail)
