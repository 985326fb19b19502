"""Which unit it is, over HTTP: what teachers decide, and what an app's catalogue says."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action import store as action
from aarportal.cycle.action.catalogue import operations, store
from aarportal.cycle.action.catalogue.forms import BelongsForm, CatalogueForm, DecisionForm
from aarportal.cycle.action.intake import digester
from aarportal.cycle.units.catalogue import store as entries
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.people.roster import store as roster
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice, plain, ruby_plain

blueprint = PortalBlueprint("catalogue", __name__, shows=looks.sums)

PAGE = 40
_MOST_LETTERS = 100
#: (words of the group, ((value, words), …)), the same for every choice on a page.
Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@blueprint.route("/catalogue", permission=Permission.UNITS_WRITE)
def undecided(scope: Scope) -> Response:
    """Ask about activities whose unit nobody knows."""
    return _undecided(scope, None)


@blueprint.route("/catalogue/entries", permission=Permission.UNITS_WRITE, methods=["POST"])
def decide(scope: Scope) -> AnyResponse:
    """Keep what somebody says they belong to."""
    form = DecisionForm()
    try:
        if form.validate():
            operations.decide(scope, form.draft())
            return _kept(url_for(".undecided", page=asked_page()), mark("It is kept."))
    except InvalidError as error:
        form.refuse(error)
    return _undecided(scope, form)


@blueprint.route("/catalogue/entries", permission=Permission.UNITS_WRITE)
def decided(scope: Scope) -> Response:
    """List what was decided, and what the apps' own catalogues say."""
    return _decided(scope, None, None)


@blueprint.route(
    "/catalogue/entries/<uuid:entry_id>", permission=Permission.UNITS_WRITE, methods=["POST"]
)
def change(scope: Scope, entry_id: UUID) -> AnyResponse:
    """Decide otherwise."""
    form = BelongsForm()
    try:
        if form.validate():
            operations.change(scope, entry_id, form.belongs.data)
            return _kept(
                url_for(".decided", words=_words(), page=asked_page()), mark("It is kept.")
            )
    except InvalidError as error:
        form.refuse(error)
    return _decided(scope, form, entries.own_entry(scope, entry_id).id)


@blueprint.route(
    "/catalogue/entries/<uuid:entry_id>/remove",
    permission=Permission.UNITS_WRITE,
    methods=["POST"],
)
def remove(scope: Scope, entry_id: UUID) -> AnyResponse:
    """Take a decision back."""
    operations.remove(scope, entry_id)
    return _kept(url_for(".decided", words=_words(), page=asked_page()), mark("It is taken back."))


@blueprint.route("/catalogue/apps/<uuid:app_id>", permission=Permission.APPS_MANAGE)
def app_catalogue(scope: Scope, app_id: UUID) -> Response:
    """Show how much an app's own catalogue says, and where to bring another."""
    return _app(scope, app_id, CatalogueForm())


@blueprint.route(
    "/catalogue/apps/<uuid:app_id>", permission=Permission.APPS_MANAGE, methods=["POST"], costs=10
)
def load_app_catalogue(scope: Scope, app_id: UUID) -> AnyResponse:
    """Check a file, or replace the catalogue by it."""
    form = CatalogueForm()
    if not form.validate():
        return _app(scope, app_id, form, status=422)
    sheet, really = operations.read_sheet(form.file.data.read()), "load" in request.form
    really = really and bool(sheet.lines) and not sheet.problems
    comparison = operations.load(scope, app_id, sheet, really=really)
    if really:
        return _kept(url_for(".app_catalogue", app_id=app_id), mark("The catalogue is replaced."))
    values = {"sheet": sheet, "comparison": comparison}
    return _app(scope, app_id, form, values, status=422 if sheet.problems else 200)


def _undecided(scope: Scope, form: DecisionForm | None) -> Response:
    found = operations.undecided(scope)
    pages = _pages(len(found))
    number = min(asked_page(), pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    values = {
        "offers": shown,
        "apps": action.apps_by_id(scope, {offer.app_id for offer in shown}),
        "choices": _choices(scope),
        "days": operations.LOOK_BACK.days,
        "form": form,
        "page": number,
        "pages": pages,
        "count": len(found),
    }
    return render("catalogue/undecided.html", values, status=422 if form else 200)


def _decided(scope: Scope, form: BelongsForm | None, entry_id: UUID | None) -> Response:
    rows, number, count = entries.page(scope, _words(), number=asked_page(), size=PAGE)
    values = {
        "entries": rows,
        "apps": action.apps_by_id(scope, {row.app_id for row in rows}),
        "choices": _choices(scope),
        "words": _words(),
        "form": form,
        "entry_id": entry_id,
        "school_id": scope.school_id,
        "page": number,
        "pages": _pages(count),
        "count": count,
    }
    return render("catalogue/decided.html", values, status=422 if form else 200)


def _app(
    scope: Scope,
    app_id: UUID,
    form: CatalogueForm,
    more: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> Response:
    app = store.app(scope, app_id)
    if app is None:
        raise NotFoundError("app")
    lines = len(entries.own_catalogue(scope, app_id))
    values = {"app": app, "form": form, "lines": lines, **(more or {})}
    return render("catalogue/app.html", values, status=status)


def _choices(scope: Scope) -> Choices:
    """Units by class, then the bare subjects; an option cannot carry readings."""
    units = store.units(scope, clock.today() - operations.LOOK_BACK)
    names = {key: plain(text) for key, text in SUBJECTS.items()}
    groups = [
        (
            row.title,
            tuple(
                (f"unit:{unit.id}", f"{names[unit.subject]}　{ruby_plain(unit.title)}")
                for unit in units
                if unit.class_id == row.id
            ),
        )
        for row in roster.classes(scope)
    ]
    subjects = tuple((f"subject:{key}", name) for key, name in names.items())
    return (*(group for group in groups if group[1]), (plain("Only the subject"), subjects))


def _kept(location: str, said: str) -> AnyResponse:
    """Lead on, and have the records that are there read again once this is committed."""
    afterwards(digester.wake)
    notice(said)
    return redirect(location, 303)


def _words() -> str:
    return request.values.get("words", "").strip()[:_MOST_LETTERS]


def _pages(count: int) -> int:
    return max(-(-count // PAGE), 1)
