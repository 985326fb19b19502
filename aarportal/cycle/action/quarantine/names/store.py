"""The names that wait in quarantine, and whom the roster knows by them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, union_all

from aarportal.core.scope import Scope
from aarportal.cycle.action.intake.matching import Candidate, Link, Merge
from aarportal.cycle.action.models import QuarantinedStatement
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.roster.models import User

#: Values in one question; SQLite takes only so many.
_AT_ONCE = 5000

_it = QuarantinedStatement


def names_under(
    scope: Scope, app_id: UUID, issuer: str, most: int
) -> list[tuple[str, int, datetime]]:
    """Names that wait under a home page, how many statements each, and when the latest happened.

    Those with the most statements come first; no more than `most`.
    """
    rows = scope.session.execute(
        select(_it.name, func.count(), func.max(_it.happened_at))
        .where(_it.district_id == scope.district_id, _it.app_id == app_id, _it.issuer == issuer)
        .group_by(_it.name)
        .order_by(func.count().desc(), _it.name)
        .limit(most)
    )
    return [(name, count, last_at) for name, count, last_at in rows]


def issuers(scope: Scope, app_id: UUID | None) -> list[tuple[UUID, str]]:
    """Apps with the home pages under which something of theirs waits."""
    query = select(_it.app_id, _it.issuer).where(_it.district_id == scope.district_id)
    if app_id is not None:
        query = query.where(_it.app_id == app_id)
    rows = scope.session.execute(query.distinct().order_by(_it.app_id, _it.issuer))
    return [(found_id, issuer) for found_id, issuer in rows]


def waiting_under(scope: Scope, names: Collection[str]) -> list[tuple[UUID, str, str]]:
    """(app, issuer, name) under which something waits, of these names."""
    rows = scope.session.execute(
        select(_it.app_id, _it.issuer, _it.name)
        .where(_it.district_id == scope.district_id, _it.name.in_(names))
        .distinct()
    )
    return [(app_id, issuer, name) for app_id, issuer, name in rows]


def candidates(scope: Scope, names: Sequence[str]) -> list[Candidate]:
    """People of the district whom an app may mean by one of these names."""
    found: list[Candidate] = []
    for some in _in_parts(names):
        called = union_all(
            *(
                _called(scope, kind, some)
                for kind in ("master_identifier", "username", "sourced_id")
            )
        )
        rows = scope.session.execute(
            select(User.id, User.master_identifier, User.username, User.sourced_id).where(
                User.id.in_(called)
            )
        )
        found += [Candidate(*row) for row in rows]
    return found


def _called(scope: Scope, kind: str, names: Sequence[str]) -> Select[tuple[UUID]]:
    return select(User.id).where(
        User.district_id == scope.district_id, getattr(User, kind).in_(names)
    )


def links(scope: Scope, names: Sequence[str]) -> list[Link]:
    """What is known of these names besides the roster."""
    found: list[Link] = []
    for some in _in_parts(names):
        rows = scope.session.execute(
            select(
                IdentityLink.id,
                IdentityLink.system,
                IdentityLink.issuer,
                IdentityLink.name,
                IdentityLink.user_id,
                IdentityLink.begins_at,
                IdentityLink.ends_at,
            ).where(
                IdentityLink.district_id == scope.district_id,
                IdentityLink.name.in_(some),
                IdentityLink.taken_back_at.is_(None),
            )
        )
        found += [Link(*row) for row in rows]
    return found


def merges_away(scope: Scope, person_ids: Collection[UUID]) -> dict[UUID, Merge]:
    """Persons among these whose records are another person's."""
    rows = scope.session.execute(
        select(PersonMerge.merged_id, PersonMerge.id, PersonMerge.kept_id).where(
            PersonMerge.district_id == scope.district_id,
            PersonMerge.merged_id.in_(person_ids),
            PersonMerge.taken_back_at.is_(None),
        )
    )
    return {merged_id: Merge(id_, kept_id) for merged_id, id_, kept_id in rows}


def _in_parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    for first in range(0, len(names), _AT_ONCE // 3):
        yield names[first : first + _AT_ONCE // 3]
