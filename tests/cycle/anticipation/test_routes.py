"""Looking ahead in a browser without JavaScript."""

from datetime import timedelta
from functools import wraps

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope, unit_of_work
from aarportal.cycle.anticipation import operations, store
from aarportal.cycle.anticipation.choices import PredictionDraft
from aarportal.cycle.anticipation.models import (
    Goal,
    IfThen,
    PlanSession,
    Prediction,
    SuccessCriterion,
)
from aarportal.cycle.loop.models import Adjustment
from aarportal.people.accounts.models import Account
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    HANA,
    KEN,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
    scope_of,
)
from tests.cycle.anticipation import goals
from tests.cycle.anticipation.goals import ADJUSTMENT, CARD, CARD_WORDS, draft
from tests.pages import Page

MAX_QUERIES = 12
#: A whole sheet, as the fields of the page are named.
WHOLE = {
    "unit": str(UNIT_DIVISION), "text": "ひっ算を 8問 とく", "reach": "self", "criterion": "count",
    "criterion_target": "7", "amount": "８", "amount_unit": "items",
    "strategies": ["recall", "ask"], "when": "home", "cue": "at_home", "obstacle": "not_clear",
    "response": "look_back", "predicted": "6", "of_items": "", "go": "start",
}  # fmt: skip


_stage = {}


@pytest.fixture(autouse=True)
def stage(app):
    """The app behind the pages, for what happens between two visits."""
    _stage["app"] = app


def backstage(act):
    """Runs in a context of its own: a browser's request must never share one with the test."""

    @wraps(act)
    def run(*args, **options):
        with _stage["app"].app_context():
            return act(*args, **options)

    return run


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


# -- the sheet


@pytest.mark.parametrize("member", [AOI, HANA, KEN], ids=lambda member: member.name)
def test_the_sheet_opens_with_the_first_step(browser, queries, member):
    enter_adjustment(member=member)
    reader = browser(member)
    with queries() as seen:
        page = reader.get("/goal")
    assert page.status == 200
    assert shown_step(page) == "1"
    assert len(seen) <= MAX_QUERIES


def test_the_sheet_costs_no_more_with_a_full_history(browser, queries):
    enter_cards()
    enter_laps(*range(1, 15))
    enter_adjustment()
    reader = browser(AOI)
    reader.post("/goal", {**WHOLE, "idem": "1"})
    reader.post("/goal", {**WHOLE, "go": "2"})
    with queries() as seen:
        assert reader.get("/goal?step=2").status == 200
    assert len(seen) <= MAX_QUERIES


@pytest.mark.parametrize(
    ("member", "steps"), [(HANA, 2), (AOI, 4), (KEN, 4)], ids=["grade 1", "grade 4", "grade 8"]
)
def test_little_readers_have_two_steps_and_the_others_four(browser, member, steps):
    page = browser(member).get("/goal?step=9")
    assert len(page.html.select("fieldset[data-step]")) == steps
    assert shown_step(page) == str(steps)
    assert len(page.html.select("ol.path > li")) == steps


#: What each band finds on the sheet (pedagogy A.1).
BAND_FIELDS = {
    "text": (False, True, True),
    "criterion_target": (False, True, True),
    "strategies": (False, True, True),
    "obstacle": (False, True, True),
    "obstacle_own": (False, False, True),
    "predicted": (False, True, True),
    "confidence": (False, False, True),
    "card": (True, True, True),
    "criterion": (True, True, True),
    "reach": (False, True, True),
}


@pytest.mark.parametrize("name", BAND_FIELDS)
def test_each_band_is_asked_what_it_can_answer(browser, name):
    found = tuple(
        bool(browser(member).get("/goal").html.select(f'[name="{name}"]'))
        for member in (HANA, AOI, KEN)
    )
    assert found == BAND_FIELDS[name]


def test_a_pupil_with_the_help_of_a_lower_band_gets_its_sheet(browser):
    reading(AOI, band="L")
    assert len(browser(AOI).get("/goal").html.select("fieldset[data-step]")) == 2


def test_grade_one_reads_hiragana_and_grade_eight_other_words(browser):
    enter_adjustment(member=HANA)
    page = browser(HANA).get("/goal")
    main = page.one("main").get_text()
    assert not [char for char in main if "\u4e00" <= char <= "\u9fff"]
    assert page.says("えに かく")
    ways = browser(KEN).get("/goal?step=3").html
    assert "図・表・グラフで整理" in ways.get_text().replace("\n", "")


