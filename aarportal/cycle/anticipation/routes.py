"""Looking ahead over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask_babel import gettext as source_of
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.anticipation import operations, store
from aarportal.cycle.anticipation.amounts import difficulty_ratio, size_of
from aarportal.cycle.anticipation.choices import Card
from aarportal.cycle.anticipation.forms import ChangeForm, GoalForm, MoveForm
from aarportal.cycle.anticipation.plans import operations as plans
from aarportal.cycle.anticipation.strategies import (
    CUES,
    OBSTACLES,
    STRATEGIES,
    piece_label,
    responses,
    strategy_label,
)
from aarportal.cycle.drafts import operations as drafting
from aarportal.cycle.drafts import store as drafts
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.reader import current_reader
from aarportal.web.texts import gettext, notice, ruby_plain

blueprint = PortalBlueprint("anticipation", __name__)

#: The copy of the goal sheet that is being filled in; there is one at a time.
_FORM, _KEY = "goal", "new"
#: Fields that frame the sheet and are no part of what the student wrote.
_FRAME = frozenset({"csrf_token", "idem", "go", "rev"})
#: Built-in cards, which fill up the places that the teacher left: key -> sentence.
_SENTENCES = {
    "self": mark("I can do it on my own: %(unit)s"),
    "teach": mark("I can explain it: %(unit)s"),
    "again": mark("I mend one mistake: %(unit)s"),
}
#: Sentence openers that a tap puts into the text.
_SEEDS = (
    mark("I want to be able to …"),
    mark("I explain why …"),
    mark("One mistake fewer"),
    mark("I compare with a friend's idea"),
)
#: How far the list of plans looks: back as far as plans are settled, ahead for a month.
LOOK_BACK, LOOK_AHEAD = (
    timedelta(days=plans.SETTLED_AFTER_DAYS),
    timedelta(days=plans.FURTHEST_DAYS),
)


@dataclass(frozen=True)
class Sheet:
    """What the goal page shows besides the form."""

    outlook: store.Outlook
    cards: Mapping[str, Mapping[str, Card]]
    """Unit -> key -> card, three for every unit."""
    rev: int

    @property
    def steps(self) -> int:
        """Little readers have two steps, the others four."""
        return 2 if current_reader().band == "L" else 4


@blueprint.route("/goal", permission=Permission.GOALS_READ)
def goal_form(scope: Scope) -> Response:
    """Show the sheet for today's goal with what was begun."""
    kept = drafts.draft(scope, _FORM, _KEY)
    sheet = _sheet(scope, kept.rev if kept else 0)
    begun = MultiDict((n, v) for n, vs in kept.content.items() for v in vs) if kept else None
    form = GoalForm(formdata=begun, unit=_preferred(sheet))
    return _show(sheet, form, request.args.get("step", 1, type=int), scope=scope)


@blueprint.route("/goal", permission=Permission.GOALS_WRITE, methods=["POST"])
def set_goal(scope: Scope) -> AnyResponse:
    """Set today's goal, or keep what was chosen and turn to another step."""
    if request.form.get("go", "start") != "start":
        return _turn(scope, request.form["go"])
    sheet = _sheet(scope, 0)
    form = GoalForm().offer(sheet.cards)
    if not form.validate():
        return _show(sheet, form, form.first_wrong_step(), scope=scope, status=422)
    goal = operations.set_goal(scope, form.draft())
    drafting.discard(scope, _FORM, _KEY)
    notice(*_word_on(size_of(goal.difficulty_ratio)))
    return redirect(url_for("home.home"), 303)


@blueprint.route("/goals/<uuid:goal_id>/revise", permission=Permission.GOALS_READ)
def revise_form(scope: Scope, goal_id: UUID) -> Response:
    """Show an active goal to be changed or taken back."""
    goal = operations.goal_to_change(scope, goal_id)
    form = ChangeForm(
        text=_own_words(goal.text, goal.author),
        amount=goal.amount_planned,
        amount_unit=goal.amount_unit,
        strategies=goal.strategies,
    )
    return render("anticipation/revise.html", _changed(form, goal))


@blueprint.route(
    "/goals/<uuid:goal_id>/revise", permission=Permission.GOALS_WRITE, methods=["POST"]
)
def revise(scope: Scope, goal_id: UUID) -> AnyResponse:
    """Change an active goal and say why."""
    goal, form = operations.goal_to_change(scope, goal_id), ChangeForm()
    if not form.validate():
        return render("anticipation/revise.html", _changed(form, goal), status=422)
    operations.revise_goal(scope, goal, form.draft())
    notice(mark("Your goal is changed. Changing it is planning well."))
    return redirect(url_for("home.home"), 303)


@blueprint.route(
    "/goals/<uuid:goal_id>/withdraw", permission=Permission.GOALS_WRITE, methods=["POST"]
)
def withdraw(scope: Scope, goal_id: UUID) -> AnyResponse:
    """Take a goal back; the lap takes another one."""
    goal = operations.goal_to_change(scope, goal_id)
    operations.withdraw_goal(scope, goal, request.form.get("reason", "") or "other_task")
    notice(mark("Your goal is taken back. Choose another one."), "info")
    return redirect(url_for(".goal_form"), 303)


