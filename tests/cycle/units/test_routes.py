"""The pages of units, as a teacher's browser gets them."""

import pytest
from sqlalchemy import select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.models import GoalCard, Unit
from tests.cast import (
    AOI,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    DOI,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
)

MAX_QUERIES = 12
NEW = f"/class/{CLASS_4_2}/units"
SHEET = {
    "subject": "rika", "title": "{電気|でんき}のはたらき", "starts_on": "2026-11-02",
    "last_on": "2026-11-30", "code": "", "card_0": "{回路|かいろ}が つくれる",
    "criterion_0": "can_do", "target_0": "", "card_1": "5{問|もん} とく",
    "criterion_1": "count", "target_1": "5",
    "card_2": "", "criterion_2": "can_do", "target_2": "", "idem": "once",
}  # fmt: skip


@pytest.fixture
def rows(app):
    def act(model):
        with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
            return list(scope.session.scalars(select(model)))

    return act


def untouched(page):
    """What the sheet of the page sends when nothing is changed."""
    fields = {it["name"]: it.get("value", "") for it in page.html.select("main form input")}
    for choice in page.html.select("main form select"):
        fields[choice["name"]] = choice.select_one("[selected]")["value"]
    return fields


def test_the_units_of_the_class_are_listed(browser):
    page = browser(CHIBA).get("/units")
    assert sorted(it.get_text(strip=True) for it in page.html.select("main h2")) == [
        "理科　水のすがた", "算数　わり算の筆算",
    ]  # fmt: skip


def test_a_unit_is_planned_and_offered(browser, rows):
    desk = browser(CHIBA)
    page = desk.get("/units")
    sheet = desk.get(page.one(f'a[href="{NEW}/new"]')["href"])
    words = [it.text for it in sheet.html.select("option")]
    assert "算数" in words
    assert not [it for it in words if "|" in it], "an option cannot carry readings"
    page = desk.follow(desk.post(NEW, SHEET))
    assert page.says("単元を保存しました。")
    assert page.says("電気のはたらき")
    (unit,) = [it for it in rows(Unit) if it.title == SHEET["title"]]
    found = {it.position: (it.criterion_type, it.criterion_target) for it in rows(GoalCard)}
    assert unit.class_id == CLASS_4_2
    assert found == {0: ("can_do", None), 1: ("count", 5)}


def test_the_pupil_finds_the_cards(browser):
    browser(CHIBA).post(NEW, {**SHEET, "last_on": "2099-11-30", "starts_on": "2020-05-01"})
    assert browser(AOI).get("/goal").says("電気")


def test_a_sheet_that_is_sent_back_untouched_changes_nothing(browser, rows):
    desk = browser(CHIBA)
    desk.post(NEW, {**SHEET, "card_2": "8わり", "criterion_2": "accuracy", "target_2": "80"})

    def all_of():
        return [
            [
                {**vars(it), "_sa_instance_state": 0}
                for it in sorted(rows(model), key=lambda it: it.id)
            ]
            for model in (Unit, GoalCard)
        ]

    before = all_of()
    (unit,) = [it for it in rows(Unit) if it.title == SHEET["title"]]
    sheet = desk.get(f"/units/{unit.id}")
    assert desk.post(f"/units/{unit.id}", untouched(sheet)).status == 303
    assert all_of() == before


def test_the_same_form_twice_is_one_unit(browser, rows):
    desk = browser(CHIBA)
    first, again = desk.post(NEW, SHEET), desk.post(NEW, SHEET)
    assert (first.status, again.status) == (303, 303)
    assert len([it for it in rows(Unit) if it.title == SHEET["title"]]) == 1


BAD = [
    pytest.param({"title": ""}, "title", id="no title"),
    pytest.param({"title": "あ" * 61}, "title", id="a long title"),
    pytest.param({"subject": "magic"}, "subject", id="no such subject"),
    pytest.param({"starts_on": ""}, "starts_on", id="no first day"),
    pytest.param({"starts_on": "tomorrow"}, "starts_on", id="no date"),
    pytest.param({"last_on": "2026-11-01"}, "last_on", id="ends before it starts"),
    pytest.param({"last_on": "9999-12-31"}, "last_on", id="the end of time"),
    pytest.param({"code": "123"}, "code", id="a short code"),
    pytest.param({"target_1": ""}, "target_1", id="a count of nothing"),
    pytest.param({"target_1": "many"}, "target_1", id="no number"),
    pytest.param({"criterion_1": "accuracy", "target_1": "500"}, "target_1", id="500 per cent"),
    pytest.param({"criterion_0": "luck"}, "criterion_0", id="no such criterion"),
    pytest.param({"card_0": "あ" * 61}, "card_0", id="a long card"),
]


@pytest.mark.parametrize(("fields", "wrong"), BAD)
@pytest.mark.parametrize("url", [NEW, f"/units/{UNIT_DIVISION}"], ids=["new", "change"])
def test_bad_input_is_explained_beside_its_field_and_kept(browser, rows, url, fields, wrong):
    before = len(rows(Unit)), len(rows(GoalCard))
    page = browser(CHIBA).post(url, {**SHEET, **fields})
    assert page.status == 422
    assert page.html.select(f".errors a[href='#{wrong}']")
    assert page.one(f"#{wrong}")["aria-invalid"] == "true"
    assert page.one("#card_1")["value"] == SHEET["card_1"]
    assert (len(rows(Unit)), len(rows(GoalCard))) == before


def test_what_is_no_number_is_said_once_and_in_the_readers_words(browser):
    desk = browser(CHIBA)
    said = [
        desk.post(NEW, {**SHEET, "target_1": typed}).one("#target_1-error").get_text()
        for typed in ("many", "0")
    ]
    assert said[0] == said[1]
    assert "200" in said[0]
    assert "integer" not in said[0]


@pytest.mark.parametrize(
    "unit", [UNIT_ADDING, UNIT_EQUATIONS], ids=["another class", "another school"]
)
def test_somebody_elses_unit_is_not_found(browser, unit):
    desk = browser(CHIBA)
    assert desk.get(f"/units/{unit}").status == 404
    assert desk.post(f"/units/{unit}", SHEET).status == 404


@pytest.mark.parametrize(
    "class_id", [CLASS_1_1, CLASS_J2_1], ids=["another class", "another school"]
)
def test_nobody_plans_for_somebody_elses_class(browser, rows, class_id):
    desk = browser(CHIBA)
    before = len(rows(Unit))
    for page in (
        desk.get(f"/units?class_id={class_id}"),
        desk.get(f"/class/{class_id}/units/new"),
        desk.post(f"/class/{class_id}/units", SHEET),
        desk.post(f"/class/{class_id}/units", {}),
    ):
        assert page.status == 404
    assert len(rows(Unit)) == before


def test_a_pupil_plans_nothing(browser):
    assert browser(AOI).get("/units").status == 403
    assert browser(AOI).post(NEW, SHEET).status == 403


def test_a_class_without_units_says_what_to_do(browser):
    page = browser(DOI).get("/units")
    assert page.html.select(".empty")


def test_the_pages_cost_few_queries(browser, queries):
    desk = browser(CHIBA)
    for url in ("/units", f"{NEW}/new", f"/units/{UNIT_DIVISION}"):
        with queries() as seen:
            assert desk.get(url).status == 200
        assert len(seen) <= MAX_QUERIES, seen
