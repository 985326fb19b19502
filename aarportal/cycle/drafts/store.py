"""Questions about drafts; only their writer can ask them."""

from aarportal.core.scope import Scope
from aarportal.cycle.drafts.models import Draft


def draft(scope: Scope, form: str, key: str) -> Draft | None:
    """What was begun in this copy of the form."""
    return scope.session.get(Draft, (scope.school_id, scope.actor_id, form, key))
