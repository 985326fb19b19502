"""Questions about platforms, launches on their way, and who is meant by them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from aarportal.core import clock
from aarportal.core.errors import NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.people.accounts.models import Account
from aarportal.people.identity import store as identity
from aarportal.people.lti.models import LtiBinding, LtiChoice, LtiContext, LtiLogin, LtiPlatform
from aarportal.people.roster.letters import folded
from aarportal.people.roster.models import DistrictRole, School, User, UserRole

Platform = LtiPlatform
Context = LtiContext

_BOARD = "districtAdministrator"
#: Whoever taps twice gets the answer that the second tap waits for.
_ANSWERED_ANEW = timedelta(minutes=1)


# --- platforms, as the office sees them -----------------------------------------------------------


def _mine(scope: Scope) -> Select[tuple[LtiPlatform]]:
    """What this office entered: the board knows of all, a school of its own."""
    mine = select(LtiPlatform)
    if scope.role is Role.DISTRICT_ADMINISTRATOR:
        return mine
    return mine.where(LtiPlatform.school_id == scope.school_id)


def platforms(scope: Scope) -> Sequence[LtiPlatform]:
    """The platforms that this office entered, the newest first."""
    query = _mine(scope).order_by(LtiPlatform.made_at.desc(), LtiPlatform.id)
    return scope.session.scalars(query).all()


def platform(scope: Scope, platform_id: UUID, *, lock: bool = False) -> LtiPlatform:
    """One of them.

    Args:
        scope: The office's.
        platform_id: Which.
        lock: Whether nobody else may change it until this transaction ends.

    Raises:
        NotFoundError: If this office has no such platform.
    """
    query = _mine(scope).where(LtiPlatform.id == platform_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = scope.session.scalar(query)
    if row is None:
        raise NotFoundError("platform")
    return row


def is_entered(scope: Scope, issuer: str, client_id: str, but_not: UUID | None) -> bool:
    """Whether the district has this platform already, be it by another office."""
    query = select(LtiPlatform.id).where(
        LtiPlatform.issuer == issuer, LtiPlatform.client_id == client_id
    )
    return any(found != but_not for found in scope.session.scalars(query))


def bindings(scope: Scope, platform_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Platform -> how many of its people came already."""
    query = (
        select(LtiBinding.platform_id, func.count())
        .where(LtiBinding.platform_id.in_(platform_ids))
        .group_by(LtiBinding.platform_id)
    )
    return {row[0]: row[1] for row in scope.session.execute(query)}


def who_came(scope: Scope, platform_id: UUID) -> Sequence[UUID]:
    """Everybody who came from a platform already."""
    query = select(LtiBinding.user_id).where(LtiBinding.platform_id == platform_id).distinct()
    return scope.session.scalars(query).all()


def bindings_named(scope: Scope, platform_id: UUID, name: str) -> Sequence[LtiBinding]:
    """Whom accounts of a platform are taken for, by a name: of the roster's, or the account's own.

    The account's own (`sub`) finds it where it is bound to the wrong person.
    """
    query = (
        select(LtiBinding)
        .join(User, User.id == LtiBinding.user_id)
        .where(
            LtiBinding.platform_id == platform_id,
            or_(
                func.lower(User.username) == folded(name),
                func.lower(User.master_identifier) == folded(name),
                LtiBinding.subject == name,
            ),
        )
        .order_by(LtiBinding.id)
    )
    return scope.session.scalars(query).all()


def contexts(scope: Scope, platform_ids: Sequence[UUID]) -> dict[UUID, list[LtiContext]]:
    """Platform -> its courses with members that can be asked for, by their titles."""
    query = (
        select(LtiContext)
        .where(LtiContext.platform_id.in_(platform_ids), LtiContext.memberships_url != "")
        .order_by(LtiContext.title, LtiContext.id)
    )
    found: dict[UUID, list[LtiContext]] = {}
    for row in scope.session.scalars(query):
        found.setdefault(row.platform_id, []).append(row)
    return found


# --- a launch -------------------------------------------------------------------------------------


def launching(
    scope: SystemScope, issuer: str, client_id: str, deployment_id: str, platform_id: UUID | None
) -> list[LtiPlatform]:
    """Platforms that a login may come from; more than one where it does not say enough."""
    query = select(LtiPlatform).where(LtiPlatform.issuer == issuer, LtiPlatform.paused_at.is_(None))
    if platform_id is not None:
        query = query.where(LtiPlatform.id == platform_id)
    if client_id:
        query = query.where(LtiPlatform.client_id == client_id)
    found = scope.session.scalars(query.order_by(LtiPlatform.id))
    return [row for row in found if not deployment_id or deployment_id in row.deployments]


def platform_of(scope: SystemScope, platform_id: UUID) -> LtiPlatform | None:
    """A platform that launches may come from."""
    row = scope.session.get(LtiPlatform, platform_id)
    return row if row is not None and row.paused_at is None else None


