"""Questions about attachments."""

from collections.abc import Collection

from sqlalchemy import select

from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi.attachments.models import StoredAttachment


def kept(scope: AppScope, hashes: Collection[str]) -> dict[str, StoredAttachment]:
    """Which of these are kept in the district: SHA-2 -> attachment."""
    if not hashes:
        return {}
    rows = scope.session.scalars(
        select(StoredAttachment).where(
            StoredAttachment.district_id == scope.district_id, StoredAttachment.sha2.in_(hashes)
        )
    )
    return {row.sha2: row for row in rows}