@blueprint.route("/plans/<uuid:plan_id>/move", permission=Permission.GOALS_WRITE, methods=["POST"])
def move_plan(scope: Scope, plan_id: UUID) -> AnyResponse:
    """Move a plan to another day."""
    plan, form = store.plan(scope, plan_id), MoveForm()
    if form.validate():
        try:
            plans.move_plan(scope, plan, form.planned_on.data, form.slot.data)
            notice(mark("Your plan is moved."))
            return redirect(url_for(".plan_list"), 303)
        except InvalidError as error:
            form.refuse(error)
    return _show_plans(scope, form, status=422)


@blueprint.route("/plans/<uuid:plan_id>/done", permission=Permission.GOALS_WRITE, methods=["POST"])
def settle_plan(scope: Scope, plan_id: UUID) -> AnyResponse:
    """Say what became of a plan whose day went by: done on paper, or let go."""
    plan = store.plan(scope, plan_id)
    if request.form.get("what") == "drop":
        plans.drop_plan(scope, plan)
    else:
        plans.finish_plan(scope, plan)
    notice(mark("Thank you, noted."))
    return redirect(url_for(".plan_list"), 303)


@blueprint.route("/plans", permission=Permission.GOALS_READ)
def plan_list(scope: Scope) -> Response:
    """Show what is planned and what still waits for a word."""
    return _show_plans(scope, MoveForm())


def strategy_name(code: str) -> Markup:
    """A way to learn in the reader's words; empty for a code that is not in the catalogue."""
    label = strategy_label(code, current_reader().band)
    return gettext(label) if label else Markup("")


def piece_name(value: str) -> Markup:
    """A piece of an if-then plan in the reader's words, or the student's own as written."""
    label = piece_label(value, current_reader().band)
    return gettext(label) if label else escape(value)


blueprint.add_app_template_global(strategy_name, "strategy_name")
blueprint.add_app_template_global(piece_name, "piece_name")


def _sheet(scope: Scope, rev: int) -> Sheet:
    outlook = store.outlook(scope, clock.today())
    cards = {
        str(unit.id): {
            card.key: card for card in (*unit.cards, *_built_in(unit))[: store.MAX_CARDS]
        }
        for unit in outlook.units
    }
    return Sheet(outlook, cards, rev)


def _built_in(unit: store.UnitOffer) -> list[Card]:
    return [
        Card(f"{key}-{unit.id.hex}", source_of(sentence) % {"unit": unit.title})
        for key, sentence in _SENTENCES.items()
    ]


def _preferred(sheet: Sheet) -> str:
    """The unit that a link asked for, else the one used last, else the one begun last."""
    asked = request.args.get("unit", "")
    return asked if asked in sheet.cards else str(sheet.outlook.preferred or "")


def _show(sheet: Sheet, form: GoalForm, step: int, *, scope: Scope, status: int = 200) -> Response:
    if form.unit.data not in sheet.cards:
        form.unit.data = _preferred(sheet)
    unit = next((one for one in sheet.outlook.units if str(one.id) == form.unit.data), None)
    amount = form.amount.data if form.amount_unit.data in {"", "items"} else None
    values = {
        "form": form,
        "sheet": sheet,
        "step": min(max(step, 1), sheet.steps),
        "unit": unit,
        "size": size_of(difficulty_ratio(amount, [unit.usual]) if unit and unit.usual else None),
        "seeds": [source_of(seed) for seed in _SEEDS],
        "drawing_of": _drawing_of,
        "strategies": STRATEGIES,
        "pieces": _pieces(),
        "waiting": store.open_past_plans(scope, scope.actor_id),
    }
    return render("anticipation/goal.html", values, status=status)


def _pieces() -> tuple[tuple[str, Mapping[str, str]], ...]:
    return (("cue", CUES), ("obstacle", OBSTACLES), ("response", responses(current_reader().band)))


def _drawing_of(card: Card) -> str:
    if card.criterion_type == "count":
        return "amount"
    if card.author == "pupil":
        return "again"
    kind = card.key.partition("-")[0]
    return kind if kind in _SENTENCES else "self"


def _turn(scope: Scope, go: str) -> AnyResponse:
    """Keep the sheet as it is now and show another step; only pages without the script do this.

    The answer is 302 and not 303: the sheet is not handed in yet, so its key stays unused.
    """
    kept = drafts.draft(scope, _FORM, _KEY)
    content = {name: values for name, values in request.form.lists() if name not in _FRAME}
    change = drafting.DraftChange(_FORM, _KEY, kept.rev if kept else 0, content)
    drafting.save(scope, change)
    return redirect(url_for(".goal_form", step=go if go.isdecimal() else 1), 302)


def _word_on(size: str) -> tuple[str, str]:
    if size == "large":
        return mark("Your goal is set. It is more than usual; you may make it smaller."), "info"
    if size == "small":
        return mark("Your goal is set. It is less than usual; you may make it larger."), "info"
    return mark("Your goal is set."), "ok"


def _own_words(text: str, author: str) -> str:
    """Words to go on writing: a card's lose their readings."""
    return text if author.startswith("pupil") else ruby_plain(text)


def _changed(form: ChangeForm, goal: object) -> dict[str, object]:
    return {"form": form, "goal": goal, "strategies": STRATEGIES}


def _show_plans(scope: Scope, form: MoveForm, *, status: int = 200) -> Response:
    today = clock.today()
    listed = store.plans_between(scope, scope.actor_id, today - LOOK_BACK, today + LOOK_AHEAD)
    values = {
        "form": form,
        "plans": listed,
        "goals": store.goals_of(scope, {plan.cycle_id for plan in listed}),
        "today": today,
        "tomorrow": today + timedelta(days=1),
    }
    return render("anticipation/plans.html", values, status=status)