def test_the_sheet_is_complete_in_english(browser):
    reading(AOI, language="en")
    enter_adjustment()
    enter_laps(4, 8)
    for step in range(1, 5):
        main = browser(AOI).get(f"/goal?step={step}").one("main").get_text()
        own = main.replace("わり算の筆算", "").replace("水のすがた", "")
        assert not [char for char in own if "\u3040" <= char <= "\u9fff"], own


@pytest.mark.parametrize("member", [HANA, AOI, KEN], ids=lambda member: member.name)
def test_words_on_buttons_are_short(browser, member):
    page = browser(member).get("/goal")
    for button in page.html.select("fieldset[data-step] .btn"):
        for reading_aid in button.select("rt"):
            reading_aid.decompose()
        assert len(button.get_text(strip=True)) <= 30


@backstage
def end_units():
    with unit_of_work(SystemScope("test")) as scope:
        for unit in scope.session.scalars(store.select(store.Unit)):
            unit.ends_before = clock.today()
        audit.record(scope, "test:ended", "units")


def test_a_class_without_a_unit_says_so_calmly(browser):
    end_units()
    page = browser(AOI).get("/goal")
    assert page.status == 200
    assert not page.html.select("form[data-wizard]")


def test_a_teacher_has_no_sheet(browser):
    assert browser(CHIBA).get("/goal").status == 403


@pytest.mark.parametrize("asked", [str(UNIT_WATER), str(UNIT_DIVISION)])
def test_a_link_can_ask_for_a_unit(browser, asked):
    page = browser(AOI).get(f"/goal?unit={asked}")
    assert page.one("input[name=unit][checked]")["value"] == asked


@pytest.mark.parametrize("asked", ["", "x", str(UNIT_EQUATIONS), str(UNIT_ADDING)])
def test_a_link_to_a_unit_of_others_asks_for_nothing(browser, asked):
    page = browser(AOI).get(f"/goal?unit={asked}&step=x")
    assert page.one("input[name=unit][checked]")["value"] in {str(UNIT_WATER), str(UNIT_DIVISION)}


def test_every_unit_offers_three_cards_and_shows_those_of_the_chosen_one(browser):
    enter_cards()
    page = browser(AOI).get(f"/goal?unit={UNIT_DIVISION}")
    groups = page.html.select(".pick[data-show-when]")
    assert [len(group.select("input[name=card]")) for group in groups] == [3, 3]
    (shown,) = [group for group in groups if not group.has_attr("hidden")]
    assert shown["data-show-when"] == f"unit={UNIT_DIVISION}"
    assert shown.select("input")[0]["value"] == CARD.hex


def test_the_usual_amount_is_the_own_one(browser):
    enter_laps(4, 8)
    enter_laps(90, 90, member=BEN)
    page = browser(AOI).get(f"/goal?unit={UNIT_DIVISION}&step=2")
    assert page.says("だいたい 6") or page.says("だいたい6")
    assert not page.says("90")


# -- setting a goal


def test_two_taps_are_enough(browser):
    enter_cards()
    reader = browser(AOI)
    page = reader.get("/goal")
    sent = reader.post("/goal", fields(page, unit=str(UNIT_DIVISION), card=CARD.hex, go="start"))
    assert (sent.status, sent.location) == (303, "/")
    (goal,) = rows(Goal)
    assert (goal.text, goal.author, goal.card_id) == (CARD_WORDS, "card", CARD)
    assert (goal.amount_planned, goal.strategies, goal.state) == (None, [], "active")
    (criterion,) = rows(SuccessCriterion)
    assert (criterion.type, criterion.target, criterion.source) == ("can_do", None, "teacher")
    assert not rows(PlanSession) + rows(IfThen) + rows(Prediction)


def test_a_built_in_card_is_enough_where_the_teacher_offers_none(browser):
    reader = browser(HANA)
    page = reader.get("/goal")
    card = page.html.select("input[name=card]")[0]["value"]
    assert reader.post("/goal", fields(page, card=card, go="start")).status == 303
    (goal,) = rows(Goal)
    assert goal.author == "card"
    assert "たしざん" in goal.text


