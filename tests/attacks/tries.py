"""One attempt, and where its parts come from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hypothesis import strategies as st
from werkzeug.test import TestResponse

from aarportal.core.permissions import GRANTS, Permission
from aarportal.web.blueprint import PERMISSIONS
from tests.access.calls import (
    ARGUMENTS,
    SENT,
    SPECIAL,
    Named,
    Sent,
    finder,
    named_by,
    of_child,
    routes,
)
from tests.access.filling import MARK, word
from tests.access.newcomers import login_of
from tests.access.people import CHILDREN, Whose
from tests.access.world import Seat, World
from tests.attacks.aims import LETTERS, Aims, begun
from tests.attacks.elsewhere import Elsewhere
from tests.attacks.listening import heard_from
from tests.attacks.sight import ATTACKERS
from tests.cast import key

#: After these the attacker would be out, and every later attempt that of a stranger.
ENDING = frozenset({"accounts.sign_out"})


def mostly(often: st.SearchStrategy, seldom: st.SearchStrategy, times: int = 3):
    """The one, and once in a while (`times` to 1) the other.

    A strategy that stands in `one_of` several times stands there once for Hypothesis.
    """
    return st.integers(0, times).flatmap(lambda n: seldom if n == times else often)


@dataclass(frozen=True)
class Try:
    """A request, as an attacker makes it up; the session and the token are the attacker's own.

    Attributes:
        cookie: The header instead of the attacker's own; None for their own.
        is_forged: Whether it brings a credential, a card or a cursor that nobody gave them.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    json: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    cookie: str | None = None
    is_forged: bool = False

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

    def said(self) -> str:
        """All that the attacker says, beside what they say with every request."""
        pairs = (*self.query, *self.form, *self.headers)
        told = [f"{name}={value}" for name, value in pairs]
        return "\n".join((self.path, self.cookie or "", *told, json.dumps(self.json)))


