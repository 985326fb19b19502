"""Looking back over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from flask_babel import gettext as source_of
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.anticipation.strategies import STRATEGIES
from aarportal.cycle.drafts import operations as drafting
from aarportal.cycle.drafts import store as drafts
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.reflection import operations, prompts, store
from aarportal.cycle.reflection.forms import ReflectionForm, RevisionForm
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.texts import gettext, notice

blueprint = PortalBlueprint("reflection", __name__)

_FORM = "reflection"
#: Fields that frame the sheet and are no part of what the student wrote.
_FRAME = frozenset({"csrf_token", "idem", "go", "rev"})
_SEEDS = (
    mark("When I …, I could …"),
    mark("… was hard"),
    mark("I saw a friend's … and"),
)


@blueprint.route("/reflections", permission=Permission.REFLECTIONS_READ)
def reflections(scope: Scope) -> Response:
    """Show what the student wrote, the latest first, and what waits to be looked back on."""
    page = max(request.args.get("page", 1, type=int), 1)
    listed = store.history(scope, scope.actor_id, page)
    answers = store.feedback_of(scope, [entry.reflection.id for entry in listed])
    values = {
        "entries": listed[: store.PAGE],
        "answers": answers,
        "adjustments": store.next_steps(scope, [entry.cycle.id for entry in listed]),
        "waiting": cycles.open_cycles(scope, scope.actor_id) if page == 1 else [],
        "page": page,
        "has_more": len(listed) > store.PAGE,
    }
    return render("reflection/reflections.html", values)


@blueprint.route(
    "/cycles/<uuid:cycle_id>/reflect/begin",
    permission=Permission.REFLECTIONS_WRITE,
    methods=["POST"],
)
def begin(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """Turn to looking back, then show the sheet."""
    operations.begin(scope, cycles.cycle(scope, cycle_id))
    return redirect(url_for(".reflect", cycle_id=cycle_id), 303)


@blueprint.route("/cycles/<uuid:cycle_id>/reflect", permission=Permission.REFLECTIONS_READ)
def reflect(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """Show the sheet of looking back with what was begun."""
    view = store.lookback(scope, cycle_id)
    if view.reflection is not None and not view.can_change:
        return redirect(url_for(".reflection", reflection_id=view.reflection.id), 303)
    kept = drafts.draft(scope, _FORM, str(cycle_id))
    begun = MultiDict((n, v) for n, vs in kept.content.items() for v in vs) if kept else None
    form = ReflectionForm(formdata=begun, data=None if begun else _standing(view))
    return _show(view, form, request.args.get("step", 1, type=int), rev=kept.rev if kept else 0)


@blueprint.route(
    "/cycles/<uuid:cycle_id>/reflect", permission=Permission.REFLECTIONS_WRITE, methods=["POST"]
)
def submit(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """Hand the reflection in, or keep what was chosen and turn to another step."""
    if request.form.get("go", "done") != "done":
        return _turn(scope, cycle_id, request.form["go"])
    form = ReflectionForm()
    try:
        if form.validate():
            reader = current_reader()
            done = operations.submit(scope, form.draft(cycle_id, reader.band, reader.language))
            drafting.discard(scope, _FORM, str(cycle_id))
            notice(mark("The ring is closed."))
            return redirect(url_for(".reflection", reflection_id=done.id), 303)
    except InvalidError as error:
        form.refuse(error)
    view = store.lookback(scope, cycle_id)
    return _show(view, form, form.first_wrong_step(), status=422)


@blueprint.route("/reflections/<uuid:reflection_id>", permission=Permission.REFLECTIONS_READ)
def reflection(scope: Scope, reflection_id: UUID) -> Response:
    """Show one reflection, the teacher's answer, and the way on."""
    return _show_one(scope, reflection_id, RevisionForm())


@blueprint.route(
    "/reflections/<uuid:reflection_id>/revise",
    permission=Permission.REFLECTIONS_WRITE,
    methods=["POST"],
)
def revise(scope: Scope, reflection_id: UUID) -> AnyResponse:
    """Write it anew; the earlier version is kept."""
    form = RevisionForm()
    try:
        if form.validate():
            operations.revise(scope, reflection_id, form.text.data, current_reader().band)
            notice(mark("Your new words are handed in."))
            return redirect(url_for(".reflection", reflection_id=reflection_id), 303)
    except InvalidError as error:
        form.refuse(error)
    return _show_one(scope, reflection_id, form, status=422)


