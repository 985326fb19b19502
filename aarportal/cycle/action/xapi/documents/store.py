"""Questions about documents; each app sees its own."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi.documents.models import StoredDocument
from aarportal.cycle.action.xapi.documents.places import Place


def document(scope: AppScope, place: Place, *, to_change: bool = False) -> StoredDocument | None:
    """The document at a place.

    Args:
        scope: The app's.
        place: Where it lies.
        to_change: Nobody else changes it until the unit of work ends.
    """
    question = select(StoredDocument).where(
        StoredDocument.district_id == scope.district_id,
        StoredDocument.app_id == scope.actor_id,
        StoredDocument.kind == place.kind,
        StoredDocument.key == place.key,
    )
    return scope.session.scalar(question.with_for_update() if to_change else question)


def document_ids(
    scope: AppScope, place: Place, since: datetime | None
) -> list[tuple[str, datetime]]:
    """Ids of the documents of a context with the time of their last change, the latest last.

    Args:
        scope: The app's.
        place: Activity, agent and registration; without a registration those of any.
        since: Only what changed after this moment.
    """
    question = select(StoredDocument.document_id, StoredDocument.updated_at).where(
        within(scope, place)
    )
    if since is not None:
        question = question.where(StoredDocument.updated_at > since)
    rows = scope.session.execute(
        question.order_by(StoredDocument.updated_at, StoredDocument.document_id)
    )
    return [(document_id, updated_at) for document_id, updated_at in rows]


def within(scope: AppScope, place: Place) -> ColumnElement[bool]:
    """That a document of this app belongs to a context."""
    belongs = and_(
        StoredDocument.district_id == scope.district_id,
        StoredDocument.app_id == scope.actor_id,
        StoredDocument.context_key == place.context_key,
    )
    if place.registration is None:
        return belongs
    return and_(belongs, StoredDocument.registration == place.registration)
