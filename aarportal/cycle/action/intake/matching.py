"""Whose record is it? Pure: an app's name for somebody against the names that the roster knows.

Never by name alone: only by identifiers that are unique in the district.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from aarportal.cycle.action.xapi.statements import ActorKey

UNKNOWN_ACTOR = "unknown_actor"
AMBIGUOUS_ACTOR = "ambiguous_actor"
NOT_A_STUDENT = "not_a_student"
NO_LEARNING = "no_learning"


@dataclass(frozen=True)
class Candidate:
    """A person of the district, by the identifiers an app may use."""

    id: UUID
    master_identifier: str
    username: str
    sourced_id: str


@dataclass(frozen=True)
class Place:
    """Where a student learns today: a school, the homeroom class first, and other classes."""

    school_id: UUID
    class_id: UUID
    class_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Learner:
    """A student that records can be written for."""

    student_id: UUID
    place: Place


@dataclass
class Directory:
    """The identifiers of a batch's people, for one look-up each."""

    by_name: dict[str, dict[str, set[UUID]]] = field(
        default_factory=lambda: {"master_identifier": {}, "username": {}, "sourced_id": {}}
    )

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> "Directory":
        """Index people by each of their identifiers."""
        directory = cls()
        for person in candidates:
            for kind, index in directory.by_name.items():
                name = getattr(person, kind)
                if name:
                    index.setdefault(name, set()).add(person.id)
        return directory

    def find(self, actor: ActorKey) -> UUID | str:
        """The person behind an actor, or the reason why there is none.

        The 利用者識別子 (userMasterIdentifier) wins, then the login name, then the id in the
        roster; an e-mail address can only be a login name.
        """
        kinds = ("username",) if actor.issuer == "mailto" else tuple(self.by_name)
        for kind in kinds:
            found = self.by_name[kind].get(actor.name)
            if found is None:
                continue
            return next(iter(found)) if len(found) == 1 else AMBIGUOUS_ACTOR
        return UNKNOWN_ACTOR


def learner(
    actor: ActorKey | None, directory: Directory, places: Mapping[UUID, Sequence[Place]]
) -> Learner | str:
    """The student behind an actor, or the reason why the statement has to wait.

    Args:
        actor: Who did it, as the app knows them; None for an anonymous group.
        directory: The people of the district.
        places: Person -> where they are a student today, in schools that the app may write for.
    """
    if actor is None:
        return UNKNOWN_ACTOR
    person = directory.find(actor)
    if isinstance(person, str):
        return person
    found = places.get(person, ())
    if not found:
        return NOT_A_STUDENT
    if len(found) > 1:
        # A child between two schools: which one a record belongs to, somebody has to say.
        return AMBIGUOUS_ACTOR
    return Learner(person, found[0])
