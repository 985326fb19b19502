"""学期の手紙 over HTTP: writing it, and what the next teacher reads."""

from uuid import UUID

from flask import Response, redirect, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.drafts import operations as drafting
from aarportal.cycle.drafts import store as drafts
from aarportal.cycle.reflection.letters import operations, store, terms
from aarportal.cycle.reflection.letters.forms import LetterForm
from aarportal.web import looks
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.texts import notice

blueprint = PortalBlueprint("letters", __name__)

_FORM = "letter"


@blueprint.route("/letter", permission=Permission.REFLECTIONS_READ)
def letter(scope: Scope) -> Response:
    """Show the letter of this term with what was begun."""
    term = store.this_term(scope)
    kept = drafts.draft(scope, _FORM, _key(term))
    if kept is not None:
        begun = MultiDict((name, value) for name, found in kept.content.items() for value in found)
        return _show(scope, LetterForm(formdata=begun))
    row = store.letter(scope, term)
    chosen = [str(UUID(each["cycle"])) for each in row.evidence] if row else []
    text = row.text if row else ""
    return _show(scope, LetterForm(formdata=None, text=text, evidence=chosen))


@blueprint.route("/letter", permission=Permission.REFLECTIONS_WRITE, methods=["POST"])
def write(scope: Scope) -> AnyResponse:
    """Keep the letter."""
    form = LetterForm()
    try:
        if form.validate():
            operations.write(scope, form.draft(current_reader().language))
            drafting.discard(scope, _FORM, _key(store.this_term(scope)))
            notice(mark("Your letter is kept."))
            return redirect(url_for(".letter"), 303)
    except InvalidError as error:
        form.refuse(error)
    return _show(scope, form, status=422)


@blueprint.route(
    "/class/students/<uuid:student_id>/handed-on",
    permission=Permission.CLASS_READ,
    shows=looks.person("handed_on"),
)
def handed_on(scope: Scope, student_id: UUID) -> Response:
    """Show a teacher what a pupil brings along from before this school year."""
    values = {"found": store.handed_on(scope, student_id), "school_day": clock.school_day_of}
    return render("letters/handed_on.html", values)


def _key(term: terms.Term) -> str:
    """Which copy of the sheet: each term has its own."""
    return f"{term.year}-{term.number}"


def _show(scope: Scope, form: LetterForm, *, status: int = 200) -> Response:
    term = store.this_term(scope)
    kept = drafts.draft(scope, _FORM, _key(term))
    written = store.letter(scope, term)
    values = {
        "form": form,
        "term": term,
        "laps": store.evidence(scope, term),
        "chosen": frozenset(form.evidence.data or ()),
        "before": store.letter_before(scope, term),
        "written": written,
        "key": _key(term),
        "rev": kept.rev if kept else 0,
        "max_text": operations.longest_text(written),
    }
    return render("letters/letter.html", values, status=status)
