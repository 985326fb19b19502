"""The second proof of who somebody is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, SystemOnly
from aarportal.core.sealing import SealedSecret, Secret


class SecondFactor(SystemOnly, DistrictOwned, Base):
    """The device of a person that makes codes which last half a minute."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    secret: Mapped[Secret] = mapped_column(SealedSecret("second_factors.secret"))
    begun_at: Mapped[datetime]
    begun_in: Mapped[UUID | None]
    """The session that began it, and alone sees and confirms it; None once it is confirmed."""
    confirmed_at: Mapped[datetime | None]
    """When the device made its first code; None until then, and it proves nothing before."""
    last_step: Mapped[int] = mapped_column(default=0)
    """The half minute, counted from 1970, whose code was taken last: none before is taken again."""


class RecoveryCode(SystemOnly, DistrictOwned, Base):
    """A code on paper that stands in for the device once; the row goes when it is used."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """1 to 10; it stands in the code, so that only one hash is tried."""
    code_hash: Mapped[str]
    """argon2id, in its own string format."""
