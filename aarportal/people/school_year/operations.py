"""Planning a school year: its days, its terms, and how a new year begins."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError
from aarportal.core.scope import Scope
from aarportal.people.attendance.calendar import DayKind, Term, is_usual
from aarportal.people.attendance.models import CalendarDay
from aarportal.people.school_year import store
from aarportal.people.school_year.models import Term as TermRow
from aarportal.people.school_year.years import (
    MAX_TITLE,
    YEARS,
    PlannedDay,
    YearProposal,
    cleaned_title,
    days,
    first_day,
    holidays,
    last_day,
    normal,
    propose,
    school_year_of,
    terms_from,
    usual_day,
)

#: What a form says for "as always": Monday to Friday lessons, and no others.
USUAL = "usual"
KINDS = (USUAL, *DayKind)


@dataclass(frozen=True)
class DaysDraft:
    """One day, or days that follow each other, as somebody plans them.

    Attributes:
        last_on: The last day; inclusive, as people say it.
        kind: One of `KINDS`.
        bells_id: Lesson times that hold on these days; None for those of the weekday.
    """

    first_on: date
    last_on: date
    kind: str
    title: str = ""
    bells_id: UUID | None = None


@dataclass(frozen=True)
class TermDraft:
    """A term as somebody plans it; it ends where the next begins."""

    title: str
    starts_on: date


@dataclass(frozen=True)
class OpenedYear:
    """What was written when a year was opened.

    Attributes:
        days: How many days.
        terms: How many terms.
    """

    days: int
    terms: int


def plan_days(scope: Scope, draft: DaysDraft) -> int:
    """Say what one day is, or days that follow each other.

    A single day becomes what is said. Of several, national holidays stay as they are, and kinds
    with school leave out weekends and days without school.

    Returns:
        How many days changed.

    Raises:
        InvalidError: If a value cannot be taken.
    """
    _check_days(scope, draft)
    title = cleaned_title(draft.title)
    standing = store.planned(scope, draft.first_on, draft.last_on)
    bells = draft.bells_id.hex if draft.bells_id else ""
    wanted: dict[date, PlannedDay | None] = {}
    for day in days(draft.first_on, draft.last_on):
        if draft.first_on < draft.last_on and _stays(day, draft.kind, standing):
            continue
        if draft.kind == USUAL:
            wanted[day] = usual_day(day, title, bells)
        else:
            wanted[day] = PlannedDay(draft.kind, title, bells)
    return len(write_days(scope, wanted))


def _stays(day: date, kind: str, standing: Mapping[date, PlannedDay]) -> bool:
    """Whether a day within a longer span is left as it is."""
    has_no_school = (
        standing[day].kind == DayKind.CLOSED if day in standing else is_usual(day, DayKind.CLOSED)
    )
    if kind in {USUAL, DayKind.CLOSED}:
        return day in standing and has_no_school and day in holidays(school_year_of(day))
    return has_no_school


def write_days(
    scope: Scope, wanted: Mapping[date, PlannedDay | None]
) -> dict[date, tuple[PlannedDay | None, PlannedDay | None]]:
    """Write days of the calendar; None makes a day ordinary again.

    Returns:
        Day -> what it was and what it is, of the days that changed.
    """
    if not wanted:
        return {}
    standing = store.planned(scope, min(wanted), max(wanted))
    changed = {
        day: (standing.get(day), after)
        for day, plan in sorted(wanted.items())
        if (after := normal(day, plan) if plan else None) != standing.get(day)
    }
    if not changed:
        return {}
    gone = [day for day, (before, _after) in changed.items() if before]
    if gone:
        scope.session.execute(
            delete(CalendarDay).where(
                CalendarDay.school_id == scope.school_id, CalendarDay.day.in_(gone)
            )
        )
    rows = [_row(scope, day, after) for day, (_before, after) in changed.items() if after]
    if rows:
        scope.session.execute(insert(CalendarDay), rows)
    detail = f"{min(changed)} - {max(changed)}"
    audit.record(scope, "calendar:set", len(changed), detail=detail)
    return changed


def _row(scope: Scope, day: date, plan: PlannedDay) -> dict[str, object]:
    return {
        "school_id": scope.school_id,
        "day": day,
        "kind": plan.kind,
        "title": plan.title,
        "bells_id": UUID(plan.bells) if plan.bells else None,
    }


def set_terms(scope: Scope, year: int, drafts: Sequence[TermDraft]) -> None:
    """Say which terms a school year has: two or three, the first from 1 April on.

    Raises:
        InvalidError: If they are in disorder, lie elsewhere, or are more or fewer.
    """
    _check_terms(year, drafts)
    wanted = terms_from(year, [(draft.title, draft.starts_on) for draft in drafts])
    _write_terms(scope, year, wanted)


def _write_terms(scope: Scope, year: int, wanted: Sequence[Term]) -> None:
    if wanted == store.terms_of_year(scope, year):
        return
    scope.session.execute(
        delete(TermRow).where(TermRow.school_id == scope.school_id, TermRow.school_year == year)
    )
    scope.session.execute(
        insert(TermRow),
        [
            {
                "school_id": scope.school_id,
                "starts_on": term.starts_on,
                "ends_before": term.ends_before,
                "school_year": year,
                "title": term.title,
            }
            for term in wanted
        ],
    )
    audit.record(scope, "terms:set", year, detail=str(len(wanted)))


def propose_year(scope: Scope, year: int) -> YearProposal:
    """What a school year could begin with: national holidays, last year's long ones, terms.

    Raises:
        InvalidError: If it is no year of `YEARS`.
    """
    _check_year(year)
    return propose(
        year,
        store.planned_year(scope, year),
        store.planned_year(scope, year - 1),
        store.terms_of_year(scope, year),
        store.terms_of_year(scope, year - 1),
    )


def open_year(
    scope: Scope, year: int, wanted: Collection[date] | None = None, *, with_terms: bool = True
) -> OpenedYear:
    """Write what is proposed for a school year, as far as somebody wants it.

    Days that stand in the calendar already are never changed, and doing it twice does nothing more.

    Args:
        scope: Who says so.
        year: The year in which its April lies.
        wanted: First days of the proposed spans that are wanted; None for all of them.
        with_terms: Whether the proposed terms are wanted.

    Raises:
        InvalidError: If it is no year of `YEARS`.
    """
    proposal = propose_year(scope, year)
    standing = store.planned_year(scope, year)
    # Holidays come last: within the summer holidays 山の日 keeps its name.
    chosen = [
        span
        for span in (*proposal.breaks, *proposal.holidays)
        if wanted is None or span.first_on in wanted
    ]
    plans = {day: span.day for span in chosen for day in days(span.first_on, span.last_on)}
    national = {day for span in proposal.holidays for day in days(span.first_on, span.last_on)}
    free = {day: plan for day, plan in plans.items() if day not in standing or day in national}
    changed = write_days(scope, free)
    terms = proposal.terms if with_terms else ()
    if terms:
        _write_terms(scope, year, terms)
    return OpenedYear(len(changed), len(terms))


def term_drafts(scope: Scope, year: int) -> list[TermDraft]:
    """The terms of a school year, or those that are proposed for it."""
    terms = store.terms_of_year(scope, year) or propose_year(scope, year).terms
    return [TermDraft(term.title, term.starts_on) for term in terms]


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise InvalidError("year", "range")


def _check_days(scope: Scope, draft: DaysDraft) -> None:
    if draft.kind not in KINDS:
        raise InvalidError("kind", "choice")
    if len(draft.title) > MAX_TITLE:
        raise InvalidError("title", "length")
    for name in ("first_on", "last_on"):
        if school_year_of(getattr(draft, name)) not in YEARS:
            raise InvalidError(name, "range")
    if draft.last_on < draft.first_on:
        raise InvalidError("last_on", "order")
    if (draft.last_on - draft.first_on).days > 366:
        raise InvalidError("last_on", "long")
    if draft.bells_id and draft.bells_id not in store.bells(scope):
        raise InvalidError("bells", "choice")


def _check_terms(year: int, drafts: Sequence[TermDraft]) -> None:
    _check_year(year)
    if len(drafts) not in (2, 3):
        raise InvalidError("count", "choice")
    if drafts[0].starts_on != first_day(year):
        raise InvalidError("starts_on_0", "first")
    for place, draft in enumerate(drafts):
        if not 0 < len(draft.title) <= MAX_TITLE:
            raise InvalidError(f"title_{place}", "length")
        if not first_day(year) <= draft.starts_on <= last_day(year):
            raise InvalidError(f"starts_on_{place}", "range")
        if place and draft.starts_on <= drafts[place - 1].starts_on:
            raise InvalidError(f"starts_on_{place}", "order")
