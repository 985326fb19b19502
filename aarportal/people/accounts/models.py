"""How people come in, and how they like to read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import DistrictOwned, Shared, SystemOnly, Untraced


class Account(DistrictOwned, Base):
    """A person's login id, password and way of reading."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("district_id", "login_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    login_id: Mapped[str]
    password_hash: Mapped[str]
    """argon2id, in its own string format."""
    language: Mapped[str] = mapped_column(default="ja")
    script: Mapped[str] = mapped_column(default="")
    """`grade`, `all`, `kanji` or `kana`; empty means what the grade suggests."""
    font: Mapped[str] = mapped_column(default="system")
    text_size: Mapped[str] = mapped_column(default="m")
    band: Mapped[str] = mapped_column(default="")
    """L, M or U where a teacher chose otherwise than the grade; empty means by grade."""


class SignInSession(SystemOnly, DistrictOwned, Base):
    """A person who is signed in on one device; the cookie holds only the token."""

    __tablename__ = "sign_in_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the token, so that a stolen database opens no session."""
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    """What the session is called where somebody looks at their own; it opens nothing."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    school_id: Mapped[UUID]
    role: Mapped[str]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    way: Mapped[str]
    """By which way somebody came in; see ways."""
    device: Mapped[str] = mapped_column(default="")
    """Browser and system, as far as they say so; for the list of one's own sessions."""
    proved_at: Mapped[datetime]
    """When the person last proved who they are, by password or where their account is kept."""
    strong_at: Mapped[datetime | None]
    """When they last proved it in two ways; None if they never did."""
    sees_as: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """The student through whose eyes the session looks and changes nothing; see pupil_view."""


class SignInThrottle(Untraced, Shared, SystemOnly, Base):
    """Tries that did not succeed, by account and by address."""

    __tablename__ = "sign_in_throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash of what was tried: neither a login id nor an address stands here."""
    tries: Mapped[int]
    window_opened_at: Mapped[datetime]
