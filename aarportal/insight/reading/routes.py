"""Reading and answering reflections over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core.errors import NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.reflection import operations
from aarportal.cycle.reflection import store as reflections
from aarportal.insight.reading import store
from aarportal.insight.reading.forms import FeedbackForm
from aarportal.people.roster import store as roster
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.texts import source

blueprint = PortalBlueprint("reading", __name__)

#: Beginnings that a tap puts into the answer; they name what was seen and ask on.
PHRASES = (
    mark("You found where you could do it."),
    mark("What will you change next time?"),
    mark("That way of yours showed in the record."),
    mark("Compare it with a friend's way."),
)


@blueprint.route("/reading", permission=Permission.FEEDBACK_WRITE)
def queue(scope: Scope) -> AnyResponse:
    """Show the reading desk of a class."""
    if not scope.seen_class_ids:
        return redirect(url_for("teaching.class_now"), 303)
    return _show(scope, _uuid(request.args.get("at")), FeedbackForm())


@blueprint.route(
    "/reading/<uuid:reflection_id>", permission=Permission.FEEDBACK_WRITE, methods=["POST"]
)
def answer(scope: Scope, reflection_id: UUID) -> AnyResponse:
    """Answer with a stamp and maybe a line, and go on to the next."""
    form = FeedbackForm()
    if not form.validate():
        return _show(scope, reflection_id, form, status=422)
    next_place = _next_place(scope, reflection_id)
    operations.give_feedback(scope, form.draft(reflection_id))
    return redirect(next_place, 303)


@blueprint.route(
    "/reading/<uuid:reflection_id>/read", permission=Permission.FEEDBACK_WRITE, methods=["POST"]
)
def mark_read(scope: Scope, reflection_id: UUID) -> AnyResponse:
    """Mark it as read, and go on to the next."""
    next_place = _next_place(scope, reflection_id)
    operations.open_by_teacher(scope, [reflections.reflection(scope, reflection_id)])
    return redirect(next_place, 303)


def _show(scope: Scope, at: UUID | None, form: FeedbackForm, *, status: int = 200) -> Response:
    class_id = _class(scope)
    desk = store.desk(scope, class_id, at, _uuid(request.args.get("student")))
    values = {
        "desk": desk,
        "form": form,
        "class_id": class_id,
        "classes": roster.classes(scope, lent=True),
        "kinds": operations.FEEDBACK_KINDS,
        "phrases": [source(phrase) for phrase in PHRASES],
        "max_text": operations.MAX_FEEDBACK,
        "facts": operations.facts_of(desk.card.lap.cycle) if desk.card else None,
        "can_answer": desk.card is not None and operations.can_answer(scope, desk.card.mate.id),
    }
    return render("reading/queue.html", values, status=status)


def _next_place(scope: Scope, reflection_id: UUID) -> str:
    """Where the desk goes on; asked before the answer, which changes the list."""
    class_id = _class(scope)
    following = store.next_to_read(scope, class_id, reflection_id)
    return url_for(".queue", class_id=class_id, at=following)


def _class(scope: Scope) -> UUID:
    """The class whose desk it is, else the teacher's first; somebody else's is not found."""
    text = request.args.get("class_id", "")
    class_id = _uuid(text) if text else next(iter(scope.seen_class_ids), None)
    if class_id is None or class_id not in scope.seen_class_ids:
        raise NotFoundError("class")
    return class_id


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