def test_a_whole_sheet_is_kept_as_it_was_filled_in(browser):
    reader = browser(AOI)
    assert reader.post("/goal", WHOLE).status == 303
    (goal,), (criterion,), (plan,), (if_then,), (guess,) = (
        rows(model) for model in (Goal, SuccessCriterion, PlanSession, IfThen, Prediction)
    )
    assert (goal.text, goal.author, goal.reach) == (WHOLE["text"], "pupil", "self")
    assert (goal.amount_planned, goal.strategies) == (8, ["recall", "ask"])
    assert (criterion.type, criterion.target) == ("count", 7)
    assert (plan.slot, plan.planned_amount) == ("home", 8)
    assert (if_then.cue, if_then.obstacle, if_then.response) == (
        "at_home",
        "not_clear",
        "look_back",
    )
    assert (guess.predicted_correct, guess.of_items, guess.confidence) == (6, 8, None)


@pytest.mark.parametrize("mark", ["3", "5", "10"])
def test_little_readers_choose_a_number_with_one_tap(browser, mark):
    reader = browser(HANA)
    page = reader.get("/goal")
    card = page.html.select("input[name=card]")[0]["value"]
    reader.post("/goal", fields(page, card=card, criterion=f"count:{mark}", go="start"))
    (criterion,) = rows(SuccessCriterion)
    assert (criterion.type, criterion.target) == ("count", int(mark))


def test_own_words_of_upper_grades_go_into_the_if_then_plan(browser):
    own = {"obstacle_own": "眠くなったら", "response_own": "五分歩く", "confidence": "3"}
    browser(KEN).post("/goal", {**WHOLE, **own, "unit": str(UNIT_EQUATIONS)})
    (if_then,), (guess,) = rows(IfThen), rows(Prediction)
    assert (if_then.cue, if_then.obstacle, if_then.response) == (
        "at_home",
        "眠くなったら",
        "五分歩く",
    )
    assert guess.confidence == 3


def test_double_submit_gives_one_goal(browser):
    reader = browser(AOI)
    sent = {**WHOLE, "idem": "the key of the sheet"}
    first, second = reader.post("/goal", sent), reader.post("/goal", sent)
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    (goal,) = rows(Goal)
    assert goal.version == 1


@pytest.mark.parametrize(("amount", "words"), [("20", "多"), ("2", "少"), ("8", "きまりました")])
def test_a_goal_far_from_the_usual_is_set_with_a_word_on_it(browser, amount, words):
    enter_laps(8, 8)
    reader = browser(AOI)
    reader.post("/goal", {**WHOLE, "amount": amount, "predicted": ""})
    assert words in reader.get("/goal").one(".notices").get_text()
    assert rows(Goal)[0].amount_planned == int(amount)


def test_the_hint_on_the_amount_stands_on_the_sheet_and_blocks_nothing(browser):
    enter_laps(8, 8)
    reader = browser(AOI)
    turned = reader.post("/goal", {**WHOLE, "amount": "20", "go": "2"})
    page = reader.get(turned.location)
    assert page.one(".hint[role=status]").get_text(strip=True)


def test_the_last_change_is_taken_over_with_one_more_tap(browser):
    enter_adjustment()
    reader = browser(AOI)
    page = reader.get("/goal")
    assert page.one("section[data-kind=self] blockquote")
    reader.post("/goal", fields(page, text="図で 考える", carry="use", go="start"))
    (goal,) = rows(Goal)
    assert goal.strategies == ["picture"]
    (adjustment,) = rows(Adjustment)
    assert adjustment.to_cycle_id == goal.cycle_id
    assert not reader.get("/goal").html.select("section[data-kind=self]")


@pytest.mark.parametrize("carry", ["", "skip"])
def test_the_last_change_waits_when_it_is_not_taken(browser, carry):
    enter_adjustment()
    reader = browser(AOI)
    reader.post("/goal", fields(reader.get("/goal"), text="べつの", carry=carry, go="start"))
    assert reader.get("/goal").one("section[data-kind=self]")


