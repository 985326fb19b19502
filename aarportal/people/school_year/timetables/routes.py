"""Lesson times and timetables over HTTP."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.people.attendance.calendar import timetable_on
from aarportal.people.attendance.lessons import Bells, Timetable
from aarportal.people.school_year import store as year_store
from aarportal.people.school_year import years
from aarportal.people.school_year.timetables import operations, store
from aarportal.people.school_year.timetables.forms import (
    WEEKDAY_WORDS,
    BellsForm,
    RemoveForm,
    TimetableForm,
    proposed_bells,
)
from aarportal.people.school_year.years import day_of
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import notice, plain

blueprint = PortalBlueprint("timetables", __name__)
_MANAGE = Permission.SCHOOL_YEAR_MANAGE
#: Lessons of a day where the school has not said when they are.
_USUAL_PERIODS = 6
#: Double bookings that are listed; more of them are one mistake.
_MOST_CLASHES = 20


@blueprint.route("/school-year/lesson-times", permission=_MANAGE)
def bells(scope: Scope) -> Response:
    """List the lesson times of the school."""
    values = {"bells": year_store.bells(scope), "weekdays": WEEKDAY_WORDS}
    return render("timetables/bells.html", values)


@blueprint.route("/school-year/lesson-times/new", permission=_MANAGE)
def new_bells(scope: Scope) -> Response:
    """Show the sheet for new lesson times."""
    known = year_store.bells(scope)
    form = BellsForm().show(_proposed(scope, known))
    form.use.data = "chosen" if known else "usual"
    return _bells(form)


@blueprint.route("/school-year/lesson-times", permission=_MANAGE, methods=["POST"])
def add_bells(scope: Scope) -> AnyResponse:
    """Keep new lesson times."""
    form = BellsForm()
    try:
        if form.validate():
            operations.add_bells(scope, form.draft())
            notice(mark("The lesson times are kept."))
            return redirect(url_for(".bells"), 303)
    except InvalidError as error:
        form.refuse(error)
    return _bells(form, status=422)


@blueprint.route("/school-year/lesson-times/<uuid:bells_id>", permission=_MANAGE)
def edit_bells(scope: Scope, bells_id: UUID) -> Response:
    """Show the sheet of lesson times."""
    row = store.bell_schedule(scope, bells_id)
    return _bells(BellsForm().show(year_store.bells_of(row)), bells_id)


@blueprint.route("/school-year/lesson-times/<uuid:bells_id>", permission=_MANAGE, methods=["POST"])
def change_bells(scope: Scope, bells_id: UUID) -> AnyResponse:
    """Change lesson times."""
    store.bell_schedule(scope, bells_id)
    form = BellsForm()
    try:
        if form.validate():
            operations.change_bells(scope, bells_id, form.draft())
            notice(mark("The lesson times are kept."))
            return redirect(url_for(".bells"), 303)
    except InvalidError as error:
        form.refuse(error)
    return _bells(form, bells_id, status=422)


@blueprint.route(
    "/school-year/lesson-times/<uuid:bells_id>/remove", permission=_MANAGE, methods=["POST"]
)
def remove_bells(scope: Scope, bells_id: UUID) -> AnyResponse:
    """Forget lesson times."""
    try:
        operations.remove_bells(scope, bells_id)
    except StateError:
        notice(mark("Days of the calendar have these lesson times: change those first."), "warn")
        return redirect(url_for(".edit_bells", bells_id=bells_id), 303)
    notice(mark("The lesson times are gone."))
    return redirect(url_for(".bells"), 303)


@blueprint.route("/school-year/timetables", permission=_MANAGE)
def timetables(scope: Scope) -> Response:
    """List the classes with the timetable that each has on a day."""
    on = _day()
    classes = store.classes(scope, on)
    known = year_store.timetables(scope, [it.id for it in classes])
    holding = {key: timetable_on(found, on) for key, found in known.items()}
    values = {"on": on, "known": known, "holding": holding, **_by_kind(classes)}
    values |= _clashes(scope, holding, {it.id for it in values["homerooms"]})
    return render("timetables/timetables.html", values)


@blueprint.route("/school-year/timetables/<uuid:class_id>", permission=_MANAGE)
def timetable(scope: Scope, class_id: UUID) -> Response:
    """Show the week of a class, to be filled in."""
    store.one_class(scope, class_id)
    on = _day()
    known = year_store.timetables(scope, [class_id])[class_id]
    holding = timetable_on(known, on)
    form = _form(scope, on, holding)
    form.starts_on.data = (
        holding.starts_on if holding else years.first_day(years.school_year_of(on))
    )
    form.show(_copied(scope, on) or (holding.slots if holding else {}))
    return _timetable(scope, class_id, on, form, known)


@blueprint.route("/school-year/timetables/<uuid:class_id>", permission=_MANAGE, methods=["POST"])
def set_timetable(scope: Scope, class_id: UUID) -> AnyResponse:
    """Keep it."""
    store.one_class(scope, class_id)
    on = _day()
    known = year_store.timetables(scope, [class_id])[class_id]
    holding = timetable_on(known, on)
    form = _form(scope, on, holding)
    try:
        if form.validate():
            return _kept(scope, class_id, form, known)
    except InvalidError as error:
        form.refuse(error)
    return _timetable(scope, class_id, on, form, known, status=422)


@blueprint.route(
    "/school-year/timetables/<uuid:class_id>/remove", permission=_MANAGE, methods=["POST"]
)
def remove_timetable(scope: Scope, class_id: UUID) -> AnyResponse:
    """Forget the timetable that begins on a day."""
    store.one_class(scope, class_id)
    form = RemoveForm()
    if not form.validate():
        known = year_store.timetables(scope, [class_id])[class_id]
        today = clock.today()
        shown = _form(scope, today, timetable_on(known, today))
        return _timetable(scope, class_id, today, shown, known, status=422)
    operations.remove_timetable(scope, class_id, form.starts_on.data)
    notice(mark("The timetable is gone; the one before it holds again."))
    return redirect(url_for(".timetable", class_id=class_id), 303)


def _by_kind(classes: Sequence[store.Listed]) -> dict[str, Any]:
    """The 学級, and the classes of a subject or of a part of a class."""
    return {
        "homerooms": [it for it in classes if store.is_homeroom(it)],
        "others": [it for it in classes if not store.is_homeroom(it)],
        "titles": {it.id: it.title for it in classes},
    }


def _kept(
    scope: Scope, class_id: UUID, form: TimetableForm, known: Sequence[Timetable]
) -> AnyResponse:
    starts_on = form.starts_on.data
    before = timetable_on(known, starts_on)
    slots = form.slots(before.slots if before else {})
    changed = operations.set_timetable(scope, class_id, starts_on, slots)
    notice(mark("The timetable is kept.") if changed else mark("Nothing was different."))
    return redirect(url_for(".timetable", class_id=class_id, on=starts_on.isoformat()), 303)


def _day() -> date:
    """The day that is asked for; today for anything that is none."""
    return day_of(request.args.get("on", "")) or clock.today()


def _form(scope: Scope, on: date, holding: Timetable | None) -> TimetableForm:
    """A form with as many lessons as the school and the class have."""
    slots = holding.slots if holding else {}
    weekdays = operations.weekdays_of(slots.keys())
    if "saturday" in request.args and 6 not in weekdays:
        weekdays.append(6)
    most = max((len(it.times) for it in year_store.bells(scope).values()), default=_USUAL_PERIODS)
    most = max([most, *(period for _weekday, period in slots)])
    people = None
    if "teachers" in request.args:
        people = [
            (it.id, f"{it.family_name} {it.given_name}")
            for it in store.teachers_and(scope, on, slots.values())
        ]
    return TimetableForm.of(weekdays, range(1, most + 1), people)


def _copied(scope: Scope, on: date) -> Mapping[tuple[int, int], Any] | None:
    """The week of another class of the school, where somebody wants to begin with it."""
    asked = request.args.get("copy", "")
    found = next((it for it in store.classes(scope, on) if str(it.id) == asked), None)
    if found is None:
        return None
    holding = timetable_on(year_store.timetables(scope, [found.id])[found.id], on)
    return holding.slots if holding else None


def _clashes(
    scope: Scope, holding: Mapping[UUID, Timetable | None], homerooms: Collection[UUID]
) -> dict[str, Any]:
    slots = {key: it.slots for key, it in holding.items() if it}
    found = operations.clashes(slots, homerooms)
    return {
        "clashes": found[:_MOST_CLASHES],
        "people": store.people(scope, {teacher for _on, _period, teacher, _ids in found}),
        "weekdays": WEEKDAY_WORDS,
    }


def _proposed(scope: Scope, known: Mapping[UUID, Bells]) -> Bells:
    """Lesson times to begin with: the usual ones, or those of most schools of this kind."""
    if known:
        return replace(next(iter(known.values())), title="")
    classes = store.classes(scope, clock.today())
    is_secondary = any(grade.startswith("J") for it in classes for grade in it.grades)
    return proposed_bells(plain("Ordinary days"), is_secondary=is_secondary)


def _bells(form: BellsForm, bells_id: UUID | None = None, *, status: int = 200) -> Response:
    values = {"form": form, "bells_id": bells_id, "weekdays": WEEKDAY_WORDS}
    return render("timetables/bell_schedule.html", values, status=status)


def _timetable(  # noqa: PLR0913 - all that the page shows
    scope: Scope,
    class_id: UUID,
    on: date,
    form: TimetableForm,
    known: Sequence[Timetable],
    *,
    status: int = 200,
) -> Response:
    holding = timetable_on(known, on)
    usual = next((it for it in year_store.bells(scope).values() if it.is_usual), None)
    class_ = store.one_class(scope, class_id)
    values = {
        "class_": class_,
        "on": on,
        "form": form,
        "known": known,
        "holding": holding,
        "others": [
            it
            for it in store.classes(scope, on)
            if it.id != class_id and it.class_type == class_.class_type
        ],
        "times": usual.times if usual else (),
        "weekdays": WEEKDAY_WORDS,
        "options": {name: 1 for name in ("saturday", "teachers") if name in request.args},
    }
    return render("timetables/timetable.html", values, status=status)
