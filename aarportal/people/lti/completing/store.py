"""Questions about what platforms are told when somebody is done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from aarportal.core.scope import Scope, SystemScope
from aarportal.people.lti.models import LtiBinding, LtiCompletion, LtiLine, LtiPlatform
from aarportal.people.roster.models import User

Completion = LtiCompletion


@dataclass(frozen=True)
class Told:
    """How many a platform was told of, or was not."""

    waiting: int = 0
    sent: int = 0
    given_up: int = 0


def line(scope: SystemScope, platform_id: UUID, context_id: str, link_id: str) -> LtiLine | None:
    """A link that was told of before, locked."""
    query = select(LtiLine).where(
        LtiLine.platform_id == platform_id,
        LtiLine.context_id == context_id,
        LtiLine.link_id == link_id,
    )
    return scope.session.scalar(query.with_for_update())


def completion(scope: SystemScope, line_id: UUID, user_id: UUID) -> LtiCompletion | None:
    """What is known of a student and a link."""
    query = select(LtiCompletion).where(
        LtiCompletion.line_id == line_id, LtiCompletion.user_id == user_id
    )
    return scope.session.scalar(query)


def one(
    scope: SystemScope, completion_id: UUID
) -> tuple[LtiCompletion, LtiLine, LtiPlatform] | None:
    """All that is needed to tell, as it is now; the completion and its link are locked."""
    query = (
        select(LtiCompletion, LtiLine, LtiPlatform)
        .join(LtiLine, LtiLine.id == LtiCompletion.line_id)
        .join(LtiPlatform, LtiPlatform.id == LtiLine.platform_id)
        .where(LtiCompletion.id == completion_id)
        .with_for_update(of=(LtiCompletion, LtiLine))
        .execution_options(populate_existing=True)
    )
    row = scope.session.execute(query).first()
    return (row[0], row[1], row[2]) if row else None


def opened(
    scope: SystemScope, user_ids: Collection[UUID], targets: Collection[str]
) -> Sequence[tuple[LtiCompletion, str]]:
    """Who of these opened a link to one of these places and is not done: (row, place), locked."""
    query = (
        select(LtiCompletion, LtiLine.target)
        .join(LtiLine, LtiLine.id == LtiCompletion.line_id)
        .join(LtiPlatform, LtiPlatform.id == LtiLine.platform_id)
        .where(
            LtiCompletion.user_id.in_(user_ids),
            LtiCompletion.state == "opened",
            LtiLine.target.in_(targets),
            LtiPlatform.sends_completion.is_(True),
        )
        .order_by(LtiCompletion.id)
        .with_for_update(of=LtiCompletion)
    )
    return [(row[0], row[1]) for row in scope.session.execute(query)]


def is_anything_opened(scope: SystemScope) -> bool:
    """Whether somebody opened a link and is not done."""
    query = select(LtiCompletion.id).where(LtiCompletion.state == "opened")
    return scope.session.scalar(query.limit(1)) is not None


def due(scope: SystemScope, now: datetime, most: int) -> Sequence[UUID]:
    """Completions to be told now, of people who are still there, to platforms that want them."""
    query = (
        select(LtiCompletion.id)
        .join(LtiLine, LtiLine.id == LtiCompletion.line_id)
        .join(LtiPlatform, LtiPlatform.id == LtiLine.platform_id)
        .join(
            LtiBinding,
            and_(
                LtiBinding.platform_id == LtiPlatform.id,
                LtiBinding.subject == LtiCompletion.subject,
            ),
        )
        .join(User, User.id == LtiCompletion.user_id)
        .where(
            LtiCompletion.state == "waiting",
            LtiCompletion.next_try_at <= now,
            LtiPlatform.sends_completion.is_(True),
            LtiPlatform.paused_at.is_(None),
            LtiPlatform.token_url != "",
            User.enabled.is_(True),
        )
        .order_by(LtiCompletion.next_try_at, LtiCompletion.id)
        .limit(most)
    )
    return scope.session.scalars(query).all()


def too_old(scope: SystemScope, before: datetime) -> Sequence[LtiCompletion]:
    """Completions that nobody took for too long."""
    query = select(LtiCompletion).where(
        LtiCompletion.state == "waiting", LtiCompletion.done_at < before
    )
    return scope.session.scalars(query.limit(500)).all()


def told(scope: Scope, platform_ids: Collection[UUID]) -> dict[UUID, Told]:
    """Platform -> how many it was told of."""
    query = (
        select(LtiLine.platform_id, LtiCompletion.state, func.count())
        .join(LtiCompletion, LtiCompletion.line_id == LtiLine.id)
        .where(LtiLine.platform_id.in_(platform_ids), LtiCompletion.state != "opened")
        .group_by(LtiLine.platform_id, LtiCompletion.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for platform_id, state, number in scope.session.execute(query):
        found.setdefault(platform_id, {})[state] = number
    return {platform_id: Told(**counts) for platform_id, counts in found.items()}
