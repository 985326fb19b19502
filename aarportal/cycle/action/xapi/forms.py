"""What a request for statements asks for: its parameters as values.

Source: xAPI 1.0.3, part three, section 2.1.3 (GET statements).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aarportal.cycle.action.xapi import parameters
from aarportal.cycle.action.xapi.formats import FORMATS, Format
from aarportal.cycle.action.xapi.operations import position_of
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.search import Query
from aarportal.cycle.action.xapi.statement_model import Actor
from aarportal.cycle.action.xapi.statements import ActorKey, actor_key
from aarportal.cycle.action.xapi.terms import Kind, agent_value, term

#: How a statement is given out.
_MANNER = frozenset({"format", "attachments"})
#: Which one statement.
_WHICH = ("statementId", "voidedStatementId")
_FILTERS = frozenset(
    {"agent", "verb", "activity", "registration", "related_activities", "related_agents"}
)
_ORDER = frozenset({"since", "until", "limit", "ascending"})
#: Where a page goes on: not of xAPI but of the addresses in `more`.
CURSOR = "cursor"
KNOWN = _MANNER | {*_WHICH} | _FILTERS | _ORDER | {CURSOR}

#: How many statements come at once where nobody says.
USUAL_LIMIT = 100
_LAST_PLACE = 2**63 - 1


@dataclass(frozen=True)
class Manner:
    """How statements are given out."""

    format: Format
    attachments: bool


@dataclass(frozen=True)
class Which:
    """One statement."""

    id: UUID
    voided: bool


def manner(given: Mapping[str, str]) -> Manner:
    """How statements are to be given out.

    Raises:
        RequestError: If there is no such format, or a flag is none.
    """
    wanted = given.get("format", "exact")
    for known in FORMATS:
        if wanted == known:
            return Manner(known, _flag(given, "attachments"))
    raise RequestError(f"format has to be one of {', '.join(FORMATS)}", "$query.format")


def which(given: Mapping[str, str]) -> Which | None:
    """The one statement that is wanted; None if it is a list.

    Raises:
        RequestError: If an id is none, or there is more beside it than how to give it out.
    """
    asked = [name for name in _WHICH if name in given]
    if not asked:
        return None
    name = asked[0]
    for other in sorted(given.keys() - _MANNER - {name}):
        raise RequestError(f"{other} cannot stand beside {name}", f"$query.{other}")
    return Which(parameters.uuid(given[name], name), voided=name == "voidedStatementId")


def agent_in(given: Mapping[str, str]) -> ActorKey | None:
    """Whose statements are wanted; None if anybody's.

    Raises:
        RequestError: If it is neither an agent nor an identified group.
    """
    if "agent" not in given:
        return None
    asked: Actor = parameters.agent(given["agent"], groups=True)
    return actor_key(asked)


def query(given: Mapping[str, str], most: int, authority_of: UUID | None = None) -> Query:
    """Which statements are wanted.

    Args:
        given: The parameters.
        most: How many statements go into one answer at most.
        authority_of: The app that the agent is, who vouches for its statements; None if it is no
            app.

    Raises:
        RequestError: If a parameter is not what it has to be.
    """
    first, last = 0, _LAST_PLACE
    if "since" in given:
        first = position_of(parameters.instant(given["since"], "since")) + 1
    if "until" in given:
        last = min(last, position_of(parameters.instant(given["until"], "until")))
    ascending = _flag(given, "ascending")
    if CURSOR in given:
        place = _whole_number(given, CURSOR, 0)
        first, last = (max(first, place), last) if ascending else (first, min(last, place))
    limit = _whole_number(given, "limit", USUAL_LIMIT) or most
    return Query(
        wanted=tuple(_wanted(given, authority_of)),
        first=max(first, 0),
        last=last,
        ascending=ascending,
        limit=min(limit, most),
    )


def _wanted(given: Mapping[str, str], authority_of: UUID | None) -> list[frozenset[int]]:
    near_agents = _flag(given, "related_agents")
    near_activities = _flag(given, "related_activities")
    wanted: list[frozenset[int]] = []
    key = agent_in(given)
    if key is not None:
        found = _terms("agent", "near agent", agent_value(key), near=near_agents)
        if near_agents and authority_of is not None:
            found |= {term("app", str(authority_of))}
        wanted.append(found)
    if "activity" in given:
        activity = parameters.iri(given["activity"], "activity")
        wanted.append(_terms("activity", "near activity", activity, near=near_activities))
    if "registration" in given:
        registration = parameters.uuid(given["registration"], "registration")
        wanted.append(frozenset({term("registration", str(registration))}))
    if "verb" in given:
        wanted.append(frozenset({term("verb", parameters.iri(given["verb"], "verb"))}))
    return wanted


def _terms(kind: Kind, near_kind: Kind, value: str, *, near: bool) -> frozenset[int]:
    found = {term(kind, value)}
    return frozenset(found | {term(near_kind, value)} if near else found)


def _flag(given: Mapping[str, str], name: str) -> bool:
    return name in given and parameters.flag(given[name], name)


def _whole_number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise RequestError(f"{name} has to be a whole number", f"$query.{name}")
    return min(int(text), _LAST_PLACE)
