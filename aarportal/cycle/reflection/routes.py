"""Looking back over HTTP."""

from uuid import UUID

from flask import Response, redirect, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, StateError
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
from aarportal.web.paging import asked_page
from aarportal.web.reader import current_reader
from aarportal.web.texts import gettext, notice, source

blueprint = PortalBlueprint("reflection", __name__)

_FORM = "reflection"
#: Fields that frame the sheet and are no part of what the student wrote.
_FRAME = frozenset({"csrf_token", "idem", "go", "rev"})
#: Sentences to begin with; the script puts them in.
_SEEDS = (
    mark("When I …, I could …"),
    mark("… was hard"),
    mark("I saw a friend's … and"),
)
#: Open laps shown on top of what was written.
_WAITING = 3
_STEP_NAMES = {
    "close": mark("How close"),
    "way": mark("How was the way"),
    "next": mark("What to try next"),
}


@blueprint.route("/reflections", permission=Permission.REFLECTIONS_READ)
def reflections(scope: Scope) -> Response:
    """Show what the student wrote, the latest first, and what waits to be looked back on."""
    page = asked_page()
    listed = store.history(scope, scope.actor_id, page)
    answers = store.feedback_of(scope, [entry.reflection.id for entry in listed])
    values = {
        "entries": listed[: store.PAGE],
        "answers": answers,
        "adjustments": store.next_steps(scope, [entry.cycle.id for entry in listed]),
        "waiting": cycles.open_cycles(scope, scope.actor_id)[:_WAITING] if page == 1 else [],
        "begun": store.begun(scope, scope.actor_id) if page == 1 else [],
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
    if not view.can_change:
        return _to_what_was_written(view)
    kept = drafts.draft(scope, _FORM, str(cycle_id))
    begun = MultiDict((n, v) for n, vs in kept.content.items() for v in vs) if kept else None
    form = ReflectionForm(formdata=begun, data=None if begun else _standing(view))
    return _show(scope, view, form, request.args.get("step", 1, type=int))


@blueprint.route(
    "/cycles/<uuid:cycle_id>/reflect", permission=Permission.REFLECTIONS_WRITE, methods=["POST"]
)
def submit(scope: Scope, cycle_id: UUID) -> AnyResponse:
    """Hand the reflection in, or keep what was chosen and turn to another step."""
    if request.form.get("go", "done") != "done":
        return _turn(scope, cycle_id, request.form["go"])
    view, form, reader = store.lookback(scope, cycle_id), ReflectionForm(), current_reader()
    if view.reflection is not None and not view.can_change:
        return _offer_revision(scope, view.reflection.id, form.text.data)
    try:
        if form.validate():
            done = operations.submit(scope, form.draft(cycle_id, reader.band, reader.language))
            drafting.discard(scope, _FORM, str(cycle_id))
            notice(mark("The ring is closed.") if view.reflection is None else mark("Mended."))
            return redirect(url_for(".reflection", reflection_id=done.id), 303)
    except InvalidError as error:
        form.refuse(error)
    return _show(scope, view, form, status=422)


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
            row = operations.revise(scope, reflection_id, form.text.data, current_reader().band)
            drafting.discard(scope, _FORM, str(row.cycle_id))
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
    notice(mark("Your teacher will see your answer."))
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
    value = after.to_value if after else ""
    is_way = after is not None and after.what == "method" and value in STRATEGIES
    return {
        "rating": str(view.rating.value) if view.rating else "",
        "text": view.reflection.text,
        "prompt_id": view.reflection.prompt_id,
        "direction": given.direction if given else "",
        "factors": given.factors if given else [],
        "next_what": after.what if after else "",
        "next_way": value if is_way else "",
        "next_value": "" if is_way else value,
    }


def _to_what_was_written(view: store.Lookback) -> AnyResponse:
    if view.reflection is None:
        raise StateError("this lap was closed without a reflection")
    return redirect(url_for(".reflection", reflection_id=view.reflection.id), 303)


def _show(
    scope: Scope, view: store.Lookback, form: ReflectionForm, step: int = 0, *, status: int = 200
) -> Response:
    """The sheet, opened at a step; at the first one with something to mend if none is named."""
    reader, today, cycle = current_reader(), clock.today(), view.cycle
    stage = operations.prompt_stage(scope, cycle)
    asks_reason = prompts.asks_reason(stage, first_lesson=view.first_lesson)
    asks_verdict = view.tried is not None and not view.tried.verdict
    kept = drafts.draft(scope, _FORM, str(cycle.id))
    steps = ["close", *(["way"] if asks_reason or asks_verdict else []), "next"]
    prompt = form.prompt_id.data or prompts.choose(
        today,
        stage,
        store.last_prompt(scope, cycle.student_id, before=cycle.id),
        first_lesson=view.first_lesson,
        predicted=view.prediction is not None,
    )
    lenses = prompts.PROMPTS if stage == prompts.LENS_STAGE and not view.first_lesson else {}
    if prompt in prompts.PROMPTS and not lenses:
        form.text.label.text = source(prompts.PROMPTS[prompt][reader.band or "U"])
    values = {
        "form": form,
        "view_of": view,
        "cycle": cycle,
        "facts": operations.facts_of(cycle),
        "steps": {name: number for number, name in enumerate(steps, start=1)},
        "step_names": [gettext(_STEP_NAMES[name]) for name in steps],
        "step": min(max(step or form.first_wrong_step(steps), 1), len(steps)),
        "prompt": prompt,
        "lenses": lenses,
        "asks_reason": asks_reason,
        "asks_verdict": asks_verdict,
        "factors": [(key, prompts.FACTORS[key]) for key in prompts.factors(today, reader.band)],
        "next_steps": [(key, prompts.NEXT_STEPS[key]) for key in prompts.next_steps(reader.band)],
        "ways": prompts.LITTLE_WAYS if reader.band == "L" else tuple(STRATEGIES),
        "seeds": [source(seed) for seed in _SEEDS] if stage == 1 or view.first_lesson else [],
        "rev": kept.rev if kept else 0,
        "max_text": operations.max_text(reader.band),
    }
    return render("reflection/reflect.html", values, status=status)


def _offer_revision(scope: Scope, reflection_id: UUID, text: str) -> Response:
    """The teacher read it while it was being changed: the new words become a new version."""
    form = RevisionForm(formdata=None, data={"text": text})
    notice(mark("Your teacher has read it already. Your new words are below."), "info")
    return _show_one(scope, reflection_id, form, status=409)


def _show_one(
    scope: Scope, reflection_id: UUID, form: RevisionForm, *, status: int = 200
) -> Response:
    """One reflection; words begun before the teacher read it are offered as its next version."""
    row = store.reflection(scope, reflection_id)
    view = store.lookback(scope, row.cycle_id)
    kept = None if view.can_change else drafts.draft(scope, _FORM, str(row.cycle_id))
    if status == 200:
        form.text.data = kept.content.get("text", [""])[0] if kept else row.text
    values = {
        "view_of": view,
        "cycle": view.cycle,
        "row": row,
        "facts": operations.facts_of(view.cycle),
        "answers": store.feedback_of(scope, [row.id])[row.id],
        "form": form,
        "rewriting": status != 200 or kept is not None,
        "closed_laps": cycles.closed_laps(scope, scope.actor_id),
        "max_text": operations.max_text(current_reader().band),
    }
    return render("reflection/reflection.html", values, status=status)


def _turn(scope: Scope, cycle_id: UUID, go: str) -> AnyResponse:
    """Keep the sheet as it is now and show another step; only pages without the script do this.

    The answer is 302 and not 303: the sheet is not handed in yet, so its key stays unused.
    """
    view = store.lookback(scope, cycle_id)
    if not view.can_change:
        return _to_what_was_written(view)
    kept = drafts.draft(scope, _FORM, str(cycle_id))
    content = {name: values for name, values in request.form.lists() if name not in _FRAME}
    change = drafting.DraftChange(_FORM, str(cycle_id), kept.rev if kept else 0, content)
    drafting.save(scope, change)
    step = go if go.isdecimal() else 1
    return redirect(url_for(".reflect", cycle_id=cycle_id, step=step), 302)