def test_a_goal_of_today_is_named_and_a_new_one_takes_its_place(browser):
    reader = browser(AOI)
    reader.post("/goal", WHOLE)
    page = reader.get(f"/goal?unit={UNIT_DIVISION}")
    assert page.says(WHOLE["text"])
    reader.post("/goal", {**WHOLE, "text": "やっぱり 3問"})
    (goal,) = rows(Goal)
    assert (goal.text, goal.version) == ("やっぱり 3問", 2)


# -- steps without JavaScript, and the draft


def test_the_steps_keep_everything_on_the_way(browser):
    enter_adjustment()
    reader = browser(AOI)
    page = reader.get("/goal")
    for step, chosen in (
        (
            "2",
            {
                "unit": str(UNIT_WATER),
                "text": "水の\nすがた",
                "carry": "change",
                "carry_words": "色で",
            },
        ),
        ("3", {"reach": "teach", "amount": "5"}),
        ("4", {"strategies": ["link", "ask"], "when": "tomorrow"}),
        ("3", {"predicted": "4"}),
        ("4", {}),
    ):
        turned = reader.post("/goal", fields(page, **chosen, go=step))
        page = reader.get(turned.location)
        assert shown_step(page) == step
    assert not rows(Goal)
    assert reader.post("/goal", fields(page, go="start")).status == 303
    (goal,), (guess,) = rows(Goal), rows(Prediction)
    assert (goal.text, goal.reach, goal.amount_planned) == ("水の\nすがた", "teach", 5)
    assert goal.strategies == ["link", "ask"]
    assert (guess.predicted_correct, guess.of_items) == (4, 5)
    assert rows(Adjustment)[0].to_value == "色で"


def test_turning_back_in_the_browser_and_on_again_keeps_the_later_choice(browser):
    reader = browser(AOI)
    first = reader.get("/goal")
    reader.post("/goal", fields(first, text="まえの", go="2"))
    turned = reader.post("/goal", fields(first, text="あとの", go="2"))
    assert reader.get(turned.location).one("textarea").get_text(strip=True) == "あとの"


def test_the_draft_is_gone_when_the_goal_is_set(browser):
    reader = browser(AOI)
    page = reader.get(reader.post("/goal", {**WHOLE, "go": "2"}).location)
    assert page.one("textarea").get_text(strip=True) == WHOLE["text"]
    reader.post("/goal", fields(page, go="start"))
    assert reader.get("/goal").one("textarea").get_text(strip=True) == ""


def test_what_the_script_saved_comes_back_on_any_device(browser):
    url = browser(AOI).get("/goal").one("form[data-draft]")["data-draft-url"]
    sent = {"rev": "0", "unit": str(UNIT_WATER), "text": "うちで 書いた", "strategies": ["ask"]}
    assert browser(AOI).post(url, sent, headers={"X-Draft": "1"}).status == 200
    page = browser(AOI).get("/goal")
    assert page.one("form[data-draft]")["data-rev"] == "1"
    assert page.one("textarea").get_text(strip=True) == "うちで 書いた"
    assert page.one("input[name=unit][checked]")["value"] == str(UNIT_WATER)
    assert page.one("input[name=strategies][checked]")["value"] == "ask"


def test_nobody_else_sees_what_was_begun(browser):
    browser(AOI).post("/goal", {**WHOLE, "go": "2"})
    assert WHOLE["text"] not in browser(BEN).get("/goal").text
    assert browser(CHIBA).post("/goal", {**WHOLE, "go": "2"}).status == 403


# -- what cannot be taken


WRONG = [
    ({"text": "", "card": ""}, "text", "1"),
    ({"text": "あ" * 61}, "text", "1"),
    ({"amount": "たくさん"}, "amount", "2"),
    ({"amount": "0"}, "amount", "2"),
    ({"criterion": "count", "criterion_target": ""}, "criterion_target", "2"),
    ({"criterion": "count:x"}, "criterion_target", "2"),
    ({"criterion": "magic"}, "criterion", "2"),
    ({"reach": "<b>"}, "reach", "2"),
    ({"strategies": ["recall", "ask", "rest"]}, "strategies", "3"),
    ({"strategies": ["magic"]}, "strategies", "3"),
    ({"when": "never"}, "when", "3"),
    ({"response": "あ" * 41}, "response", "3"),
    ({"predicted": "9"}, "predicted", "4"),
    ({"predicted": "-1"}, "predicted", "4"),
]


