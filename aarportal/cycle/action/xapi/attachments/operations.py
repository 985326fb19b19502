"""Keeping and fetching what comes with statements."""

from collections.abc import Collection, Sequence

from aarportal.core import clock
from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi.attachments import store
from aarportal.cycle.action.xapi.attachments.models import StoredAttachment
from aarportal.cycle.action.xapi.attachments.storage import AttachmentStore
from aarportal.cycle.action.xapi.multipart import Part


def keep(scope: AppScope, files: AttachmentStore, parts: Sequence[Part]) -> None:
    """Keep the data of attachments, each once.

    The data is there before the statement is: what a refused request leaves behind is found again
    by the next one that brings it, and nothing else points to it.

    Raises:
        DamagedError: If a part does not have its hash.
    """
    known = store.kept(scope, {part.sha2 for part in parts})
    for part in parts:
        files.put(scope.district_id, part.sha2, part.data)
        if part.sha2 not in known:
            known[part.sha2] = StoredAttachment(
                district_id=scope.district_id,
                sha2=part.sha2,
                content_type=part.content_type,
                length=len(part.data),
                stored_at=clock.now(),
            )
            scope.session.add(known[part.sha2])


def load(scope: AppScope, files: AttachmentStore, hashes: Collection[str]) -> list[Part]:
    """Fetch data, in the order of the hashes; what is not kept here is left out.

    Ask only for attachments of statements that the app may read: here nobody looks at that.

    Args:
        scope: The asking app's.
        files: Where the data lies.
        hashes: In lower-case hex; the same one twice comes out once.

    Raises:
        DamagedError: If data changed since it was kept.
    """
    known = store.kept(scope, set(hashes))
    found = []
    for sha2 in dict.fromkeys(hashes):
        data = files.get(scope.district_id, sha2) if sha2 in known else None
        if data is not None:
            found.append(Part(sha2, known[sha2].content_type, data))
    return found
