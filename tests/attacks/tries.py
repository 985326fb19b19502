"""One attempt, and where its parts come from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hypothesis import strategies as st
from werkzeug.test import TestResponse

from aarportal.core.permissions import GRANTS
from aarportal.web.blueprint import PERMISSIONS
from tests.access.calls import ARGUMENTS, SENT, SPECIAL, Sent, finder, named_by, routes
from tests.access.people import CHILDREN, Whose
from tests.access.senders import account
from tests.access.world import Seat, World
from tests.attacks.elsewhere import Elsewhere
from tests.attacks.sight import ATTACKERS

#: After these the attacker would be out, and every later attempt that of a stranger.
ENDING = frozenset({"accounts.sign_out"})


@dataclass(frozen=True)
class Try:
    """A request, as an attacker makes it up; the session and the token are the attacker's own.

    Attributes:
        cookie: The header instead of the attacker's own; None for their own.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    cookie: str | None = None

    def ask(self, world: World, seat: Seat) -> TestResponse:
        """Make it."""
        del world
        headers = {**seat.headers, **dict(self.headers)}
        if self.cookie is not None:
            headers["Cookie"] = self.cookie
        body: dict[str, Any] = {"json": self.json} if self.json is not None else {}
        if self.form:
            body = {"data": _lists(self.form)}
        address = self.path
        if self.query:
            address += ("&" if "?" in address else "?") + urlencode(self.query)
        return seat.client.open(address, method=self.method, headers=headers, **body)


@dataclass
class Ground:
    """What attackers know of the world: every id there is, for the worst of cases."""

    world: World
    elsewhere: Elsewhere
    ids: list[str] = field(init=False)
    persons: list[str] = field(init=False)
    routes: list = field(init=False)

    def __post_init__(self) -> None:
        found = {str(each) for each in self.world.ids}
        for find in (*ARGUMENTS.values(), *SPECIAL.values()):
            found |= {str(find(whose, "pupil")) for whose in Whose if whose is not Whose.OWN}
        self.ids = sorted(found - {"None"})
        self.persons = [str(child.id) for child in CHILDREN]
        self.routes = [each for each in routes(self.world.app) if each[0] not in ENDING]

    def a_route(self, name: str, *methods: str, within: str = "") -> st.SearchStrategy:
        """(endpoint, method, rule): mostly one at whose door the attacker is not sent away."""
        found = [
            each for each in self.routes
            if (not methods or each[1] in methods) and each[0].startswith(within)
        ]  # fmt: skip
        inside = [each for each in found if _comes_in(name, each[0], self.world.app)]
        anywhere = st.sampled_from(found)
        return st.one_of(*[st.sampled_from(inside)] * 3, anywhere) if inside else anywhere

    # --- parts -----------------------------------------------------------------------------------

    def an_id(self) -> st.SearchStrategy[str]:
        """An id of somebody's, of any kind, or what is nearly one."""
        whole = st.sampled_from(self.ids)
        return st.one_of(whole, whole, st.sampled_from(self.persons), whole.map(_bent), BROKEN)

    def a_word(self) -> st.SearchStrategy[str]:
        """Something to look for."""
        names = st.sampled_from([child.name for child in CHILDREN])
        letters = st.sampled_from("cdhiklmnpstxy")
        words = st.builds(lambda letter, name: f"zq{letter}{name}", letters, names)
        return st.one_of(names, words, st.sampled_from(("%", "_", "zq", "*", "", "1", "all")))

    def argument(self, endpoint: str, name: str) -> st.SearchStrategy[str]:
        """What stands for an argument: mostly of the right kind, and mostly somebody else's."""
        find = finder(endpoint, name)
        right = [str(it) for it in (find(whose, "pupil") for whose in Whose) if it is not None]
        return st.one_of(*([st.sampled_from(right)] * 4), self.an_id())

    def path(self, endpoint: str, rule: Any) -> st.SearchStrategy[str]:
        """An address of a route."""
        names = named_by(rule)
        values = st.fixed_dictionaries({name: self.argument(endpoint, name) for name in names})
        return values.map(lambda found: _address(rule, found))

    def value(self) -> st.SearchStrategy[str]:
        """What stands in a field."""
        return st.one_of(self.an_id(), self.an_id(), self.a_word(), st.sampled_from(SETTINGS))


_PLACES = count(1)


def from_elsewhere() -> str:
    """An address from which nobody came yet: who errs often at one would have to wait there."""
    n = next(_PLACES)
    return f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"


SETTINGS = (
    "1", "0", "true", "on", "2026-11-22", "own", "all", "student", "/", "//x", "sansu", "\0",
)  # fmt: skip
BROKEN = st.sampled_from(
    (
        "0", "-1", "null", "undefined", "..", "%2e%2e", "%00", "new", "*", "%25", "1 or 1=1",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "{id}", "’", "０１２", "id;id", "a" * 300,
    )
)  # fmt: skip


def _comes_in(name: str, endpoint: str, app: Any) -> bool:
    """Whether somebody may do what a route is for, about anybody."""
    who = ATTACKERS[name].who
    if who.member is None:
        return not who.machine or app.blueprints[endpoint.partition(".")[0]].credential != "browser"
    return PERMISSIONS[endpoint] in GRANTS[who.member.role]


def _bent(whole: str) -> str:
    """An id as other programs write it, or with one digit changed."""
    try:
        value = UUID(whole)
    except ValueError:
        return whole + "x"
    ways = (
        whole.upper(), value.hex, "{" + whole + "}", value.urn, str(UUID(int=value.int ^ 1)),
        whole + " ", whole[:-1],
    )  # fmt: skip
    return ways[value.int % len(ways)]


def _address(rule: Any, values: dict[str, str]) -> str:
    path = rule.rule
    for name, value in values.items():
        for kind in ("uuid:", "string:", "path:", ""):
            path = path.replace(f"<{kind}{name}>", value.replace("/", "%2f"))
    return path


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def form_of(endpoint: str) -> dict[str, str]:
    """A form that holds good, as far as it is known."""
    return {name: str(value) for name, value in SENT.get(endpoint, Sent()).form.items()}


def actor(child) -> dict:
    """A child as apps name it."""
    return account(child)
