"""Questions about drafts; only their writer can ask them."""

from sqlalchemy import select

from aarportal.core.scope import Scope
from aarportal.cycle.drafts.models import Draft


def draft(scope: Scope, form: str, key: str) -> Draft | None:
    """What was begun in this copy of the form."""
    return scope.session.get(Draft, (scope.school_id, scope.actor_id, form, key))


def drafts_of(scope: Scope, form: str) -> list[Draft]:
    """Every copy of this form that was begun, the latest first."""
    return list(
        scope.session.scalars(
            select(Draft).where(Draft.form == form).order_by(Draft.saved_at.desc())
        )
    )