@pytest.mark.parametrize(("change", "field", "step"), WRONG)
def test_what_cannot_be_taken_is_shown_at_its_place_with_everything_kept(
    browser, change, field, step
):
    criterion = {"criterion_target": "7"} if "criterion" not in change else {}
    sent = {**WHOLE, **criterion, "criterion": WHOLE["criterion"], **change}
    if change.get("criterion") == "count:x":
        sent["criterion_target"] = ""
    page = browser(AOI).post("/goal", sent)
    assert page.status == 422
    assert shown_step(page) == step
    link = page.one("section.errors a")
    assert link["href"] == f"#{field}"
    assert page.html.select(f'[id="{field}"]'), "the summary leads nowhere"
    assert page.one("textarea").get_text(strip=True) == sent["text"]
    kept = {f["value"] for f in page.html.select("input[name=when][checked]")}
    assert kept <= {sent["when"]}
    assert not rows(Goal)


def test_how_sure_one_is_has_three_steps(browser):
    sent = {**WHOLE, "unit": str(UNIT_EQUATIONS), "confidence": "7"}
    page = browser(KEN).post("/goal", sent)
    assert (page.status, shown_step(page)) == (422, "4")
    assert page.html.select(page.one("section.errors a")["href"])


@pytest.mark.parametrize(
    "unit", [UNIT_EQUATIONS, UNIT_ADDING], ids=["another school", "another class"]
)
def test_a_unit_of_others_is_refused_and_nothing_changes(browser, unit):
    page = browser(AOI).post("/goal", {**WHOLE, "unit": str(unit)})
    assert page.status == 422
    assert page.one("section.errors a")["href"] == "#unit"
    assert not rows(Goal)


@pytest.mark.parametrize("unit", ["", "x", "' or 1=1", "00000000-0000-0000-0000-000000000000"])
def test_no_unit_is_no_goal(browser, unit):
    assert browser(AOI).post("/goal", {**WHOLE, "unit": unit}).status == 422
    assert not rows(Goal)


def test_a_card_of_another_unit_counts_as_none(browser):
    enter_cards()
    sent = {"unit": str(UNIT_WATER), "card": CARD.hex, "text": "", "go": "start"}
    assert browser(AOI).post("/goal", sent).status == 422
    assert not rows(Goal)


@pytest.mark.parametrize(("adjustment", "status"), [(str(ADJUSTMENT), 404), ("x", 422)])
def test_a_change_of_somebody_else_is_not_there(browser, adjustment, status):
    enter_adjustment(member=BEN)
    sent = {**WHOLE, "carry": "use", "adjustment": adjustment}
    assert browser(AOI).post("/goal", sent).status == status
    assert not rows(Goal)


def test_a_stale_token_changes_nothing(browser):
    reader = browser(AOI)
    answer = reader.client.post("/goal", data={**WHOLE, "csrf_token": "of last week"})
    assert answer.status_code == 400
    assert not rows(Goal)


# -- changing and taking back


@backstage
def goal_of(member=AOI, **more):
    with unit_of_work(scope_of(member)) as scope:
        return operations.set_goal(scope, draft(**more))


def test_a_goal_is_changed_with_a_reason(browser, queries):
    goal = goal_of(amount=20, strategies=("ask",))
    reader = browser(AOI)
    url = f"/goals/{goal.id}/revise"
    with queries() as seen:
        page = reader.get(url)
    assert len(seen) <= MAX_QUERIES
    assert page.one("textarea").get_text(strip=True) == goal.text
    assert page.one("input[name=amount]")["value"] == "20"
    assert page.one("input[name=strategies][checked]")["value"] == "ask"
    sent = {"text": "ひっ算 5問", "amount": "5", "reason": "too_big", "idem": "k"}
    assert reader.post(url, sent).location == "/"
    (after,) = rows(Goal)
    assert (after.text, after.amount_planned, after.version) == ("ひっ算 5問", 5, 2)


