"""Questions about a class of whose members a platform tells."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope
from aarportal.people.lti.models import LtiContext
from aarportal.people.roster.models import Class, Enrollment, School, User


def context(scope: Scope, context_id: UUID) -> LtiContext:
    """A course of a platform.

    Raises:
        NotFoundError: If there is none.
    """
    row = scope.session.get(LtiContext, context_id)
    if row is None:
        raise NotFoundError("context")
    return row


def school_classes(scope: Scope) -> Sequence[Class]:
    """Classes of the school that are still there, by their titles."""
    query = select(Class).where(Class.status == "active", Class.school_id == scope.school_id)
    return scope.session.scalars(query.order_by(Class.title, Class.id)).all()


def school(scope: Scope) -> School:
    """The school of whoever asks."""
    row = scope.session.get(School, scope.school_id)
    assert row is not None
    return row


def enrolled(scope: Scope, class_id: UUID, day: date) -> list[tuple[Enrollment, User]]:
    """Who is in a class."""
    query = (
        select(Enrollment, User)
        .join(User, User.id == Enrollment.user_id)
        .where(
            Enrollment.school_id == scope.school_id,
            Enrollment.class_id == class_id,
            Enrollment.status == "active",
            or_(Enrollment.ends_before.is_(None), Enrollment.ends_before > day),
        )
    )
    return [(row[0], row[1]) for row in scope.session.execute(query)]


def users(scope: Scope, ids: Sequence[UUID]) -> dict[UUID, User]:
    """People by their ids."""
    return {row.id: row for row in scope.session.scalars(select(User).where(User.id.in_(ids)))}
