"""Keeping documents of learning apps: a change in knowledge of what is there, or none.

Two changes at once are made one after the other, so the second meets what the first one left.
"""

from dataclasses import dataclass

from sqlalchemy import delete

from aarportal.core import clock
from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi.documents import merging, store
from aarportal.cycle.action.xapi.documents.models import StoredDocument
from aarportal.cycle.action.xapi.documents.places import Place
from aarportal.cycle.action.xapi.documents.preconditions import Preconditions, check, digest
from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.versions import Version


@dataclass(frozen=True)
class Sent:
    """A document as it came.

    Attributes:
        content: Any bytes.
        content_type: As the request named it.
        given: What the request knows of the document that it changes.
        version: Whose rules hold.
    """

    content: bytes
    content_type: str
    given: Preconditions
    version: Version


def put(scope: AppScope, place: Place, sent: Sent) -> None:
    """Put a document in its place, or another in the place of one.

    Raises:
        RequestError: If it is not what it says it is, or what is there is not what was thought.
    """
    merging.check(sent.content, sent.content_type)
    found = store.document(scope, place, to_change=True)
    check(sent.given, found.sha1 if found else None, "PUT", place.kind, sent.version)
    _keep(scope, place, found, sent.content, sent.content_type)


def post(scope: AppScope, place: Place, sent: Sent, *, max_bytes: int) -> None:
    """Put a document in its place, or its properties among those of the one that is there.

    Args:
        scope: The app's.
        place: Where it lies.
        sent: The document.
        max_bytes: Largest document that may come of it.

    Raises:
        RequestError: If it is not what it says it is, cannot be merged, or what is there is not
            what was thought.
    """
    merging.check(sent.content, sent.content_type)
    found = store.document(scope, place, to_change=True)
    check(sent.given, found.sha1 if found else None, "POST", place.kind, sent.version)
    content = sent.content
    if found is not None:
        content = merging.merged(found.content, found.content_type, content, sent.content_type)
    if len(content) > max_bytes:
        raise RequestError("the merged document is longer than this store takes", status=413)
    _keep(scope, place, found, content, sent.content_type)


def remove(scope: AppScope, place: Place, given: Preconditions, version: Version) -> None:
    """Remove a document; where none is there is nothing to do.

    Raises:
        RequestError: If what is there is not what was thought.
    """
    found = store.document(scope, place, to_change=True)
    check(given, found.sha1 if found else None, "DELETE", place.kind, version)
    if found is not None:
        scope.session.delete(found)


def remove_all(scope: AppScope, place: Place) -> None:
    """Remove every document of a context; without a registration those of any."""
    scope.session.execute(
        delete(StoredDocument).where(store.within(scope, place)),
        execution_options={"synchronize_session": False},
    )


def _keep(
    scope: AppScope, place: Place, found: StoredDocument | None, content: bytes, content_type: str
) -> None:
    if found is None:
        found = StoredDocument(
            district_id=scope.district_id,
            app_id=scope.actor_id,
            kind=place.kind,
            key=place.key,
            context_key=place.context_key,
            activity_id=place.activity_id,
            agent=place.agent,
            registration=place.registration,
            document_id=place.document_id,
        )
        scope.session.add(found)
    found.content_type = content_type
    found.content = content
    found.sha1 = digest(content)
    found.updated_at = clock.now()
