"""People and classes over HTTP: who is, was and will be at a school, and who changed what."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.people.directory import store
from aarportal.people.directory.classes import store as classes_store
from aarportal.people.directory.forms import EVER, GRADES, number_in, uuid_in, wanted_of
from aarportal.people.directory.history import operations as histories
from aarportal.people.directory.persons import store as persons
from aarportal.people.directory.presence import STATES
from aarportal.people.directory.store import Wanted
from aarportal.people.identity.store import IDENTIFIER, ROSTER
from aarportal.people.roster import store as roster
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page

blueprint = PortalBlueprint("people", __name__, shows=looks.school("roster"))

PAGE = 50
#: Things that were done, on a page.
HAPPENINGS = 30


@blueprint.route("/people", permission=Permission.PEOPLE_READ, costs=1)
def people(scope: Scope) -> Response:
    """List the people that the address asks for."""
    wanted, today = wanted_of(request.args), clock.today()
    page = store.people(scope, wanted, today, number=asked_page(), size=PAGE)
    values = {
        "wanted": wanted,
        "people": page.people,
        "page": page.number,
        "pages": max(-(-page.total // PAGE), 1),
        "count": page.total,
        "are_more": page.are_more,
        **_frame(scope),
        **_choices(scope, wanted),
    }
    return render("people/people.html", values)


@blueprint.route(
    "/people/<uuid:person_id>",
    permission=Permission.PEOPLE_READ,
    shows=looks.person("roster", "person_id"),
)
def person(scope: Scope, person_id: UUID) -> Response:
    """Show what is known of a person, and by which names apps know them."""
    return render("people/person.html", _known_of(scope, person_id))


@blueprint.route(
    "/people/<uuid:person_id>/history",
    permission=Permission.TRACES_READ,
    transaction=False,
    costs=1,
    shows=looks.person("traces", "person_id"),
)
def history(scope: Scope, person_id: UUID) -> Response:
    """Show who changed what about a person."""
    number = asked_page()
    found = histories.history(scope, person_id, number=number, size=HAPPENINGS)
    values = {"history": found, "person": found.person, "page": number, **_frame(scope)}
    return render("people/history.html", values)


@blueprint.route("/classes", permission=Permission.PEOPLE_READ, shows=looks.nobody)
def classes(scope: Scope) -> Response:
    """List the classes of a school in a school year."""
    return render("people/classes.html", _classes(scope))


@blueprint.route(
    "/classes/<uuid:class_id>",
    permission=Permission.PEOPLE_READ,
    costs=1,
    shows=looks.school_class("roster"),
)
def school_class(scope: Scope, class_id: UUID) -> Response:
    """Show who is in a class, by attendance number."""
    row = roster.one_class(scope, class_id)
    years = classes_store.school_years(scope, clock.today())
    year = years.year_of(row.term_sourced_ids)
    values = {
        "group": row,
        "seats": classes_store.seats(scope, row),
        "year": year,
        "day": years.day_in(year),
        "schools": store.schools(scope),
        **_frame(scope),
    }
    return render("people/school_class.html", values)


def _choices(scope: Scope, wanted: Wanted) -> dict[str, Any]:
    """What the form of the list offers: schools to a board, classes of the one school that is."""
    schools = store.schools(scope)
    school_id = wanted.school_id or (None if scope.other_school_ids else scope.school_id)
    groups = []
    if school_id is not None:
        years = classes_store.school_years(scope, clock.today())
        homeroom = classes_store.HOMEROOM
        groups = classes_store.groups(scope, school_id, years.this_year, years, class_type=homeroom)
    return {
        "schools": schools,
        "groups": groups,
        "grades": GRADES,
        "states": STATES,
        "ever": EVER,
        "of_board": bool(scope.other_school_ids),
    }


def _known_of(scope: Scope, person_id: UUID) -> dict[str, Any]:
    found = persons.person(scope, person_id)
    links = persons.links(scope, person_id)
    merges = persons.merges(scope, person_id)
    others = [it.kept_id if it.merged_id == person_id else it.merged_id for it in merges]
    makers = [*(it.made_by for it in links), *(it.made_by for it in merges)]
    years = classes_store.school_years(scope, clock.today())
    apps = current_app.extensions["apps_by_id"](scope, {it.app_id for it in links} - {None})
    return {
        "person": found,
        "links": links,
        "merges": merges,
        "names": persons.names_of(scope, [*makers, *others]),
        "apps": apps,
        "schools": store.schools(scope),
        "board": NOTHING,
        "year_of": years.year_of,
        "kept_by_rosters": ROSTER,
        "former_identifier": IDENTIFIER,
        # Whoever went on to another school is that school's to look after.
        "can_manage": scope.allows(Permission.PEOPLE_MANAGE) and not scope.has_lost(person_id),
        **_frame(scope),
    }


def _classes(scope: Scope) -> dict[str, Any]:
    schools, today = store.schools(scope), clock.today()
    school_id = scope.school_id
    if scope.other_school_ids:
        asked_school = uuid_in(request.args, "school")
        school_id = asked_school if asked_school in schools else next(iter(schools), NOTHING)
    years = classes_store.school_years(scope, today)
    asked = number_in(request.args, "year")
    year = asked if asked in years.known else years.this_year
    day = years.day_in(year)
    groups = classes_store.groups(scope, school_id, year, years)
    return {
        "groups": classes_store.filled(scope, groups, day),
        "year": year,
        "years": years.known,
        "day": day,
        "schools": schools,
        "school_id": school_id,
        "of_board": bool(scope.other_school_ids),
        "homeroom": classes_store.HOMEROOM,
        **_frame(scope),
    }


def _frame(scope: Scope) -> dict[str, Any]:
    return {
        "today": clock.today(),
        "day_of": clock.school_day_of,
        "can_join": scope.allows(Permission.IDENTITIES_MANAGE),
    }
