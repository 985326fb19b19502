"""What waits in quarantine, and what became of what waited there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    func,
    not_,
    or_,
    select,
    union_all,
)

from aarportal.core.errors import NotFoundError
from aarportal.core.ids import NOTHING
from aarportal.core.scope import Scope
from aarportal.cycle.action.intake import matching
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    Rereading,
    StoredStatement,
)
from aarportal.cycle.action.quarantine import said
from aarportal.cycle.loop.states import COUNTED_RECORD
from aarportal.people.identity.models import IdentityLink, NobodysName, PersonMerge

#: Every reason why a statement waits, in the order in which somebody can do something about it.
REASONS = (
    matching.UNKNOWN_ACTOR,
    matching.AMBIGUOUS_ACTOR,
    matching.NOT_A_STUDENT,
    matching.UNREADABLE,
    matching.NO_LEARNING,
)
#: Titles that stand for what an actor did.
_SAMPLES = 3


@dataclass(frozen=True)
class WaitingActor:
    """A name under which statements of an app wait.

    Attributes:
        reasons: Reason -> how many statements wait for it.
        count: How many in all.
        titles: What some of them are about.
    """

    app_id: UUID
    issuer: str
    name: str
    reasons: dict[str, int]
    count: int
    first_at: datetime
    last_at: datetime
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Which of the names that wait.

    Attributes:
        app_id: Only this app's; None for every app.
        reason: Only those with a statement that waits for this reason; empty for every reason.
        aside: Names that are nobody's, instead of all others.
    """

    app_id: UUID | None = None
    reason: str = ""
    aside: bool = False


@dataclass(frozen=True)
class WaitingStatement:
    """One statement that waits, and its JSON."""

    id: UUID
    reason: str
    happened_at: datetime
    body: bytes


_it = QuarantinedStatement


def app(scope: Scope, app_id: UUID) -> LearningApp:
    """A learning app of the district.

    Raises:
        NotFoundError: If it has none with this id.
    """
    row = scope.session.scalar(
        select(LearningApp).where(
            LearningApp.id == app_id, LearningApp.district_id == scope.district_id
        )
    )
    if row is None:
        raise NotFoundError("app")
    return row


def apps(scope: Scope) -> Sequence[LearningApp]:
    """Every learning app of the district, by title."""
    return scope.session.scalars(
        select(LearningApp)
        .where(LearningApp.district_id == scope.district_id)
        .order_by(LearningApp.title, LearningApp.id)
    ).all()


def counts(scope: Scope) -> tuple[dict[tuple[UUID, str], int], int]:
    """How many statements wait by app and reason, and how many under names that are nobody's."""
    aside = _is_nobodys()
    found: dict[tuple[UUID, str], int] = {}
    put_aside = 0
    for app_id, reason, is_aside, count in scope.session.execute(
        select(_it.app_id, _it.reason, aside, func.count())
        .where(_it.district_id == scope.district_id)
        .group_by(_it.app_id, _it.reason, aside)
    ):
        if is_aside:
            put_aside += count
        else:
            found[app_id, reason] = count
    return found, put_aside


