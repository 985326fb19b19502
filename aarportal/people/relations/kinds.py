"""Kinds of relations, and which role a person needs who holds one; pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from aarportal.core.permissions import Role


class Kind(StrEnum):
    """How somebody stands to a class, a grade or a student for a time."""

    COVER = "cover"
    LEADS_GRADE = "leads_grade"
    CASE = "case"
    GUARDIAN = "guardian"
    HEALTH_ROOM = "health_room"
    """Is the school nurse (養護教諭): the Japanese profile has only `counselor` for them."""


#: What opens something for whom. A pupil, an office and a board hold no relation.
KINDS_OF: Mapping[Role, frozenset[Kind]] = MappingProxyType(
    {
        Role.TEACHER: frozenset({Kind.COVER, Kind.LEADS_GRADE, Kind.CASE}),
        Role.COUNSELOR: frozenset({Kind.CASE, Kind.HEALTH_ROOM}),
        Role.NURSE: frozenset({Kind.CASE}),
        Role.PRINCIPAL: frozenset({Kind.CASE}),
        Role.GUARDIAN: frozenset({Kind.GUARDIAN}),
    }
)

#: Words of a roster for those who may hold a relation of a kind.
HOLDERS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.COVER: ("teacher",),
        Kind.LEADS_GRADE: ("teacher",),
        Kind.CASE: ("counselor", "ext:nurse", "principal", "teacher"),
        Kind.GUARDIAN: ("guardian", "parent", "relative"),
        Kind.HEALTH_ROOM: ("counselor",),
    }
)

#: The longest time, in days, for which one is given at once; None for any.
LONGEST: Mapping[Kind, int | None] = MappingProxyType(
    {
        Kind.COVER: 31,
        Kind.LEADS_GRADE: 366,
        Kind.CASE: 366,
        Kind.GUARDIAN: None,
        Kind.HEALTH_ROOM: None,
    }
)
#: So many days ahead lie the furthest first and last days: what lies later was a slip.
FURTHEST = 36_525
#: The longest reason, in characters.
MAX_REASON = 200