def test_the_words_of_a_card_are_changed_without_its_marks_of_reading(browser):
    enter_cards()
    reader = browser(AOI)
    page = reader.get("/goal")
    reader.post("/goal", fields(page, unit=str(UNIT_DIVISION), card=CARD.hex, go="start"))
    (goal,) = rows(Goal)
    page = reader.get(f"/goals/{goal.id}/revise")
    assert page.one("textarea").get_text(strip=True) == "2けたでわる筆算ができる"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": ""}, "reason"), ({"text": ""}, "text"), ({"amount": "x"}, "amount")],
)
def test_a_change_that_cannot_be_taken_keeps_the_words(browser, change, field):
    goal = goal_of()
    sent = {"text": "ひっ算 5問", "amount": "5", "reason": "too_big", **change}
    page = browser(AOI).post(f"/goals/{goal.id}/revise", sent)
    assert page.status == 422
    assert page.one("section.errors a")["href"] == f"#{field}"
    assert page.html.select(f"#{field}")
    assert rows(Goal)[0].version == 1


def test_a_goal_is_taken_back_and_room_is_made_for_another(browser):
    goal = goal_of()
    reader = browser(AOI)
    sent = reader.post(f"/goals/{goal.id}/withdraw", {"reason": "mistake"})
    assert reader.follow(sent).one("form[data-wizard]")
    assert rows(Goal)[0].state == "withdrawn"
    assert reader.get(f"/goals/{goal.id}/revise").status == 409
    assert reader.post(f"/goals/{goal.id}/withdraw", {}).status == 409


@pytest.mark.parametrize("path", ["revise", "withdraw"])
def test_the_goal_of_a_classmate_is_not_there(browser, path):
    goal = goal_of(BEN)
    reader = browser(AOI)
    assert reader.get(f"/goals/{goal.id}/revise").status == 404
    assert reader.post(f"/goals/{goal.id}/{path}", {"reason": "mistake", "text": "x"}).status == 404
    assert rows(Goal, BEN)[0].text == goal.text


# -- plans


def plan_of(state="planned", days=0, member=AOI):
    goal_of(member, when="home", amount=8, prediction=PredictionDraft(3))
    return changed_plan(state, days)


@backstage
def changed_plan(state, days):
    with unit_of_work(SystemScope("test")) as scope:
        (plan,) = scope.session.scalars(store.select(PlanSession))
        plan.state = state
        plan.planned_on += timedelta(days=days)
        audit.record(scope, "test:planned", plan.id)
        return plan


def test_plans_stand_in_a_list_with_what_can_be_done(browser, queries):
    plan_of()
    reader = browser(AOI)
    with queries() as seen:
        page = reader.get("/plans")
    assert len(seen) <= MAX_QUERIES
    assert page.says(draft().text)
    assert page.html.select("form[action$=move]")
    assert not page.html.select("form[action$=done]")


def test_without_a_plan_the_list_leads_to_the_goal(browser):
    assert browser(AOI).get("/plans").html.select('a[href="/goal"]')


def test_a_plan_that_waits_is_announced_on_the_sheet(browser):
    plan_of("open_past", -3)
    assert browser(AOI).get("/goal").html.select('a[href="/plans"]')


@pytest.mark.parametrize(
    ("path", "sent", "state"),
    [("done", {"what": "done"}, "done_self"), ("done", {"what": "drop"}, "dropped"),
     ("move", {"planned_on": clock.today().isoformat()}, "planned")],
)  # fmt: skip
def test_the_student_says_what_became_of_a_plan(browser, path, sent, state):
    plan = plan_of("open_past", -3)
    reader = browser(AOI)
    assert reader.follow(reader.post(f"/plans/{plan.id}/{path}", sent)).status == 200
    (after,) = rows(PlanSession)
    assert after.state == state
    assert after.moved_count == (1 if path == "move" else 0)


@pytest.mark.parametrize("day", ["", "soon", "1999-01-01", "2999-01-01"])
def test_a_plan_is_not_moved_to_a_day_that_cannot_be_meant(browser, day):
    plan = plan_of()
    page = browser(AOI).post(f"/plans/{plan.id}/move", {"planned_on": day})
    assert page.status == 422
    assert page.one("section.errors")
    assert rows(PlanSession)[0].moved_count == 0


@pytest.mark.parametrize("path", ["move", "done"])
def test_the_plan_of_a_classmate_is_not_there(browser, path):
    plan = plan_of("open_past", -3, member=BEN)
    sent = {"planned_on": clock.today().isoformat()}
    assert browser(AOI).post(f"/plans/{plan.id}/{path}", sent).status == 404
    assert rows(PlanSession)[0].state == "open_past"