def login(scope: SystemScope, state_hash: bytes) -> LtiLogin | None:
    """A launch on its way, locked: two at once with one state are told apart."""
    return scope.session.get(LtiLogin, state_hash, with_for_update=True, populate_existing=True)


def ticket(scope: SystemScope, ticket_hash: bytes) -> LtiLogin | None:
    """The launch that this ticket is for, locked."""
    query = select(LtiLogin).where(LtiLogin.ticket_hash == ticket_hash).with_for_update()
    return scope.session.scalar(query.execution_options(populate_existing=True))


def binding(scope: SystemScope, platform_id: UUID, subject: str) -> LtiBinding | None:
    """Who came under this name before."""
    query = select(LtiBinding).where(
        LtiBinding.platform_id == platform_id, LtiBinding.subject == subject
    )
    return scope.session.scalar(query)


def in_roster(scope: SystemScope, district_id: UUID, known_by: str, name: str) -> list[UUID]:
    """People of the district whom the roster knows by this name.

    Who had a 利用者識別子 before another was registered is still known by it, where nobody has it
    now; of two who are one child, whoever stays is meant.
    """
    if not name:
        return []
    meant: dict[str, ColumnElement[bool]] = {
        "identifier": func.lower(User.master_identifier) == folded(name),
        "sourced_id": User.sourced_id == name,
        "email": func.lower(User.username) == folded(name),
    }
    query = select(User.id).where(User.district_id == district_id, meant[known_by])
    found = _enabled(scope, scope.session.scalars(query))
    if found or known_by != "identifier":
        return found
    return _enabled(scope, identity.formerly_identified(scope, district_id, name, clock.now()))


def _enabled(scope: SystemScope, ids: Iterable[UUID]) -> list[UUID]:
    """Those of these who are enabled, each as whom they stay."""
    meant = identity.those_who_stay(scope, ids)
    query = select(User.id).where(User.id.in_(meant), User.enabled.is_(True))
    return list(scope.session.scalars(query))


def who_stays(scope: SystemScope, user_id: UUID) -> UUID:
    """Somebody, or as whom they stay if two persons of the roster are one child."""
    return identity.those_who_stay(scope, [user_id])[0]


def school_of_code(scope: SystemScope, district_id: UUID, code: str) -> UUID | None:
    """The school with this 学校コード."""
    query = select(School.id).where(School.district_id == district_id, School.identifier == code)
    return scope.session.scalars(query).first()


def place(
    scope: SystemScope, user_id: UUID, school_id: UUID | None, day: date
) -> tuple[User, UUID, str] | None:
    """Somebody enabled, the school where they belong (all zeros for the board), and their role.

    As at sign-in: the primary role, then the one begun last; one that has ended opens no door.

    Args:
        scope: The system's.
        user_id: Who.
        school_id: The one school that counts; None for every one of the district, and its board.
        day: Today.
    """
    begun = func.coalesce(UserRole.starts_on, date.min)
    query = (
        select(User, UserRole.school_id, UserRole.role)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.id == user_id,
            User.enabled.is_(True),
            or_(UserRole.ends_before.is_(None), UserRole.ends_before > day),
            UserRole.role != _BOARD,
        )
        .order_by(UserRole.role_type, begun > day, begun.desc(), UserRole.school_id)
    )
    if school_id is not None:
        query = query.where(UserRole.school_id == school_id)
    row = scope.session.execute(query).first()
    if row is None and school_id is None:
        of_board = (
            select(User, literal(NOTHING, User.id.type), DistrictRole.role)
            .join(DistrictRole, DistrictRole.user_id == User.id)
            .where(
                User.id == user_id,
                User.enabled.is_(True),
                or_(DistrictRole.ends_before.is_(None), DistrictRole.ends_before > day),
                DistrictRole.role == _BOARD,
            )
        )
        row = scope.session.execute(of_board).first()
    return (row[0], row[1], row[2]) if row else None


def account(scope: SystemScope, user_id: UUID) -> Account | None:
    """Somebody's account."""
    return scope.session.get(Account, user_id)


def context(scope: SystemScope, platform_id: UUID, context_id: str) -> LtiContext | None:
    """A course that was told of before."""
    query = select(LtiContext).where(
        LtiContext.platform_id == platform_id, LtiContext.context_id == context_id
    )
    return scope.session.scalar(query)


def choice(scope: SystemScope, choice_id: UUID, user_id: UUID, now: datetime) -> LtiChoice | None:
    """A choice that this person has still to make, or made a moment ago; locked."""
    row = scope.session.get(LtiChoice, choice_id, with_for_update=True, populate_existing=True)
    if row is None or row.user_id != user_id or row.expires_at <= now:
        return None
    is_over = row.answered_at is not None and now - row.answered_at >= _ANSWERED_ANEW
    return None if is_over else row
