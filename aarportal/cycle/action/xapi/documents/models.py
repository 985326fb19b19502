"""What learning apps keep here for themselves: state, and profiles of activities and agents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, SystemOnly, Untraced


class StoredDocument(SystemOnly, DistrictOwned, Untraced, Base):
    """A document of one learning app, whatever it holds; no other app sees it.

    Its two keys are digests (see documents.places): names of activities and agents have no limit,
    and the rows of an index have.
    """

    __tablename__ = "xapi_documents"
    __table_args__ = (Index(None, "district_id", "app_id", "context_key", "updated_at"),)

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    app_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """`state`, `activity` or `agent`: which of the three resources it belongs to."""
    key: Mapped[bytes] = mapped_column(primary_key=True)
    """Of everything that names the document."""
    context_key: Mapped[bytes]
    """Of what documents are listed by: kind, activity and agent."""
    activity_id: Mapped[str]
    """Empty for the profile of an agent."""
    agent: Mapped[str]
    """Issuer and name on two lines (see xapi.statements.ActorKey); empty for an activity's."""
    registration: Mapped[UUID | None]
    document_id: Mapped[str]
    """The `stateId` or `profileId`."""
    content_type: Mapped[str]
    """As it was sent."""
    content: Mapped[bytes]
    sha1: Mapped[bytes]
    """Of the content; the entity tag of the document."""
    updated_at: Mapped[datetime]
