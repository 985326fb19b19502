"""Cards that were handed out, and networks from which they open at any time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import HandedOutByHomeroom, SchoolOwned
from aarportal.core.sealing import SealedText


class LoginCard(HandedOutByHomeroom, Base):
    """The one card of a student in a school year; a new one takes its place."""

    __tablename__ = "login_cards"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    )
    dated_by = "school_year"

    student_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id"), primary_key=True, sort_order=-10
    )
    school_year: Mapped[int] = mapped_column(primary_key=True)
    """The 年度 in which it holds."""
    class_id: Mapped[UUID]
    """The homeroom class for which it was made: whoever leaves it needs another card."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of what stands in the QR code, which is kept nowhere."""
    pictures: Mapped[str] = mapped_column(SealedText("login_cards.pictures"))
    """Names of the pictures in their order; so few that a hash would hide nothing."""
    made_at: Mapped[datetime]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    """Since the card last opened, or a teacher let it go on."""
    stopped_at: Mapped[datetime | None]
    """When too many tries with other pictures stopped it."""
    used_at: Mapped[datetime | None]


class SchoolNetwork(SchoolOwned, Base):
    """A network of a school from which its cards open outside class time as well."""

    __tablename__ = "school_networks"

    school_id: Mapped[UUID] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, sort_order=-30
    )
    network: Mapped[str] = mapped_column(primary_key=True)
    """In CIDR notation, as `ipaddress` writes it."""