def actors(
    scope: Scope, wanted: Wanted, *, number: int = 1, size: int = 40
) -> tuple[list[WaitingActor], int, int]:
    """One page of the names under which statements wait, those with the most statements first.

    Args:
        scope: The office's.
        wanted: Which.
        number: Which page, from 1; the last one for a greater number.
        size: Names on a page.

    Returns:
        The names, which page it is, and how many names there are.
    """
    nobodys = _is_nobodys()
    query = select(_it.app_id, _it.issuer, _it.name).where(
        _it.district_id == scope.district_id, nobodys if wanted.aside else not_(nobodys)
    )
    if wanted.app_id is not None:
        query = query.where(_it.app_id == wanted.app_id)
    if wanted.reason:
        query = query.where(_it.reason == wanted.reason)
    query = query.group_by(_it.app_id, _it.issuer, _it.name)
    query = query.add_columns(*_SUMMARY).order_by(
        func.count().desc(), _it.name, _it.issuer, _it.app_id
    )
    # The number of names comes with each of them, and is asked for apart only past the end.
    page = query.add_columns(func.count().over()).limit(size).offset((number - 1) * size)
    rows = scope.session.execute(page).all()
    if not rows and number > 1:
        total = scope.session.scalar(select(func.count()).select_from(query.subquery())) or 0
        number = max(-(-total // size), 1)
        rows = scope.session.execute(page.offset((number - 1) * size)).all()
    found = [_actor(*row[:-1]) for row in rows]
    return _with_titles(scope, found), number, rows[0][-1] if rows else 0


_SUMMARY: tuple[ColumnElement[Any], ...] = (
    func.count(),
    func.min(_it.happened_at),
    func.max(_it.happened_at),
    *(func.sum(case((_it.reason == reason, 1), else_=0)) for reason in REASONS),
)


def _actor(  # noqa: PLR0913, PLR0917 - a row of the query above
    app_id: UUID,
    issuer: str,
    name: str,
    count: int,
    first_at: datetime,
    last_at: datetime,
    *by_reason: int,
) -> WaitingActor:
    reasons = {key: int(n) for key, n in zip(REASONS, by_reason, strict=True) if n}
    return WaitingActor(app_id, issuer, name, reasons, count, first_at, last_at)


def actor(scope: Scope, app_id: UUID, issuer: str, name: str) -> WaitingActor | None:
    """What waits under one name of an app; None when nothing does."""
    row = scope.session.execute(
        select(_it.app_id, _it.issuer, _it.name, *_SUMMARY)
        .where(*_is(scope, app_id, issuer, name))
        .group_by(_it.app_id, _it.issuer, _it.name)
    ).first()
    return None if row is None else _actor(*row)


def _with_titles(scope: Scope, found: list[WaitingActor]) -> list[WaitingActor]:
    """The same, with what a few of their statements are about, asked at once for all of them."""
    if not found:
        return []
    # One after the other each is found by its name; together the whole quarantine would be read.
    latest = union_all(*(select(_latest(scope, each)) for each in found)).subquery()
    rows = scope.session.execute(
        select(latest.c.app_id, latest.c.issuer, latest.c.name, StoredStatement.body)
        .join(
            StoredStatement,
            and_(
                StoredStatement.district_id == scope.district_id,
                StoredStatement.id == latest.c.statement_id,
            ),
        )
        .order_by(latest.c.happened_at.desc(), latest.c.statement_id)
    )
    titles: dict[tuple[UUID, str, str], dict[str, None]] = {}
    for app_id, issuer, name, body in rows:
        if title := said.title(body):
            titles.setdefault((app_id, issuer, name), {})[title] = None
    return [
        replace(each, titles=tuple(titles.get((each.app_id, each.issuer, each.name), ())))
        for each in found
    ]


def _latest(scope: Scope, whose: WaitingActor) -> Subquery:
    """The last few of what waits under a name."""
    return (
        select(_it.app_id, _it.issuer, _it.name, _it.statement_id, _it.happened_at)
        .where(*_is(scope, whose.app_id, whose.issuer, whose.name))
        .order_by(_it.happened_at.desc(), _it.statement_id)
        .limit(_SAMPLES)
        .subquery()
    )


def statements(
    scope: Scope, whose: WaitingActor, *, number: int, size: int
) -> list[WaitingStatement]:
    """One page of what waits under a name, the latest first."""
    rows = scope.session.execute(
        select(_it.statement_id, _it.reason, _it.happened_at, StoredStatement.body)
        .join(
            StoredStatement,
            and_(
                StoredStatement.district_id == _it.district_id,
                StoredStatement.id == _it.statement_id,
            ),
        )
        .where(*_is(scope, whose.app_id, whose.issuer, whose.name))
        .order_by(_it.happened_at.desc(), _it.statement_id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return [WaitingStatement(*row) for row in rows]


def moments(
    scope: Scope, app_id: UUID | None, issuer: str, name: str
) -> list[tuple[datetime, str]]:
    """When each statement happened that waits under a name, and why it waits."""
    rows = scope.session.execute(
        select(_it.happened_at, _it.reason).where(*_is(scope, app_id, issuer, name))
    )
    return [(moment, reason) for moment, reason in rows]


def _is(
    scope: Scope, app_id: UUID | None, issuer: str, name: str
) -> tuple[ColumnElement[bool], ...]:
    mine = (_it.district_id == scope.district_id, _it.name == name, _it.issuer == issuer)
    return mine if app_id is None else (*mine, _it.app_id == app_id)


def _is_nobodys() -> ColumnElement[bool]:
    return (
        select(NobodysName.id)
        .where(
            NobodysName.district_id == _it.district_id,
            NobodysName.system == _it.app_id,
            NobodysName.issuer == _it.issuer,
            NobodysName.name == _it.name,
        )
        .exists()
    )


# --- what became of it ------------------------------------------------------------------------


def records_by_link(scope: Scope, link: IdentityLink) -> dict[UUID, int]:
    """App -> how many counted records of this school a link has made."""
    whose = select(PersonMerge.kept_id).where(
        PersonMerge.district_id == scope.district_id,
        PersonMerge.merged_id == link.user_id,
        PersonMerge.taken_back_at.is_(None),
    )
    return _by_app(
        scope,
        LearningRecord.link_id == link.id,
        or_(LearningRecord.student_id == link.user_id, LearningRecord.student_id.in_(whose)),
    )


def records_by_merge(scope: Scope, merge: PersonMerge) -> dict[UUID, int]:
    """App -> how many counted records of this school have gone over through a merge."""
    return _by_app(
        scope,
        LearningRecord.merge_id == merge.id,
        LearningRecord.student_id == merge.kept_id,
    )


def _by_app(scope: Scope, *conditions: ColumnElement[bool]) -> dict[UUID, int]:
    rows = scope.session.execute(
        select(LearningRecord.app_id, func.count())
        .where(
            LearningRecord.school_id == scope.school_id,
            LearningRecord.state.in_(COUNTED_RECORD),
            *conditions,
        )
        .group_by(LearningRecord.app_id)
    )
    return {row[0]: row[1] for row in rows}


def days_of(scope: Scope, student_id: UUID) -> list[tuple[UUID, date, int]]:
    """App, day, and how many counted records of this school a student has of it; no paper work."""
    rows = scope.session.execute(
        select(LearningRecord.app_id, LearningRecord.day, func.count())
        .where(
            LearningRecord.school_id == scope.school_id,
            LearningRecord.student_id == student_id,
            LearningRecord.app_id != NOTHING,
            LearningRecord.state.in_(COUNTED_RECORD),
        )
        .group_by(LearningRecord.app_id, LearningRecord.day)
    )
    return [(app_id, day, count) for app_id, day, count in rows]


def is_being_read(scope: Scope) -> bool:
    """Whether something of the district is still to be read again."""
    asked = select(Rereading.id).where(Rereading.district_id == scope.district_id).limit(1)
    waits = (
        select(InboxEntry.position)
        .where(InboxEntry.district_id == scope.district_id, InboxEntry.again)
        .limit(1)
    )
    return scope.session.scalar(asked) is not None or scope.session.scalar(waits) is not None
