"""Answering a platform that wants a link to be chosen (Deep Linking).

No unit of work may be open.

Source: 1EdTech LTI Deep Linking 2.0, section 4.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti import store
from aarportal.people.lti.claims import DEEP_LINKING, PREFIX, VERSION
from aarportal.people.lti.keys import operations as keys
from aarportal.people.lti.models import LtiChoice, LtiPlatform

_SECONDS = 300
_REASON = "a link is chosen"


@dataclass(frozen=True)
class Link:
    """What a link opens.

    Attributes:
        title: Plain text.
        url: An address of this portal.
    """

    title: str
    url: str


@dataclass(frozen=True)
class Response:
    """What the browser carries back to the platform."""

    to: str
    token: str = field(repr=False)


def check(scope: Scope, choice_id: UUID) -> None:
    """Look whether this person has still to choose.

    Raises:
        NotFoundError: If not.
    """
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        if store.choice(system, choice_id, scope.actor_id, clock.now()) is None:
            raise NotFoundError("choice")


def respond(scope: Scope, choice_id: UUID, link: Link | None) -> Response:
    """Answer with a link; with none, the platform is told that nothing was chosen.

    A second tap is answered anew for a moment, and a choice is used up only by an answer that could
    be signed.

    Raises:
        NotFoundError: If this person has nothing to choose.
    """
    moment = clock.now()
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        row, platform = _open(system, choice_id, scope.actor_id, moment)
    items = [{"type": "ltiResourceLink", "title": link.title, "url": link.url}] if link else []
    now = int(moment.timestamp())
    claims = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": now,
        "exp": now + _SECONDS,
        "nonce": secrets.token_urlsafe(24),
        f"{PREFIX}message_type": "LtiDeepLinkingResponse",
        f"{PREFIX}version": VERSION,
        f"{PREFIX}deployment_id": row.deployment_id,
        f"{DEEP_LINKING}content_items": items,
    }
    if row.data is not None:
        claims[f"{DEEP_LINKING}data"] = row.data
    response = Response(row.return_url, keys.signed(claims))
    with unit_of_work(SystemScope(_REASON, scope)) as system:
        row, platform = _open(system, choice_id, scope.actor_id, moment)
        row.answered_at = row.answered_at or moment
        audit.record(system, "lti_link:chosen", platform.id, detail=link.url if link else "")
    return response


def _open(
    system: SystemScope, choice_id: UUID, person_id: UUID, moment: datetime
) -> tuple[LtiChoice, LtiPlatform]:
    """A choice that a person may answer, and whose it is.

    Raises:
        NotFoundError: If there is none.
    """
    row = store.choice(system, choice_id, person_id, moment)
    platform = store.platform_of(system, row.platform_id) if row else None
    if row is None or platform is None:
        raise NotFoundError("choice")
    return row, platform
