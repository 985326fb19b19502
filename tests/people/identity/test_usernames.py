"""Who had a login name when: whatever imports follow each other, nobody gets another's time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.intake.matching import (
    AMBIGUOUS_ACTOR,
    UNKNOWN_ACTOR,
    Candidate,
    Directory,
    Found,
    Link,
)
from aarportal.cycle.action.intake.matching import ROSTER as ROSTER_OF_MATCHING
from aarportal.cycle.action.xapi.statements import ActorKey
from aarportal.people.identity.store import ROSTER
from aarportal.people.identity.usernames import Holder, Span, history

START = datetime(2024, 4, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
PAGE = "https://idp.example/"
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


class Register:
    """The roster of a district, import by import, with what is kept beside it."""

    def __init__(self):
        self.people: dict[UUID, Holder] = {}
        self.spans: list[Span] = []
        self.past: list[tuple[datetime, dict[UUID, Holder]]] = []

    def bring(self, moment: datetime, **present: str) -> "Register":
        """An import: person -> login name; whoever is not named has left."""
        ids = {"a": A, "b": B, "c": C}
        wanted = {ids[person]: Holder(name, True) for person, name in present.items()}
        left = {
            id_: Holder(holder.username, False)
            for id_, holder in self.people.items()
            if id_ not in wanted
        }
        after = {**self.people, **left, **wanted}
        changed = {id_: it for id_, it in after.items() if self.people.get(id_) != it}
        for name in {holder.username for it in changed for holder in (self.of(it), after[it])}:
            self._pass_on(name, changed, moment)
        self.people = after
        self.past.append((moment, dict(after)))
        return self

    def of(self, person: UUID) -> Holder:
        return self.people.get(person, Holder("nobody's", False))

    def _pass_on(self, name: str, changed: dict[UUID, Holder], moment: datetime) -> None:
        """One name after the other, and of each only those whom it is about."""
        before = {it: holder for it, holder in self.people.items() if holder.username == name}
        about = {it: h for it, h in changed.items() if name in {h.username, self.of(it).username}}
        kept = [span for span in self.spans if span.name == name]
        found = history([name], before, about, kept, moment)
        self.spans = [
            Span(it.name, it.user_id, it.begins_at, found.ended.get(it.id, it.ends_at), it.id)
            for it in self.spans
        ] + [Span(it.name, it.user_id, it.begins_at, it.ends_at, uuid4()) for it in found.new]

    def whose(self, name: str, moment: datetime) -> UUID | str:
        links = [
            Link(it.id, UUID(int=0), ROSTER, it.name, it.user_id, it.begins_at, it.ends_at)
            for it in self.spans
        ]
        people = [
            Candidate(id_, f"master {id_}", holder.username, f"roster {id_}")
            for id_, holder in self.people.items()
        ]
        found = Directory.of(people, links, home_pages=[PAGE]).find(ActorKey(PAGE, name), moment)
        return found.person_id if isinstance(found, Found) else found


def at(years: float) -> datetime:
    return START + years * YEAR


#: Imports year after year -> (login name, when) -> whose it is.
HISTORIES = {
    "nothing changes": ([{"a": "x"}, {"a": "x"}], {("x", 0.5): A, ("x", 1.5): A}),
    "somebody leaves": ([{"a": "x"}, {}], {("x", 0.5): A, ("x", 1.5): A}),
    "somebody gets another name": (
        [{"a": "x"}, {"a": "y"}],
        {("x", 0.5): A, ("x", 1.5): UNKNOWN_ACTOR, ("y", 1.5): A},
    ),
    "the name of one who left goes to another": (
        [{"a": "x"}, {"b": "x"}],
        {("x", -1): A, ("x", 0.5): A, ("x", 1.5): B},
    ),
    "a year later": ([{"a": "x"}, {}, {"b": "x"}], {("x", 0.5): A, ("x", 1.5): A, ("x", 2.5): B}),
    "every year another": (
        [{"a": "x"}, {"b": "x"}, {"c": "x"}],
        {("x", 0.5): A, ("x", 1.5): B, ("x", 2.5): C},
    ),
    "two change places": (
        [{"a": "x", "b": "y"}, {"a": "y", "b": "x"}],
        {("x", 0.5): A, ("x", 1.5): B, ("y", 0.5): B, ("y", 1.5): A},
    ),
    "and change back": (
        [{"a": "x", "b": "y"}, {"a": "y", "b": "x"}, {"a": "x", "b": "y"}],
        {("x", 0.5): A, ("x", 1.5): B, ("x", 2.5): A, ("y", 1.5): A, ("y", 2.5): B},
    ),
    "who used it while nobody had it, nobody can tell": (
        [{"a": "x"}, {"a": "y"}, {"a": "y", "b": "x"}],
        {("x", 0.5): A, ("x", 1.5): AMBIGUOUS_ACTOR, ("x", 2.5): B},
    ),
    "somebody comes back to a name that nobody had": (
        [{"a": "x"}, {"a": "y"}, {"a": "x"}],
        {("x", 0.5): A, ("x", 1.5): A, ("x", 2.5): A},
    ),
    "somebody comes back to a name that another had": (
        [{"a": "x"}, {"b": "x"}, {"a": "x"}],
        {("x", 0.5): A, ("x", 1.5): B, ("x", 2.5): A},
    ),
    "two of one name": (
        [{"a": "x"}, {"a": "x", "b": "x"}],
        {("x", 0.5): A, ("x", 1.5): AMBIGUOUS_ACTOR},
    ),
    "two of one name, until one leaves": (
        [{"a": "x", "b": "x"}, {"b": "x"}],
        {("x", 0.5): AMBIGUOUS_ACTOR, ("x", 1.5): B},
    ),
    "two of one name, until one gets another": (
        [{"a": "x", "b": "x"}, {"a": "y", "b": "x"}],
        {("x", 0.5): AMBIGUOUS_ACTOR, ("x", 1.5): B, ("y", 1.5): A},
    ),
}


@pytest.mark.parametrize(("imports", "expected"), HISTORIES.values(), ids=HISTORIES)
def test_a_login_name_means_whoever_had_it_then(imports, expected):
    register = Register()
    for year, present in enumerate(imports):
        register.bring(at(year), **present)
    assert {key: register.whose(key[0], at(key[1])) for key in expected} == expected


def test_matching_knows_these_links_by_the_same_issuer():
    assert ROSTER == ROSTER_OF_MATCHING


def test_a_roster_that_does_not_change_hands_keeps_nothing():
    register = Register()
    for year, present in enumerate([{"a": "x"}, {"a": "x", "b": "y"}, {"b": "y"}, {"a": "x"}]):
        register.bring(at(year), **present)
    assert register.spans == []


PRESENT = st.fixed_dictionaries({}, optional=dict.fromkeys("abc", st.sampled_from(["x", "y", "z"])))


@given(st.lists(PRESENT, min_size=1, max_size=7))
def test_whoever_alone_has_a_name_gets_all_that_is_done_under_it_and_nobody_else(imports):
    register = Register()
    for year, present in enumerate(imports):
        register.bring(at(year), **present)
    for year, (_, people) in enumerate(register.past):
        for name in ("x", "y", "z"):
            there = {id_ for id_, it in people.items() if it.username == name and it.enabled}
            found = register.whose(name, at(year + 0.5))
            if len(there) == 1:
                assert found == next(iter(there)), (year, name)
            elif there:
                assert found == AMBIGUOUS_ACTOR, (year, name)
            elif isinstance(found, UUID):
                # Nobody has it: it may still be taken for whoever had it before, and before anybody
                # had it for the first who did, but never for somebody who only had it later.
                had = [
                    {id_ for id_, it in was.items() if it.username == name}
                    for _, was in register.past
                ]
                so_far = set().union(*had[: year + 1])
                first = next(filter(None, had))
                assert found in (so_far or first), (year, name)