class Ground:
    """What attackers know of the world: every id there is, for the worst of cases."""

    def __init__(self, world: World, elsewhere: Elsewhere) -> None:
        self.world, self.elsewhere, self.aims = world, elsewhere, Aims(world)
        self.reads = heard_from(world)
        found = {str(each) for each in world.ids}
        for find in (*ARGUMENTS.values(), *SPECIAL.values()):
            found |= {str(find(whose, "pupil")) for whose in Whose if whose is not Whose.OWN}
        self.ids = sorted(found - {"None"})
        self.routes = [each for each in routes(world.app) if each[0] not in ENDING]
        self.a_route, self.argument = cache(self._a_route), cache(self._argument)
        self.an_id = cache(self._an_id)
        self._paths: dict[tuple, st.SearchStrategy] = {}

    def _a_route(self, name: str, *methods: str, within: str = "") -> st.SearchStrategy:
        """(endpoint, method, rule): mostly one at whose door the attacker is not sent away, and at
        which something of somebody else's can be named.
        """
        found = [
            each for each in self.routes
            if (not methods or each[1] in methods) and each[0].startswith(within)
        ]  # fmt: skip
        inside = [each for each in found if _comes_in(name, each[0], self.world.app)]
        naming: dict[str, list] = {"child": [], "place": []}
        for each in inside:
            for aim, routes_there in naming.items():
                if any(self._others(name, each[0], word, aim) for word in named_by(each[2])):
                    routes_there.append(each)
        anywhere, inside = st.sampled_from(found), st.sampled_from(inside or found)
        often = [st.sampled_from(each) for each in naming.values() if each] or [inside]
        return mostly(mostly(often[0], often[-1]), mostly(inside, anywhere, 1), 7)

    # --- parts -----------------------------------------------------------------------------------

    def _an_id(self, name: str) -> st.SearchStrategy[str]:
        """An id of somebody's, mostly of another child's; now and then what is nearly one."""
        others = [each for each in self.ids if self.is_others(name, each)]
        whole = st.sampled_from(others or self.ids)
        rest = st.one_of(whole.map(_bent), st.sampled_from(self.ids), BROKEN)
        return mostly(whole, rest, 5)

    def a_child(self, name: str, letter: str) -> st.SearchStrategy:
        """Mostly one of whom the attacker may not know what is said by this letter."""
        others = [each for each in CHILDREN if not ATTACKERS[name].knows(letter, each.name)]
        return mostly(st.sampled_from(others or CHILDREN), st.sampled_from(CHILDREN), 2)

    def a_word(self) -> st.SearchStrategy[str]:
        """Something to look for."""
        names = st.sampled_from([child.name for child in CHILDREN])
        words = st.builds(word, st.sampled_from(LETTERS), names)
        words = st.one_of(words, words.map(begun))
        return mostly(words, st.one_of(names, st.sampled_from(("%", "_", MARK, "*", "", "1"))), 3)

    def is_others(self, name: str, value: str) -> bool:
        """Whether a value is another child's."""
        return self.aims.aim(ATTACKERS[name], value) == "child"

    def _others(self, name: str, endpoint: str, argument: str, *aims: str) -> list[str]:
        """What may stand for an argument and is another child's, or other children's place's."""
        right, who = self._right(endpoint, argument), ATTACKERS[name]
        return [each for each in right if self.aims.aim(who, each) in (aims or ("child", "place"))]

    def _right(self, endpoint: str, name: str) -> list[str]:
        """What may stand for an argument: something of the right kind of everybody's."""
        find = MORE.get(name) or finder(endpoint, name)
        found = (find(whose, "pupil") for whose in Whose)
        return list(dict.fromkeys(str(each) for each in found if each is not None))

    def _argument(self, name: str, endpoint: str, argument: str, *, own: bool = False):
        """What stands for an argument: mostly of the right kind, and mostly somebody else's.

        Args:
            name: Who tries.
            endpoint: Of which route; empty for that of none.
            argument: What it is called.
            own: Whether it is to be the attacker's own, as something else in the request is not.
        """
        right, others = self._right(endpoint, argument), self._others(name, endpoint, argument)
        theirs = [each for each in right if each not in others]
        often = (theirs or right) if own else (others or right)
        rest = mostly(st.sampled_from(right), self.an_id(name), 1)
        return mostly(st.sampled_from(often), rest, 8)

    def path(self, name: str, endpoint: str, rule: Any, *, own: bool = False):
        """An address of a route."""
        place = name, endpoint, rule.rule, own
        if place not in self._paths:
            values = {each: self.argument(name, endpoint, each, own=own) for each in named_by(rule)}
            found = st.fixed_dictionaries(values).map(lambda chosen: _address(rule, chosen))
            self._paths[place] = found
        return self._paths[place]

    def field(self, name: str, field: str) -> st.SearchStrategy[str]:
        """What stands in a field: where its name says of what kind, mostly somebody else's."""
        argument = FIELDS.get(field)
        return self.argument(name, "", argument) if argument else self.value(name)

    def value(self, name: str) -> st.SearchStrategy[str]:
        """What stands in a field of which nothing is known."""
        return mostly(self.an_id(name), mostly(self.a_word(), st.sampled_from(SETTINGS), 1), 3)


#: Field of a form or of a query -> the argument of addresses for which the same stands there.
FIELDS = {
    "adjustment": "adjustment_id", "app": "app_id", "app_id": "app_id", "carried": "adjustment_id",
    "class": "class_id", "class_id": "class_id", "cycle": "cycle_id", "cycle_id": "cycle_id",
    "evidence": "cycle_id", "goal": "goal_id", "goal_id": "goal_id", "holder_id": "person_id",
    "kept_id": "person_id", "merged_id": "person_id", "person": "person_id",
    "person_id": "person_id", "q": "login", "record": "record_id", "record_id": "record_id",
    "reflection_id": "reflection_id", "school": "school", "school_id": "school",
    "school_ids": "school", "student": "student_id", "student_id": "student_id",
    "unit": "unit_id", "unit_id": "unit_id", "user_id": "person_id", "words": "login",
}  # fmt: skip

#: What stands in fields alone.
MORE: dict[str, Named] = {
    "adjustment_id": of_child(lambda child: key(f"adjustments {child.name}")),
    "login": of_child(lambda child: begun(login_of(child))),
}

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
    if who.member is not None:
        return PERMISSIONS[endpoint] in GRANTS[who.member.role]
    if not who.machine:
        # Nobody is let in; there they try what is for those who are.
        return PERMISSIONS[endpoint] is not Permission.PUBLIC
    credentials = {"roster"} if who.machine == "roster" else {"app", "caliper"}
    return app.blueprints[endpoint.partition(".")[0]].credential in credentials


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
    return dict(told(SENT.get(endpoint, Sent()).form))


def told(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Fields as they are sent."""
    return tuple((name, str(value)) for name, value in fields.items())
