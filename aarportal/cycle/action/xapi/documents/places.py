"""Where a document lies: what names it, and what it is listed by, pure.

Source: xAPI 1.0.3, part three, sections 2.3, 2.6 and 2.7.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

Kind: TypeAlias = Literal["state", "activity", "agent"]

_KEY_BYTES = 16


@dataclass(frozen=True)
class Place:
    """The place of a document, or of all documents of a context.

    Attributes:
        kind: Which resource it belongs to.
        activity_id: Empty for the profile of an agent.
        agent: Issuer and name on two lines; empty for the profile of an activity. An agent is its
            identifier: however it is called, it is the same.
        registration: Of a state; None stands for none, or where documents are listed for any.
        document_id: The `stateId` or `profileId`; empty where documents are listed.
    """

    kind: Kind
    activity_id: str = ""
    agent: str = ""
    registration: UUID | None = None
    document_id: str = ""

    @property
    def key(self) -> bytes:
        """The document among those of its app."""
        return _digest(
            self.kind,
            self.activity_id,
            self.agent,
            str(self.registration or ""),
            self.document_id,
        )

    @property
    def context_key(self) -> bytes:
        """What documents of the same context have in common."""
        return _digest(self.kind, self.activity_id, self.agent)


def _digest(*parts: str) -> bytes:
    """A digest in which it cannot be confused where one part ends and the next begins."""
    return blake2b(msgspec.json.encode(parts), digest_size=_KEY_BYTES).digest()
