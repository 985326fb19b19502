"""Questions about learning apps that are opened from here."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.launching.models import LtiTool
from aarportal.cycle.action.models import LearningApp
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.models import Class, User

Tool = LtiTool


@dataclass(frozen=True)
class Opened:
    """A tool, and what the person's page calls it."""

    tool: LtiTool
    title: str


def tools(scope: Scope) -> list[Opened]:
    """What can be opened at the school of whoever asks, by its name."""
    query = (
        select(LtiTool, LearningApp)
        .join(LearningApp, LearningApp.id == LtiTool.app_id)
        .where(LearningApp.revoked_at.is_(None))
        .order_by(LearningApp.title, LtiTool.id)
    )
    return [
        Opened(tool, app.title)
        for tool, app in scope.session.execute(query)
        if app.school_ids is None or str(scope.school_id) in app.school_ids
    ]


def tool(scope: Scope, tool_id: UUID) -> Opened:
    """One of them.

    Raises:
        NotFoundError: If it cannot be opened at this school.
    """
    for each in tools(scope):
        if each.tool.id == tool_id:
            return each
    raise NotFoundError("tool")


def tool_of_client(scope: Scope, client_id: str) -> Opened | None:
    """The one that goes by this client id."""
    return next((each for each in tools(scope) if each.tool.client_id == client_id), None)


def tool_of_app(scope: Scope, app_id: UUID, *, lock: bool = False) -> LtiTool | None:
    """How an app is opened; None if it is not."""
    query = select(LtiTool).where(LtiTool.app_id == app_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return scope.session.scalar(query)


def person(scope: Scope) -> User:
    """Whoever asks."""
    row = scope.session.get(User, scope.actor_id)
    assert row is not None
    return row


def homeroom(scope: Scope) -> Class | None:
    """The homeroom class of whoever asks."""
    if not scope.class_ids:
        return None
    return scope.session.get(Class, (scope.school_id, scope.class_ids[0]))


def pairwise_name(scope: SystemScope, app_id: UUID, issuer: str, user_id: UUID) -> str | None:
    """The name under which an app knows somebody by us."""
    query = select(IdentityLink.name).where(
        and_(
            IdentityLink.system == app_id,
            IdentityLink.issuer == issuer,
            IdentityLink.user_id == user_id,
            IdentityLink.made_by.is_(None),
            IdentityLink.ends_at.is_(None),
            IdentityLink.taken_back_at.is_(None),
        )
    )
    return scope.session.scalars(query.order_by(IdentityLink.made_at)).first()
