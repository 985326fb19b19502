"""The school year over HTTP: its days, its terms, and its opening."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.attendance.calendar import Calendar, DayKind, Term
from aarportal.people.school_year import operations, store, years
from aarportal.people.school_year.forms import (
    KIND_WORDS,
    DaysForm,
    OpeningForm,
    TermsForm,
)
from aarportal.people.school_year.operations import USUAL
from aarportal.people.school_year.years import day_of, year_of
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice

blueprint = PortalBlueprint("school_year", __name__)
_MANAGE = Permission.SCHOOL_YEAR_MANAGE


@blueprint.route("/school-year", permission=_MANAGE)
def calendar(scope: Scope) -> Response:
    """Show the twelve months of a school year."""
    return render("school_year/calendar.html", _calendar(scope, _year()))


@blueprint.route("/school-year/days", permission=_MANAGE)
def days(scope: Scope) -> Response:
    """Ask what one day is, or days that follow each other."""
    bells = store.bells(scope)
    form = DaysForm().offer(bells)
    on = day_of(request.args.get("on", ""))
    standing = store.planned(scope, on, on).get(on) if on else None
    form.first_on.data = form.last_on.data = on
    if standing:
        kind = USUAL if standing == years.usual_day(on or date.min, standing.title) else None
        form.kind.data, form.title.data = kind or standing.kind, standing.title
        form.bells.data = standing.bells
    return _days(form, standing, bells)


@blueprint.route("/school-year/days", permission=_MANAGE, methods=["POST"])
def plan_days(scope: Scope) -> AnyResponse:
    """Plan them."""
    bells = store.bells(scope)
    form = DaysForm().offer(bells)
    try:
        if form.validate():
            draft = form.draft()
            changed = operations.plan_days(scope, draft)
            notice(mark("The calendar is kept.") if changed else mark("Nothing was different."))
            return redirect(_month(draft.first_on), 303)
    except InvalidError as error:
        form.refuse(error)
    return _days(form, None, bells, status=422)


@blueprint.route("/school-year/terms", permission=_MANAGE)
def terms(scope: Scope) -> Response:
    """Ask which terms a school year has."""
    year = _year()
    count = request.args.get("count", "")
    if count in {"2", "3"}:
        drafts = [
            operations.TermDraft(it.title, it.starts_on)
            for it in years.usual_terms(year, int(count))
        ]
    else:
        drafts = operations.term_drafts(scope, year)
    return _terms(scope, TermsForm(year=year).show(drafts), year)


@blueprint.route("/school-year/terms", permission=_MANAGE, methods=["POST"])
def set_terms(scope: Scope) -> AnyResponse:
    """Keep them."""
    form = TermsForm()
    try:
        if form.validate():
            operations.set_terms(scope, form.asked, form.drafts())
            notice(mark("The terms are kept."))
            return redirect(url_for(".calendar", year=form.asked), 303)
    except InvalidError as error:
        form.refuse(error)
    return _terms(scope, form, form.year.data or _year(), status=422)


@blueprint.route("/school-year/opening", permission=_MANAGE)
def opening(scope: Scope) -> Response:
    """Show what a school year could begin with."""
    return _opening(scope, OpeningForm(year=_year()), _year())


@blueprint.route("/school-year/opening", permission=_MANAGE, methods=["POST"])
def open_year(scope: Scope) -> AnyResponse:
    """Write what of it is wanted."""
    form = OpeningForm()
    if form.validate():
        year = form.asked
        wanted = form.wanted(operations.propose_year(scope, year))
        opened = operations.open_year(scope, year, wanted, with_terms=bool(form.terms.data))
        anything = opened.days or opened.terms
        notice(mark("The calendar is kept.") if anything else mark("Nothing was different."))
        return redirect(url_for(".calendar", year=year), 303)
    return _opening(scope, form, form.year.data or _year(), status=422)


def _frame(year: int) -> dict[str, Any]:
    """What every page of a year shows."""
    today = clock.today()
    return {"year": year, "this_year": years.school_year_of(today), "today": today}


def _year() -> int:
    """The school year that is asked for; the present one for anything that is none."""
    asked = year_of(request.args.get("year", ""))
    return asked or years.school_year_of(clock.today())


def _month(day: date) -> str:
    """The month of a day, on the page of its year."""
    return url_for(".calendar", year=years.school_year_of(day), _anchor=f"m{day:%Y-%m}")


def _calendar(scope: Scope, year: int) -> dict[str, Any]:
    planned = store.planned_year(scope, year)
    terms = store.terms_of_year(scope, year)
    return {
        **_frame(year),
        "planned": planned,
        "months": [(month, years.weeks(month)) for month in years.months(year)],
        "lists": _by_month(year, planned),
        "terms": terms,
        "counts": _counts(year, planned, terms),
        "bells": {key.hex: it for key, it in store.bells(scope).items()},
        "kinds": KIND_WORDS,
        "is_new": not planned,
    }


def _by_month(year: int, planned: Mapping[date, years.PlannedDay]) -> dict[date, list[years.Span]]:
    """Days that have a name or other lesson times, put together, under each month they touch."""
    found: dict[date, list[years.Span]] = {month: [] for month in years.months(year)}
    for span in years.spans(planned):
        for month, there in found.items():
            if span.first_on <= years.last_of(month) and span.last_on >= month:
                there.append(span)
    return found


def _counts(
    year: int, planned: Mapping[date, years.PlannedDay], terms: tuple[Term, ...]
) -> dict[str, Any]:
    """School days (授業日数) of each month, each term and the year."""
    known = Calendar({day: it.kind for day, it in planned.items()}, terms)
    school = [day for day in years.days(years.first_day(year), years.last_day(year))
              if known.is_school_day(day)]  # fmt: skip
    return {
        "months": {m: sum(day.replace(day=1) == m for day in school) for m in years.months(year)},
        "terms": [
            (it, sum(it.starts_on <= day < it.ends_before for day in school)) for it in terms
        ],
        "year": len(school),
        "other": sum(not known.counts(day) for day in school),
    }


def _days(
    form: DaysForm,
    standing: years.PlannedDay | None,
    bells: Mapping[UUID, object],
    *,
    status: int = 200,
) -> Response:
    year = years.school_year_of(form.first_on.data or clock.today())
    is_free = standing is not None and standing.kind == DayKind.CLOSED
    values = {"form": form, "has_bells": bool(bells), "is_free": is_free, **_frame(year)}
    return render("school_year/days.html", values, status=status)


def _terms(scope: Scope, form: TermsForm, year: int, *, status: int = 200) -> Response:
    standing = store.terms_of_year(scope, year)
    values = {
        "form": form,
        "first": years.first_day(year),
        "standing": standing,
        **_frame(year),
    }
    return render("school_year/terms.html", values, status=status)


def _opening(scope: Scope, form: OpeningForm, year: int, *, status: int = 200) -> Response:
    proposal = operations.propose_year(scope, year)
    values = {"form": form, "proposal": proposal, **_frame(year)}
    return render("school_year/opening.html", values, status=status)
