"""Which attachments are kept, and as what; the data lies outside the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, SystemOnly, Untraced


class StoredAttachment(SystemOnly, DistrictOwned, Untraced, Base):
    """Data that came with a statement; the same data is kept once, whoever sends it again."""

    __tablename__ = "attachments"

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    sha2: Mapped[str] = mapped_column(primary_key=True)
    """In lower-case hex; the data lies under this name (see attachments.storage)."""
    content_type: Mapped[str]
    """As the first sender named it."""
    length: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    stored_at: Mapped[datetime]
