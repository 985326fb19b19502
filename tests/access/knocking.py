"""Knocking at every door, and hearing whether it opens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.access.calls import LEAD_TO_SIGN_IN, SAY_NO, Sent, has_owner, sent_along, values_of
from tests.access.people import WHO, Whose
from tests.access.world import World

SAFE = frozenset({"GET"})
#: It was done, or it could not be done just now, or the form is to be mended: whoever hears that
#: stands in the room. 400 is a machine's form.
_OPEN = frozenset({200, 201, 204, 302, 304, 409, 412, 422})
#: `Not found` is the answer about what others have, `not allowed` about what a role never does.
_SHUT = frozenset({401, 403, 404})


class Heard(StrEnum):
    """What a knock brought."""

    OPEN = "open"
    SHUT = "shut"
    SIGN_IN = "sign in"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Knock:
    """One call: a route, by somebody, about somebody's data (None where it is about nobody's)."""

    endpoint: str
    method: str
    rule: Rule
    who: str
    whose: Whose | None


def knocks(endpoint: str, method: str, rule: Rule, who: str) -> Iterator[Knock]:
    """Every call of a route by somebody."""
    if not has_owner(rule):
        yield Knock(endpoint, method, rule, who, None)
        return
    for whose in Whose:
        about = values_of(rule, whose, who), sent_along(endpoint, whose, who)
        if None not in about:
            yield Knock(endpoint, method, rule, who, whose)


def call(world: World, knock: Knock) -> TestResponse:
    """The answer to a knock; the form, if there is one, carries its token."""
    seat = world.seats[knock.who]
    whose = knock.whose or Whose.SCHOOL
    values = values_of(knock.rule, whose, knock.who) or {}
    sent = sent_along(knock.endpoint, whose, knock.who) or Sent()
    with world.app.test_request_context():
        _, path = knock.rule.build(values, append_unknown=False) or ("", "/")
    headers = {**seat.headers, **sent.headers}
    body: dict[str, Any] = {}
    if knock.method not in SAFE:
        body = {"data": dict(sent.form)}
        if sent.json is not None:
            body = {"json": sent.json}
    return seat.client.open(
        path, method=knock.method, headers=headers, query_string=dict(sent.query), **body
    )


def heard(answer: TestResponse, endpoint: str) -> Heard:
    """What an answer means."""
    status = answer.status_code
    leads_to = answer.location.partition("?")[0] if status == 303 and answer.location else ""
    if leads_to == "/prove" or status in SAY_NO.get(endpoint, ()):
        # Everybody here has proved who they are: whoever is asked again hears neither yes nor no.
        return Heard.UNCLEAR if leads_to else Heard.OPEN
    leads_out = leads_to == "/sign-in"
    if status == 401 or (leads_out and endpoint not in LEAD_TO_SIGN_IN):
        return Heard.SIGN_IN
    if status in _SHUT:
        return Heard.SHUT
    return Heard.OPEN if status in _OPEN or status == 303 else Heard.UNCLEAR


@dataclass(frozen=True)
class Found:
    """A knock and its answer."""

    knock: Knock
    status: int
    heard: Heard


def knock_at(world: World, wanted: Iterable[Knock]) -> Iterator[Found]:
    """Knock at doors; after each that opened and changed something, everything is set back."""
    for knock in wanted:
        answer = call(world, knock)
        status, said = answer.status_code, heard(answer, knock.endpoint)
        answer.close()
        if knock.method not in SAFE and status < 400 and said is Heard.OPEN:
            world.back()
        yield Found(knock, status, said)


def everybody() -> tuple[str, ...]:
    """The columns."""
    return tuple(WHO)
