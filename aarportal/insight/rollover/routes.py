"""年度更新 over HTTP: where the school stands, who moves up, and going over."""

from flask import Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.insight.rollover import closer, operations, store
from aarportal.insight.rollover.forms import ConfirmForm
from aarportal.insight.rollover.outlook import Lot
from aarportal.people.roster.imports import importer
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, plain, source

#: People on a page of a list.
PEOPLE = 50
_MANAGE = Permission.ROLLOVER_MANAGE
_REFUSALS = {
    "changed": mark("The roster has changed since you looked. Look at the lists again."),
    "too_early": mark("Without a roster of the new year this is possible from 1 April on."),
}

blueprint = PortalBlueprint("rollover", __name__, shows=looks.school("roster"))


@blueprint.route("/rollover", permission=_MANAGE)
def rollover(scope: Scope) -> Response:
    """Show where the school stands, and what going over to the new year would mean."""
    year = operations.year_at_hand(clock.today())
    form = ConfirmForm(formdata=None, year=year, version=store.roster_version(scope))
    return _page(scope, year, form)


@blueprint.route("/rollover", permission=_MANAGE, fresh=True, methods=["POST"])
def confirm(scope: Scope) -> AnyResponse:
    """Let the school go over to the new year."""
    form, year = ConfirmForm(), operations.year_at_hand(clock.today())
    name = plain(mark("Going over to school year %(year)s"), year=year)
    if form.validate():
        try:
            operations.confirm(scope, form.year.data, version=form.version.data, file_name=name)
            return _to_work()
        except InvalidError as error:
            form.sure.errors = [source(_REFUSALS[error.rule])]
    return _page(scope, year, form, status=422)


def _to_work() -> AnyResponse:
    """Have it written once this is committed."""
    afterwards(importer.here().worker.wake)
    afterwards(closer.wake)
    notice(mark("The school goes over to the new year."))
    return redirect(url_for(".rollover"), 303)


def _page(scope: Scope, year: int, form: ConfirmForm, *, status: int = 200) -> Response:
    last = store.last(scope, year)
    begins = clock.school_year_begins_on(year)
    values = {
        "year": year,
        "begins": begins,
        "today": clock.today(),
        "last": last[0] if last else None,
        "state": last[1] if last else "",
        "in_force": last is not None and store.is_in_force(last[1]),
        "open_laps": store.open_laps(scope, begins),
        "season": operations.is_season(clock.today()),
        "calendar": "school_year.opening" in current_app.view_functions,
    }
    if not values["in_force"]:
        values |= _lists(scope, year)
        values |= {"form": form, "version": store.roster_version(scope)}
    return render("rollover/rollover.html", values, status=status)


def _lists(scope: Scope, year: int) -> dict[str, object]:
    """The preview, one list of people at a time."""
    seen = operations.look(scope, year)
    lots = [(lot, len(seen.of(lot))) for lot in Lot if seen.of(lot)]
    asked = request.args.get("list", "")
    shown = next((lot for lot, _ in lots if lot == asked), lots[0][0] if lots else None)
    people = seen.of(shown) if shown else []
    pages = max(-(-len(people) // PEOPLE), 1)
    page = min(asked_page(), pages)
    return {
        "seen": seen,
        "lots": lots,
        "shown": shown,
        "people": people[(page - 1) * PEOPLE : page * PEOPLE],
        "page": page,
        "pages": pages,
    }
