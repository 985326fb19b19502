"""Systems that the roster is fetched from, and how the last time went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import DistrictRow, OfficeOnly
from aarportal.core.sealing import SealedSecret, Secret


class RosterSource(OfficeOnly, DistrictRow, Base):
    """Another system with a roster that this portal asks once a day."""

    __tablename__ = "roster_sources"
    __table_args__ = (
        Index(None, "district_id", "made_at"),
        Index(None, "next_pull_at"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    school_id: Mapped[UUID | None]
    """The school whose office made it; None for the board."""
    title: Mapped[str]
    base_url: Mapped[str]
    """Without a slash at the end: …/ims/oneroster/rostering/v1p2"""
    token_url: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[Secret] = mapped_column(SealedSecret("roster_sources.client_secret"))
    pull_hour: Mapped[int]
    """Hour of the school's day, 0 to 23, at which it is asked."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    paused_at: Mapped[datetime | None]
    next_pull_at: Mapped[datetime | None]
    """None while it is paused."""
    claimed_until: Mapped[datetime | None]
    """Until then the process that asks has it; a process that was killed lets go by that."""
    last_pull_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    """`brought`, `unchanged`, or empty while the last pull came to nothing."""
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why the last pull came to nothing (see sources.troubles)."""
    trouble_detail: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """File -> rows of the last roster that came whole."""
    last_sha256: Mapped[str] = mapped_column(default="")
    """Of the last roster that was brought."""
    last_import_id: Mapped[UUID | None]
