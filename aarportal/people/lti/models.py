"""LTI 1.3: our keys, the platforms that launch us, and launches on their way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ids import new_id
from aarportal.core.ownership import (
    DistrictOwned,
    DistrictRow,
    OfficeOnly,
    Shared,
    SystemOnly,
    Untraced,
)
from aarportal.core.sealing import SealedSecret, Secret


class LtiKey(Shared, SystemOnly, Base):
    """A key pair of this installation, with which it signs as a tool and as a platform."""

    __tablename__ = "lti_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kid: Mapped[str] = mapped_column(unique=True)
    private_key: Mapped[Secret] = mapped_column(SealedSecret("lti_keys.private_key"))
    """A JWK (RFC 7517)."""
    public_key: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    """From when on it signs nothing any more; it is published for a while longer."""


class LtiPlatform(OfficeOnly, DistrictRow, Base):
    """A platform (学習eポータル, LMS) from which people of the district are launched into here."""

    __tablename__ = "lti_platforms"
    __table_args__ = (
        UniqueConstraint("district_id", "issuer", "client_id"),
        Index(None, "issuer"),
        ForeignKeyConstraint(["district_id"], ["districts.id"]),
    )

    school_id: Mapped[UUID | None]
    """The school whose office entered it, and whose people it may bring; None for the board."""
    title: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str]
    """Where a browser is sent to be recognized (OIDC authorization endpoint)."""
    token_url: Mapped[str] = mapped_column(default="")
    """Where tokens for its services are asked for; empty where none is used."""
    jwks_url: Mapped[str]
    deployments: Mapped[list[str]] = mapped_column(JSON)
    known_by: Mapped[str]
    """By what the roster knows its people; see claims.KNOWN_BY."""
    sends_completion: Mapped[bool] = mapped_column(default=False)
    """Whether it is told who handed a reflection in, where its link was opened (AGS)."""
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    paused_at: Mapped[datetime | None]


class LtiBinding(OfficeOnly, DistrictRow, Base):
    """Who somebody of a platform is here: (platform, sub) -> a person, made at the first launch."""

    __tablename__ = "lti_bindings"
    __table_args__ = (UniqueConstraint("platform_id", "subject"), Index(None, "user_id"))

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("lti_platforms.id", ondelete="CASCADE"))
    subject: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class LtiLogin(SystemOnly, DistrictOwned, Untraced, Base):
    """A launch on its way: begun with a state and a nonce, each good for one launch."""

    __tablename__ = "lti_logins"
    __table_args__ = (Index(None, "expires_at"),)

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("lti_platforms.id", ondelete="CASCADE"))
    nonce: Mapped[str]
    browser_hash: Mapped[bytes]
    """Of the cookie that the browser was given when it began."""
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ticket_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the ticket with which the person comes in once, after the launch was looked at."""
    user_id: Mapped[UUID | None]
    school_id: Mapped[UUID | None]
    target: Mapped[str] = mapped_column(default="")
    """The path of the portal at which the launch ends."""


class LtiContext(OfficeOnly, DistrictRow, Base):
    """A course of a platform, as launches from it told, and what its services can be asked."""

    __tablename__ = "lti_contexts"
    __table_args__ = (UniqueConstraint("platform_id", "context_id"),)

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("lti_platforms.id", ondelete="CASCADE"))
    context_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    memberships_url: Mapped[str] = mapped_column(default="")
    """Where its members are asked for (NRPS); empty where it has no such service."""
    asked_at: Mapped[datetime | None]
    last_import_id: Mapped[UUID | None]


class LtiChoice(SystemOnly, DistrictOwned, Untraced, Base):
    """A teacher who chooses what a link of a platform opens (Deep Linking), and the answer due."""

    __tablename__ = "lti_choices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("lti_platforms.id", ondelete="CASCADE"))
    user_id: Mapped[UUID]
    deployment_id: Mapped[str]
    return_url: Mapped[str]
    data: Mapped[str | None]
    """What the platform wants to get back as it was."""
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class LtiLine(OfficeOnly, DistrictRow, Untraced, Base):
    """A link of a platform for which scores can be sent there, as launches told (AGS)."""

    __tablename__ = "lti_lines"
    __table_args__ = (UniqueConstraint("platform_id", "context_id", "link_id"),)

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("lti_platforms.id", ondelete="CASCADE"))
    context_id: Mapped[str]
    link_id: Mapped[str]
    target: Mapped[str]
    """The path of the portal that the link opens."""
    items_url: Mapped[str]
    """Where a line item can be made; empty where the platform allows none."""
    item_url: Mapped[str]
    """The line item; empty as long as there is none."""
    is_item_ours: Mapped[bool] = mapped_column(default=False)
    """Whether we made it, and so know that it counts from 0 to 1."""


class LtiCompletion(OfficeOnly, DistrictRow, Untraced, Base):
    """A student who opened such a link, and what the platform is told when they are done."""

    __tablename__ = "lti_completions"
    __table_args__ = (
        UniqueConstraint("line_id", "user_id"),
        Index(None, "user_id", "state"),
        Index(None, "state", "next_try_at"),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("lti_lines.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str]
    """How the platform calls the student."""
    state: Mapped[str] = mapped_column(default="opened")
    """`opened`, `waiting`, `sent` or `given_up`."""
    opened_at: Mapped[datetime]
    """When the link was opened first."""
    done_at: Mapped[datetime | None]
    """When the reflection was handed in: what is sent twice is the same by that."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")
    """Why it was not taken the last time; a key, or a status."""
