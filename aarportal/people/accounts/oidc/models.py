"""Providers of OpenID Connect: where they are, and which of their accounts is whose."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import DistrictRow, OfficeOnly, Shared, SystemOnly, Untraced
from aarportal.core.sealing import SealedSecret, Secret


class OidcProvider(OfficeOnly, DistrictRow, Base):
    """A system that says who somebody is, and what has to be true of what it says."""

    __tablename__ = "oidc_providers"
    __table_args__ = (
        Index(None, "district_id", "made_at"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    school_id: Mapped[UUID | None]
    """The school whose office entered it: it lets people in there and nowhere else. None for the
    board, for people of every school and of the board."""
    title: Mapped[str]
    """As it stands on the button."""
    kind: Mapped[str]
    """`google`, `entra` or `any`."""
    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[Secret | None] = mapped_column(
        SealedSecret("oidc_providers.client_secret")
    )
    tenants: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Google: domains (`hd`), Entra: the one tenant (`tid`), any: domains of e-mail or none."""
    claim: Mapped[str]
    """The claim that says who somebody is, at their first time."""
    compared_with: Mapped[str]
    """`username` or `master_identifier`: with what of the roster the claim is compared."""
    strong_acr: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Values of `acr` or `acrs` that prove two factors."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    paused_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    """Key of the reason why it could not be used when it was tried last (see troubles)."""
    found: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What its discovery document said when it was tried last."""


class OidcBinding(OfficeOnly, DistrictRow, Base):
    """An account at a provider that is a person's since their first sign-in: it wins from then."""

    __tablename__ = "oidc_bindings"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        UniqueConstraint("provider_id", "user_id"),
        Index(None, "user_id"),
    )

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("oidc_providers.id"))
    subject: Mapped[str]
    """`sub`; with Entra `oid`, because its `sub` is another one in each app."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    bound_at: Mapped[datetime] = mapped_column(default=clock.now)


class OidcSpentState(Untraced, Shared, SystemOnly, Base):
    """An answer of a provider that was taken: nobody comes in by it a second time."""

    __tablename__ = "oidc_spent_states"

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class PasswordlessSchool(OfficeOnly, DistrictRow, Base):
    """A school, or a whole district, where people come in by a provider and not by a password."""

    __tablename__ = "passwordless_schools"
    __table_args__ = (UniqueConstraint("district_id", "school_id"),)

    school_id: Mapped[UUID]
    """All zeros for every school of the district and its board."""
    made_by: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
