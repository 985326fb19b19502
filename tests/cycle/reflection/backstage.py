"""What happens behind the pages of looking back, between two visits of a browser."""

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop.models import LearningCycle
from aarportal.people.accounts.models import Account
from tests.backstage import backstage
from tests.cast import AOI
from tests.cycle.reflection import laps

MAX_QUERIES = 12
#: The two taps that are enough.
ENOUGH = {"rating": "2", "next_what": "same", "idem": "1"}
#: A whole sheet, as the fields of the page are named.
WHOLE = {
    "rating": "1", "text": "図を かいたら、どこで くりさがるかが 分かった。", "prompt_id": "change",
    "direction": "was_hard", "factors": ["time", "method"], "verdict": "worked",
    "next_what": "method", "next_way": "picture", "next_value": "", "idem": "1",
}  # fmt: skip

enter_lap, enter_carried, submit, answer, read_by_teacher, rows, the = (
    backstage(act)
    for act in (
        laps.enter_lap, laps.enter_carried, laps.submit, laps.answer, laps.read_by_teacher,
        laps.rows, laps.the,
    )
)  # fmt: skip


def sheet(cycle_id) -> str:
    return f"/cycles/{cycle_id}/reflect"


def shown_step(page) -> str:
    (step,) = page.html.select("fieldset[data-step]:not([hidden])")
    return step["data-step"]


def chosen(page, name) -> list[str]:
    return [it["value"] for it in page.html.select(f'[name="{name}"][checked]')]


def offered(page, name) -> list[str]:
    return [it["value"] for it in page.html.select(f'input[name="{name}"]')]


@backstage
def in_english(member):
    with unit_of_work(SystemScope("test")) as scope:
        account = scope.session.scalar(select(Account).where(Account.user_id == member.id))
        account.language = "en"
        audit.record(scope, "test:read", member.id)


@backstage
def enter_history(laps_before=9):
    """Enough laps, answers and drafts that nothing is cheap because it is empty."""
    for n in range(laps_before):
        cycle_id = laps.enter_lap(days_ago=laps_before + 3 - n)
        reflection_id = laps.submit(cycle_id, text=f"{n}かいめ", factors=("time",))
        laps.answer(reflection_id)


@backstage
def enter_stage(stage):
    """Five good laps in the stage before: from now on the prompts have faded to this one."""
    laps.enter_lap(days_ago=20, state="closed")
    for n in range(5):
        cycle_id = laps.enter_lap(days_ago=9 - n)
        laps.submit(cycle_id, factors=("method",), text="あいうえお"[n] * 12, prompt_id="reason")
    with unit_of_work(SystemScope("test")) as scope:
        for lap in scope.session.scalars(select(LearningCycle)):
            lap.prompt_stage = stage - 1
        audit.record(scope, "test:faded", AOI.id)
