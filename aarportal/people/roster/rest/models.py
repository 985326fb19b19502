"""Systems that read the roster over REST, and the tokens they hold."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, DistrictRow, OfficeOnly, SystemOnly

SchoolIds = list[str] | None
_JSON: Any = JSON(none_as_null=True)


class RosterClient(OfficeOnly, DistrictRow, Base):
    """A system that may read the roster: a client of OAuth 2."""

    __tablename__ = "roster_clients"
    __table_args__ = (
        Index(None, "district_id", "made_at"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    school_id: Mapped[UUID | None]
    """The school whose office made it; None for the board, which alone lets the whole be read."""
    title: Mapped[str]
    client_id: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes]
    """SHA-256 of the secret, which is shown once."""
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Names of scopes without their common beginning."""
    school_ids: Mapped[SchoolIds] = mapped_column(_JSON)
    """Ids of the schools it reads about; None for every school of the district."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    secret_since: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]
    """When it got its last token."""
    revoked_at: Mapped[datetime | None]


class RosterToken(SystemOnly, DistrictOwned, Base):
    """A bearer token that a client got for its secret."""

    __tablename__ = "roster_tokens"
    __table_args__ = (Index(None, "client_row_id"), Index(None, "expires_at"))

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the token."""
    client_row_id: Mapped[UUID] = mapped_column(ForeignKey("roster_clients.id"))
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