@blueprint.route(
    "/reflections/<uuid:reflection_id>/acknowledge",
    permission=Permission.FEEDBACK_ANSWER,
    methods=["POST"],
)
def acknowledge(scope: Scope, reflection_id: UUID) -> AnyResponse:
    """The student has read the teacher's answer."""
    operations.acknowledge(scope, reflection_id)
    return redirect(url_for(".reflection", reflection_id=reflection_id), 303)


@blueprint.route(
    "/feedback/<uuid:feedback_id>/reply", permission=Permission.FEEDBACK_ANSWER, methods=["POST"]
)
def reply(scope: Scope, feedback_id: UUID) -> AnyResponse:
    """Answer the teacher with a chip."""
    answer = operations.reply(scope, feedback_id, request.form.get("reply", ""))
    return redirect(url_for(".reflection", reflection_id=answer.reflection_id), 303)


def factor_name(key: str) -> Markup:
    """A reason in the reader's words."""
    return gettext(prompts.FACTORS[key]) if key in prompts.FACTORS else Markup("")


blueprint.add_app_template_global(factor_name, "factor_name")


def _standing(view: store.Lookback) -> dict[str, object]:
    """What was handed in, to be changed while nobody has read it."""
    if view.reflection is None:
        return {}
    given, after = view.attribution, view.proposed
    return {
        "rating": view.rating.value if view.rating else None,
        "text": view.reflection.text,
        "prompt_id": view.reflection.prompt_id,
        "direction": given.direction if given else "",
        "factors": given.factors if given else [],
        "next_what": after.what if after else "",
        "next_value": after.to_value if after else "",
    }


def _show(
    view: store.Lookback, form: ReflectionForm, step: int, *, rev: int = 0, status: int = 200
) -> Response:
    reader, today = current_reader(), clock.today()
    prompt = form.prompt_id.data or prompts.choose(
        today, view.cycle.prompt_stage, view.last_prompt, first_lesson=view.first_lesson
    )
    values = {
        "form": form,
        "view_of": view,
        "cycle": view.cycle,
        "facts": operations.facts_of(view.cycle),
        "step": min(max(step, 1), 3),
        "prompt": prompt,
        "question": prompts.PROMPTS.get(prompt, {}).get(reader.band or "U", ""),
        "lenses": prompts.PROMPTS if view.cycle.prompt_stage == 3 else {},
        "factors": [(key, prompts.FACTORS[key]) for key in prompts.factors(today)],
        "strategies": STRATEGIES,
        "seeds": [source_of(seed) for seed in _SEEDS],
        "rev": rev,
        "max_text": operations.MAX_TEXT.get(reader.band, operations.MAX_TEXT["M"]),
    }
    return render("reflection/reflect.html", values, status=status)


def _show_one(
    scope: Scope, reflection_id: UUID, form: RevisionForm, *, status: int = 200
) -> Response:
    row = store.reflection(scope, reflection_id)
    view = store.lookback(scope, row.cycle_id)
    answers = store.feedback_of(scope, [row.id])[row.id]
    if not form.is_submitted():
        form.text.data = row.text
    values = {
        "view_of": view,
        "cycle": view.cycle,
        "row": row,
        "facts": operations.facts_of(view.cycle),
        "answers": answers,
        "form": form,
        "closed_laps": cycles.closed_laps(scope, scope.actor_id),
        "max_text": form.max_text(current_reader().band),
    }
    return render("reflection/reflection.html", values, status=status)


def _turn(scope: Scope, cycle_id: UUID, go: str) -> AnyResponse:
    """Keep the sheet as it is now and show another step; only pages without the script do this.

    The answer is 302 and not 303: the sheet is not handed in yet, so its key stays unused.
    """
    cycles.cycle(scope, cycle_id)
    kept = drafts.draft(scope, _FORM, str(cycle_id))
    content = {name: values for name, values in request.form.lists() if name not in _FRAME}
    change = drafting.DraftChange(_FORM, str(cycle_id), kept.rev if kept else 0, content)
    drafting.save(scope, change)
    step = go if go.isdecimal() else 1
    return redirect(url_for(".reflect", cycle_id=cycle_id, step=step), 302)
