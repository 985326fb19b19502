"""Who is meant by a name that another system uses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ids import NOTHING
from aarportal.core.ownership import DistrictRow, OfficeOnly


class IdentityLink(OfficeOnly, DistrictRow, Base):
    """(system, issuer, name) -> a person, for a span of time."""

    __tablename__ = "identity_links"
    __table_args__ = (
        Index(None, "district_id", "name"),
        Index(None, "user_id"),
    )

    system: Mapped[UUID] = mapped_column(default=NOTHING)
    """The learning app that uses the name; all zeros for every system."""
    issuer: Mapped[str]
    """Home page of the account, `mailto`, …, or `roster` for a login name that the roster gave."""
    name: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    begins_at: Mapped[datetime | None]
    """From when on the name means this person; None from ever."""
    ends_at: Mapped[datetime | None]
    """Exclusive; None while it still does."""
    made_by: Mapped[UUID | None]
    """Who said so; None for the roster import."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_back_at: Mapped[datetime | None]
    """Since when it does not hold any more, as if it had never been made."""


class PersonMerge(OfficeOnly, DistrictRow, Base):
    """Two persons of the roster who are one child: what is of the one counts for the other."""

    __tablename__ = "person_merges"
    __table_args__ = (Index(None, "merged_id"), Index(None, "kept_id"))

    kept_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None]


class NobodysName(OfficeOnly, DistrictRow, Base):
    """A name of which the office said that it is no child's, such as a test account of a vendor.

    It only keeps the name out of the list of those to be looked at: what came under it waits on.
    """

    __tablename__ = "nobodys_names"
    __table_args__ = (UniqueConstraint("district_id", "system", "issuer", "name"),)

    system: Mapped[UUID]
    """The learning app that uses the name."""
    issuer: Mapped[str]
    name: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
