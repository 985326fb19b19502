"""By what a statement can be looked for: the terms of the index, pure.

A term is a kind and a value folded into 64 bits; looking for one finds every statement with it and,
once in 10^19, another: a query that takes the terms for the whole truth is right for all purposes
but proofs.

Source: xAPI 1.0.3, part three, section 2.1.3 (GET statements, its parameters); IEEE 9274.1.1 (xAPI
2.0), 4.1.6.1.
"""

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

from msgspec import UNSET

from aarportal.cycle.action.xapi.statement_model import (
    Activity,
    Actor,
    Agent,
    Context,
    StatementRef,
)
from aarportal.cycle.action.xapi.statements import (
    RELATIONS,
    ActorKey,
    Statement,
    SubStatement,
    actor_key,
    as_list,
)

Kind = Literal["verb", "agent", "activity", "registration", "near agent", "near activity", "app"]
"""`near` is what `related_agents` and `related_activities` add to actor and object; `app` is who
sent the statement, by the app's id."""

#: Microseconds. A row of the index holds places of one such stretch of the log, so that whoever
#: looks for a place knows how far away the row can end in which it stands.
STRETCH = 10_000_000


@lru_cache(maxsize=65_536)
def term(kind: Kind, value: str) -> int:
    """The term of one value, as a signed 64-bit number."""
    digest = blake2b(f"{kind}\n{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def pack(positions: Iterable[int]) -> bytes:
    """Places in the log as bytes, in order."""
    packed = array("q", sorted(positions))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(positions: bytes) -> Sequence[int]:
    """The places again, growing."""
    unpacked = array("q", positions)
    if sys.byteorder == "big":
        unpacked.byteswap()
    return unpacked


def agent_value(key: ActorKey) -> str:
    """An actor as one text."""
    return f"{key.issuer}\n{key.name}"


def terms_of(statement: Statement) -> set[int]:
    """Every term under which a statement is found."""
    found = {term("verb", statement.verb.id)}
    thing = statement.object
    agents = set(_everybody(statement.actor))
    activities: set[str] = set()
    if isinstance(thing, Activity):
        activities.add(thing.id)
    elif not isinstance(thing, (StatementRef, SubStatement)):
        agents.update(_everybody(thing))
    found.update(term("agent", value) for value in agents)
    found.update(term("activity", value) for value in activities)
    context = statement.context
    if context is not None and context.registration:
        found.add(term("registration", context.registration.lower()))
    near_agents, near_activities = set(_agents_near(statement)), set(_activities_near(statement))
    found.update(term("near agent", value) for value in near_agents - agents)
    found.update(term("near activity", value) for value in near_activities - activities)
    return found


def _keys(actor: Actor | Agent) -> Iterator[str]:
    key = actor_key(actor)
    if key is not None:
        yield agent_value(key)


def _everybody(actor: Actor | Agent) -> Iterator[str]:
    """An agent, or a group and its members: who is in a group is found as the group is."""
    yield from _keys(actor)
    for member in getattr(actor, "member", UNSET) or ():
        yield from _keys(member)


def _agents_near(said: Statement | SubStatement) -> Iterator[str]:
    thing = said.object
    if isinstance(thing, SubStatement):
        yield from _everybody(thing.actor)
        yield from _agents_near(thing)
    elif isinstance(said, SubStatement) and not isinstance(thing, (Activity, StatementRef)):
        yield from _everybody(thing)
    if said.context is not None:
        yield from _agents_in(said.context)


def _agents_in(context: Context) -> Iterator[str]:
    for actor in (context.instructor, context.team):
        if actor:
            yield from _everybody(actor)
    for each in context.context_agents or ():
        yield from _everybody(each.agent)
    for among in context.context_groups or ():
        yield from _everybody(among.group)


def _activities_near(said: Statement | SubStatement) -> Iterator[str]:
    thing = said.object
    if isinstance(thing, SubStatement):
        if isinstance(thing.object, Activity):
            yield thing.object.id
        yield from _activities_near(thing)
    if said.context is not None and (around := said.context.context_activities):
        for relation in RELATIONS:
            for activity in as_list(getattr(around, relation)):
                yield activity.id
