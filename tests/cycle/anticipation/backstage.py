"""What happens behind the pages of looking ahead, between two visits of a browser."""

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation import operations, store
from aarportal.people.accounts.models import Account
from tests.backstage import backstage
from tests.cast import (
    AOI,
    UNIT_DIVISION,
    scope_of,
)
from tests.cycle.anticipation import goals
from tests.cycle.anticipation.goals import draft
from tests.pages import Page

MAX_QUERIES = 12
#: A whole sheet, as the fields of the page are named.
WHOLE = {
    "unit": str(UNIT_DIVISION), "text": "ひっ算を 8問 とく", "reach": "self", "criterion": "count",
    "criterion_target": "7", "amount": "８", "amount_unit": "items",
    "strategies": ["recall", "ask"], "when": "home", "cue": "at_home", "obstacle": "not_clear",
    "response": "look_back", "predicted": "6", "of_items": "", "go": "start",
}  # fmt: skip


enter_adjustment, enter_cards, enter_laps = (
    backstage(act) for act in (goals.enter_adjustment, goals.enter_cards, goals.enter_laps)
)


@backstage
def rows(model, member=None):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        found = scope.session.scalars(store.select(model)).all()
        return [row for row in found if member is None or row.student_id == member.id]


@backstage
def reading(member, **wishes):
    """Set how a member reads."""
    with unit_of_work(SystemScope("test")) as scope:
        account = scope.session.scalar(store.select(Account).where(Account.user_id == member.id))
        for name, value in wishes.items():
            setattr(account, name, value)
        audit.record(scope, "test:read", member.id)


def shown_step(page: Page) -> str:
    (step,) = page.html.select("fieldset[data-step]:not([hidden])")
    return step["data-step"]


def fields(page: Page, **changes) -> dict:
    """What the form of the page would send now, with changes by hand."""
    sent: dict[str, list[str]] = {}
    for field in page.html.select("form[data-wizard] [name]"):
        kind = field.get("type", field.name)
        if kind in {"submit", "button"} or (
            kind in {"radio", "checkbox"} and not field.has_attr("checked")
        ):
            continue
        value = field.get_text().removeprefix("\n") if kind == "textarea" else field.get("value")
        sent.setdefault(field["name"], []).append(value or "")
    return {**sent, **changes}


@backstage
def goal_of(member=AOI, **more):
    with unit_of_work(scope_of(member)) as scope:
        return operations.set_goal(scope, draft(**more))
