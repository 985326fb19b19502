"""Changing what an app may do; where that decides whose its statements are, they are read again."""

from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.scope import Scope
from aarportal.cycle.action.apps import known_apps, store
from aarportal.cycle.action.apps.operations import AppDraft, check, values_of
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.action.quarantine import operations as quarantine


def change_app(scope: Scope, app_id: UUID, draft: AppDraft) -> LearningApp:
    """Let an app be as the draft says.

    What it sent about a school that it may not write for any more stays as it is.

    Raises:
        InvalidError: As `apps.operations.check`.
        NotFoundError: If the district has no such app.
    """
    app = store.locked_app(scope, app_id)
    check(scope, draft, app.district_id)
    wanted = values_of(draft)
    before = app.home_pages
    gained = _has_more_schools(app.school_ids, draft.school_ids)
    changed = [name for name, value in wanted.items() if getattr(app, name) != value]
    for name in changed:
        if name != "home_pages":
            setattr(app, name, wanted[name])
    if changed:
        known_apps.forget(app.id)
        audit.record(scope, "app:changed", app.id, detail=", ".join(changed))
    for issuer in dict.fromkeys(draft.home_pages):
        if issuer not in before:
            quarantine.trust(scope, app.id, issuer)
    for issuer in before:
        if issuer not in draft.home_pages:
            quarantine.distrust(scope, app.id, issuer)
    if gained:
        quarantine.read_everything_again(scope, app.id)
    return app


def _has_more_schools(before: list[str] | None, after: tuple[UUID, ...] | None) -> bool:
    if before is None:
        return False
    return after is None or not {str(key) for key in after}.issubset(before)
