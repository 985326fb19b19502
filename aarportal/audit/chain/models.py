"""The chain that shows that no trace was changed, taken out or slipped in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import AppendOnly, Shared, SystemOnly, Untraced


class AuditLink(AppendOnly, Untraced, Shared, SystemOnly, Base):
    """One trace's place in the chain."""

    __tablename__ = "audit_links"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without a gap."""
    entry_id: Mapped[UUID] = mapped_column(unique=True)
    digest: Mapped[str]
    """SHA-256 of the entry (see `audit.chain.hashing`), in hexadecimal."""
    hash: Mapped[str]
    """SHA-256 over the hash of the link before and the digest."""


class AuditChain(Untraced, Shared, SystemOnly, Base):
    """The one row that whoever adds links locks; where the chain ends."""

    __tablename__ = "audit_chain"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[str]
    newest_id: Mapped[UUID | None]
    """The largest id of an entry that was linked; ids grow with time."""
    let_go_before: Mapped[datetime | None]
    """Set only while retention is at work: the database itself lets no other entry be deleted."""
