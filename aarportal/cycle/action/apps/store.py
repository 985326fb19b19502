"""Questions about learning apps."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import func, select

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action import freshness
from aarportal.cycle.action.apps.portal import portal_id
from aarportal.cycle.action.freshness import RHYTHM_DAYS, SchoolDay
from aarportal.cycle.action.models import (
    AppDay,
    InboxEntry,
    LearningApp,
    QuarantinedStatement,
    Rereading,
)
from aarportal.people.identity.models import NobodysName
from aarportal.people.roster.models import School

App: TypeAlias = LearningApp

#: Days in the table of an app, today among them.
SHOWN_DAYS = 14
#: School days of four weeks, half of the usual ones: so many without a record say something.
_ENOUGH_DAYS = 10
#: Days in the sum of a list, today among them.
WEEK = 7


def waiting_longest(scope: SystemScope) -> LearningApp | None:
    """The app whose statement has waited longest to be read; None when none waits.

    What has to be read again goes first: a person waits for it.
    """
    app_id = scope.session.scalar(select(Rereading.app_id).limit(1)) or scope.session.scalar(
        select(InboxEntry.app_id)
        .group_by(InboxEntry.app_id)
        .order_by(func.min(InboxEntry.position))
        .limit(1)
    )
    return None if app_id is None else scope.session.get(LearningApp, app_id)


def app(scope: Scope | SystemScope, app_id: UUID) -> LearningApp:
    """A learning app; of the district, where the scope has one.

    Raises:
        NotFoundError: If there is none with this id.
    """
    return _app(scope, app_id, for_update=False)


def locked_app(scope: Scope | SystemScope, app_id: UUID) -> LearningApp:
    """The same, and nobody else changes it until this transaction ends.

    Raises:
        NotFoundError: If there is none with this id.
    """
    return _app(scope, app_id, for_update=True)


def _app(scope: Scope | SystemScope, app_id: UUID, *, for_update: bool) -> LearningApp:
    query = select(LearningApp).where(LearningApp.id == app_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = scope.session.scalar(query)
    if row is None or row.id == portal_id(row.district_id):
        raise NotFoundError("app")
    return row


def every_app(scope: SystemScope, district_id: UUID | None) -> Sequence[LearningApp]:
    """Every app of a district, or of all, by title."""
    query = select(LearningApp).order_by(LearningApp.title, LearningApp.id)
    if district_id is not None:
        query = query.where(LearningApp.district_id == district_id)
    return [row for row in scope.session.scalars(query) if row.id != portal_id(row.district_id)]


def school_ids(scope: Scope | SystemScope, district_id: UUID) -> frozenset[UUID]:
    """Every school of a district."""
    return frozenset(
        scope.session.scalars(select(School.id).where(School.district_id == district_id))
    )


def schools(scope: Scope) -> list[tuple[UUID, str]]:
    """Id and name of every school of the district."""
    rows = scope.session.execute(select(School.id, School.name).order_by(School.code))
    return list(rows.tuples())


# --- what came ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What an app sent, and what became of it.

    Attributes:
        recorded: Became learning records.
        waiting: Were put in quarantine, whatever became of them there.
        voiding: Took another statement back, or were taken back before they were read.
        repeated: Sent again with the same content, which changes nothing; not among the received.
    """

    recorded: int = 0
    waiting: int = 0
    voiding: int = 0
    repeated: int = 0

    @property
    def received(self) -> int:
        """All that came and was new."""
        return self.recorded + self.waiting + self.voiding

    def __add__(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(
            self.recorded + other.recorded,
            self.waiting + other.waiting,
            self.voiding + other.voiding,
            self.repeated + other.repeated,
        )


@dataclass(frozen=True)
class Freshness:
    """How long ago records came, against the app's own rhythm.

    Attributes:
        state: `never`, `quiet`, `usual`, or `unknown` while there are too few days to know.
        last_on: The last day on which records came, of the last four weeks.
        gap: School days that usually pass from one such day to the next; 0 when that is unknown.
    """

    state: str
    last_on: date | None = None
    gap: int = 0


@dataclass(frozen=True)
class Traffic:
    """What came from one app in the last four weeks: day -> counts."""

    days: Mapping[date, Counts] = field(default_factory=dict)

    def on(self, day: date) -> Counts:
        """What came on a day."""
        return self.days.get(day, Counts())

    def since(self, first: date) -> Counts:
        """What came on a day and after it."""
        return sum((each for day, each in self.days.items() if day >= first), Counts())

    def last(self, today: date, days: int = SHOWN_DAYS) -> list[tuple[date, Counts]]:
        """The last days, today first, those without anything as well."""
        wanted = [today - timedelta(days=n) for n in range(days)]
        return [(day, self.on(day)) for day in wanted]

    def freshness(
        self, today: date, last_record_on: date | None, is_school_day: SchoolDay
    ) -> Freshness:
        """Whether records are missing that the app's own rhythm lets one expect.

        Args:
            today: The day at school.
            last_record_on: When the latest work happened that the app ever told of.
            is_school_day: Whether there is school on a day.
        """
        # The days of arrival: what is told in the night is not late for it.
        arrived = sorted(day for day, each in self.days.items() if each.recorded)
        last_on = arrived[-1] if arrived else last_record_on
        if last_on is None:
            return Freshness("never")
        gap = freshness.usual_gap(arrived, today, is_school_day)
        if gap is None:
            # An app that sent nothing in four weeks has no rhythm left to be measured against.
            first = today - timedelta(days=RHYTHM_DAYS)
            is_long_ago = not arrived and last_on < first
            # In the long holidays nobody works, and nothing is missing.
            was_school = freshness.school_days_after(first, today, is_school_day) >= _ENOUGH_DAYS
            return Freshness("quiet" if is_long_ago and was_school else "unknown", last_on)
        quiet = freshness.is_quiet(arrived, last_on, today, is_school_day)
        return Freshness("quiet" if quiet else "usual", last_on, round(gap))


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[LearningApp], int]:
    """One page of the district's apps by title, revoked ones last, and how many there are in all.

    Args:
        scope: The office's.
        number: Which page, from 1.
        size: Apps on a page.
    """
    others = LearningApp.id != portal_id(scope.district_id)
    rows = scope.session.scalars(
        select(LearningApp)
        .where(others)
        .order_by(LearningApp.revoked_at.is_not(None), LearningApp.title, LearningApp.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    count = scope.session.scalar(select(func.count(LearningApp.id)).where(others)) or 0
    return rows, count


def traffic(scope: Scope, app_ids: Collection[UUID], today: date) -> dict[UUID, Traffic]:
    """What came from these apps in the last four weeks, by app."""
    days: dict[UUID, dict[date, Counts]] = {app_id: {} for app_id in app_ids}
    rows = scope.session.execute(
        select(
            AppDay.app_id,
            AppDay.day,
            AppDay.recorded,
            AppDay.waiting,
            AppDay.voiding,
            AppDay.repeated,
        ).where(
            AppDay.district_id == scope.district_id,
            AppDay.app_id.in_(app_ids),
            AppDay.day >= today - timedelta(days=RHYTHM_DAYS),
        )
    )
    for app_id, day, *counts in rows:
        days[app_id][day] = Counts(*counts)
    return {app_id: Traffic(found) for app_id, found in days.items()}


def waiting(scope: Scope, app_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many statements of these apps wait in quarantine; names that are nobody's do not count.

    Apps of which nothing waits are left out.
    """
    aside = (
        select(NobodysName.id)
        .where(
            NobodysName.district_id == QuarantinedStatement.district_id,
            NobodysName.system == QuarantinedStatement.app_id,
            NobodysName.issuer == QuarantinedStatement.issuer,
            NobodysName.name == QuarantinedStatement.name,
        )
        .exists()
    )
    rows = scope.session.execute(
        select(QuarantinedStatement.app_id, func.count())
        .where(
            QuarantinedStatement.district_id == scope.district_id,
            QuarantinedStatement.app_id.in_(list(app_ids)),
            ~aside,
        )
        .group_by(QuarantinedStatement.app_id)
    )
    return dict(rows.tuples().all())
