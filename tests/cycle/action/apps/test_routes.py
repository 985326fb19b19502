"""The administrator's pages of learning apps, in the browser."""

import logging
import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import AppDay, LearningApp, LearningRecord, QuarantinedStatement
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    ELSEWHERE,
    HINATA,
    IDENTITY_PROVIDER,
    KEN,
    OKA,
    PRIMARY,
    SATO,
)
from tests.cycle.action.apps import messages
from tests.cycle.action.apps.messages import NOBODY, send, statement, voiding
from tests.cycle.action.intake.stream import own_id
from tests.cycle.action.xapi.documents.calling import add_app

MAX_QUERIES = 12
DRILL = f"/apps/{APP_DRILL}"
PAGES = ("/apps", "/apps/new", DRILL, f"{DRILL}/change", "/apps/documentation")
POSTS = ("/apps/new", *(f"{DRILL}/{verb}" for verb in
         ("change", "rotate", "revoke", "restore", "test-message")))  # fmt: skip
FORM = {"title": "よみもの", "which": "all", "may_write": "y"}


@pytest.fixture
def rows(app):
    def look(model, *conditions):
        with app.app_context():
            return messages.rows(model, *conditions)

    return look


@pytest.fixture
def oka(browser):
    return browser(OKA)


def fields(**more) -> dict:
    return {**FORM, "idem": uuid4().hex, **more}


def secret_on(page) -> str:
    return page.one("code.secret").get_text()


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=["pupil", "teacher"])
def test_pupils_and_teachers_have_no_business_here(browser, member, rows):
    visitor = browser(member)
    assert [visitor.get(page).status for page in PAGES] == [403] * len(PAGES)
    assert [visitor.post(page, fields()).status for page in POSTS] == [403] * len(POSTS)
    assert len(rows(LearningApp)) == 1


def test_an_app_of_another_district_is_not_there(browser, rows):
    visitor = browser(SATO)
    assert visitor.get("/apps").status == 200
    assert not visitor.get("/apps").says("ドリルパーク")
    for page in (DRILL, f"{DRILL}/change", f"/apps/documentation?app={APP_DRILL}"):
        assert visitor.get(page).status == 404, page
    for page in POSTS[1:]:
        assert visitor.post(page, fields()).status == 404, page
    [row] = rows(LearningApp)
    assert (row.title, row.revoked_at, row.previous_secret_hash) == ("ドリルパーク", None, None)


# --- registering ----------------------------------------------------------------------------------


def test_an_app_is_registered_and_can_send_with_what_the_page_showed(oka, app, rows):
    page = oka.post("/apps/new", fields())
    assert page.status == 200
    assert page.response.headers["Cache-Control"] == "no-store"
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    assert page.says(row.access_key)
    assert send(app, statement(AOI), key=row.access_key, secret=secret_on(page)) == 200


def test_the_secret_is_shown_once_and_never_again(oka, rows):
    sent = fields()
    secret = secret_on(oka.post("/apps/new", sent))
    again = oka.post("/apps/new", sent)
    assert again.status == 303
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    assert again.location == f"/apps/{row.id}"
    for address in ("/apps", again.location, f"{again.location}/change", "/apps/new"):
        assert secret not in oka.get(address).text


def test_secrets_stand_in_no_address_no_log_and_no_trace(oka, rows, caplog):
    caplog.set_level(logging.DEBUG)
    made = oka.post("/apps/new", fields())
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    new = oka.post(f"/apps/{row.id}/rotate", {"idem": uuid4().hex})
    for page in (made, new):
        secret = secret_on(page)
        assert secret not in caplog.text
        assert secret not in repr(page.response.headers)
        assert not [a for a in page.html.select("a") if secret in a["href"]]
        assert not [each for each in rows(AuditEntry) if secret in repr(vars(each))]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "長" * 61}, "title"),
        ({"which": "chosen"}, "school_ids"),
        ({"which": "chosen", "school_ids": [str(ELSEWHERE)]}, "school_ids"),
        ({"which": "chosen", "school_ids": ["x"]}, "school_ids"),
        ({"which": "nothing"}, "which-0"),
        ({"may_write": ""}, "may_write"),
        ({"origins": "*"}, "origins"),
        ({"origins": "https://app.example/path"}, "origins"),
        ({"origins": "https://a.example\nhttp://b.example"}, "origins"),
        ({"home_pages": "ひなた"}, "home_pages"),
        ({"origins": "\n".join(f"https://a{n}.example" for n in range(25))}, "origins"),
    ],
)
@pytest.mark.parametrize("address", ["/apps/new", f"{DRILL}/change"])
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(oka, rows, address, changed, field):
    page = oka.post(address, fields(home_pages=IDENTITY_PROVIDER) | changed)
    assert page.status == 422
    assert page.one("[data-errors]")
    assert page.html.select(f"#{field}") or field == "which-0"
    if "title" not in changed:
        assert page.one("#title")["value"] == "よみもの"
    for name in ("origins", "home_pages"):
        if name in changed:
            assert page.one(f"#{name}").get_text().strip() == changed[name].strip()
    [row] = rows(LearningApp)
    assert row.title == "ドリルパーク"


def test_an_app_for_one_school_knows_the_children_of_that_school_only(oka, app, rows):
    chosen = {"which": "chosen", "school_ids": [str(PRIMARY)], "home_pages": IDENTITY_PROVIDER}
    page = oka.post("/apps/new", fields(**chosen))
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    send(app, statement(AOI), statement(KEN), key=row.access_key, secret=secret_on(page))
    assert [each.student_id for each in rows(LearningRecord)] == [AOI.id]
    shown = oka.get(f"/apps/{row.id}")
    assert shown.says("ひなた小学校")
    assert not shown.says("ひなた中学校")


# --- changing -------------------------------------------------------------------------------------


def test_the_form_holds_what_is_and_keeps_what_is_typed(oka, rows):
    page = oka.get(f"{DRILL}/change")
    assert page.one("#title")["value"] == "ドリルパーク"
    assert page.one("#home_pages").get_text().strip() == IDENTITY_PROVIDER
    assert page.one("#may_write").has_attr("checked")
    done = oka.post(
        f"{DRILL}/change",
        {
            "title": "ドリル", "which": "chosen", "school_ids": [str(PRIMARY)], "may_read": "y",
            "origins": " https://app.example \n\n", "home_pages": IDENTITY_PROVIDER,
        },
    )  # fmt: skip
    assert oka.follow(done).says("ドリル")
    [row] = rows(LearningApp)
    assert (row.title, row.school_ids) == ("ドリル", [str(PRIMARY)])
    assert (row.may_write, row.may_read, row.origins) == (False, True, ["https://app.example"])


def test_entering_a_home_page_makes_records_of_what_waited(oka, app, rows):
    oka.post(f"{DRILL}/change", {**FORM, "home_pages": ""})
    send(app, statement(f"{BEN.name}@hinata.example"))
    assert rows(LearningRecord) == []
    oka.post(f"{DRILL}/change", {**FORM, "home_pages": IDENTITY_PROVIDER})
    assert [each.student_id for each in rows(LearningRecord)] == [BEN.id]


# --- secret and revoking --------------------------------------------------------------------------


def test_a_new_secret_leaves_the_old_one_a_day(oka, app, rows):
    first = oka.post("/apps/new", fields())
    [row] = rows(LearningApp, LearningApp.title == "よみもの")
    sent = {"idem": uuid4().hex}
    second = oka.post(f"/apps/{row.id}/rotate", sent)
    for page in (first, second):
        assert send(app, statement(AOI), key=row.access_key, secret=secret_on(page)) == 200
    assert second.says("24")
    assert oka.post(f"/apps/{row.id}/rotate", sent).status == 303, "loaded again, nothing rotates"
    assert send(app, statement(AOI), key=row.access_key, secret=secret_on(second)) == 200
    third = oka.post(f"/apps/{row.id}/rotate", {"idem": uuid4().hex, "at_once": "y"})
    assert send(app, statement(AOI), key=row.access_key, secret=secret_on(second)) == 401
    assert send(app, statement(AOI), key=row.access_key, secret=secret_on(third)) == 200


def test_a_revoked_app_is_shown_as_such_and_comes_back(oka, app):
    page = oka.follow(oka.post(f"{DRILL}/revoke"))
    assert page.one(f"form[action='{DRILL}/restore']")
    assert not page.html.select(f"form[action='{DRILL}/test-message']")
    assert send(app, statement(AOI)) == 401
    assert oka.post(f"{DRILL}/revoke").status == 409
    assert oka.post(f"{DRILL}/test-message").status == 409
    page = oka.follow(oka.post(f"{DRILL}/restore"))
    assert page.one(f"form[action='{DRILL}/revoke']")
    assert send(app, statement(AOI)) == 200
    assert oka.post(f"{DRILL}/restore").status == 409


# --- the live view --------------------------------------------------------------------------------


def test_the_live_view_names_children_of_the_own_school_only(oka, app):
    send(app, statement(AOI, "わり算 3"), statement(KEN, "れんりつ 1"), statement(NOBODY, "ひみつ"))
    page = oka.get(DRILL)
    live = page.one("#app-live")
    text = " ".join(live.get_text(" ").split())
    assert "4年2組" in text
    assert AOI.family_name in text
    assert "わり算 3" in text
    for hidden in (KEN.family_name, "れんりつ", "ひみつ", NOBODY):
        assert hidden not in page.text
    assert len(live.select("tbody")[0].select("tr")) == 3


def test_from_a_record_and_from_what_waits_one_comes_to_the_statement(oka, app):
    sent = [statement(AOI), statement(NOBODY), statement(KEN)]
    send(app, *sent)
    with app.app_context():
        aois, nobodys, kens = (own_id(each["id"]) for each in sent)
    page = oka.get(DRILL)
    for id_ in (aois, nobodys):
        assert oka.get(page.one(f"#app-live a[href*='{id_}']")["href"]).status == 200
    assert str(kens) not in page.text and sent[2]["id"] not in page.text


def test_what_takes_back_shows_its_json(oka, app):
    sent = statement(AOI)
    send(app, sent)
    send(app, voiding(sent))
    [shown] = oka.get(DRILL).html.select("#app-live details pre")
    assert sent["id"] in shown.get_text()


def test_words_of_an_app_are_never_markup(oka, app):
    send(app, statement(AOI, "<script>alert(1)</script>"))
    oka.post(f"{DRILL}/change", {**FORM, "title": "<b>x</b>", "home_pages": IDENTITY_PROVIDER})
    for address in ("/apps", DRILL, f"{DRILL}/change", f"/apps/documentation?app={APP_DRILL}"):
        page = oka.get(address)
        assert "<script>alert" not in page.text
        assert "<b>x</b>" not in page.text
        assert page.says("<b>x</b>") or address.endswith("/change")


def poll(oka, tag: str):
    headers = {"HX-Request": "true", "HX-Target": "app-live", "If-None-Match": f'"{tag}"'}
    return oka.get(DRILL, headers=headers)


def tag_on(page) -> str:
    found = re.search(r'If-None-Match": "\\"([0-9a-f]+)\\""', page.one("#app-live")["hx-headers"])
    assert found
    return found[1]


def test_the_part_that_asks_again_gets_nothing_while_nothing_changed(oka, app):
    send(app, statement(AOI))
    page = oka.get(DRILL)
    assert page.one("#app-live")["hx-get"] == DRILL
    assert "every 5s" in page.one("#app-live")["hx-trigger"]
    assert poll(oka, tag_on(page)).status == 304
    send(app, statement(BEN))
    fresh = poll(oka, tag_on(page))
    assert fresh.status == 200
    assert "<html" not in fresh.text
    assert len(fresh.html.select("#app-live tbody")[0].select("tr")) == 2
    assert poll(oka, tag_on(fresh)).status == 304


def test_without_scripts_a_link_loads_the_page_anew(oka):
    assert DRILL in [a["href"] for a in oka.get(DRILL).html.select("#app-live a")]


def test_the_days_add_up_in_the_table(oka, app):
    first = statement(AOI)
    send(app, first, statement(NOBODY), statement(BEN))
    send(app, voiding(first))
    send(app, first)
    table = oka.get(DRILL).html.select("#app-live table")[-1]
    assert len(table.select("tbody tr")) == 14
    today = [int(cell.get_text()) for cell in table.select("tbody tr")[0].select("td")]
    assert today == [4, 2, 1, 1, 1]
    assert today[0] == sum(today[1:4])
    assert all(th.get("scope") for th in table.select("th"))


# --- a test message -------------------------------------------------------------------------------


def test_a_test_message_says_what_became_of_it_and_leaves_nothing_behind(oka, rows):
    page = oka.follow(oka.post(f"{DRILL}/test-message"))
    assert page.one(".notices .banner:not([hidden])")["data-kind"] == "ok"
    assert len(page.html.select("#app-live tbody")[0].select("tr")) == 2
    assert rows(LearningRecord) == []
    assert rows(QuarantinedStatement) == []
    [entry] = rows(AuditEntry, AuditEntry.verb == "app:tested")
    assert (entry.actor_id, entry.object_id) == (OKA.id, str(APP_DRILL))


def test_an_app_that_may_not_send_gets_no_test(oka, app, rows):
    oka.post(f"{DRILL}/change", {**FORM, "may_write": "", "may_read": "y"})
    assert not oka.get(DRILL).html.select(f"form[action='{DRILL}/test-message']")
    assert oka.post(f"{DRILL}/test-message").status == 403


# --- the list -------------------------------------------------------------------------------------


def test_the_list_says_for_every_app_what_came_and_what_waits(oka, app):
    send(app, statement(AOI), statement(BEN), statement(NOBODY))
    page = oka.get("/apps")
    cells = [" ".join(td.get_text(" ").split()) for td in page.html.select("tbody tr td")]
    assert cells[-3:] == ["3", "3", "1"]
    assert page.one("tbody td:last-child a")["href"] == f"/quarantine?app={APP_DRILL}"
    assert page.one("tbody th a")["href"] == DRILL


def test_long_lists_come_in_pages(oka, app):
    for number in range(45):
        add_app(app, f"app {number:02}")
    first = oka.get("/apps")
    assert len(first.html.select("tbody tr")) == 40
    second = oka.get(first.one("a[rel=next]")["href"])
    assert len(second.html.select("tbody tr")) == 6
    for odd in ("0", "-1", "x", "99999999999999999999", "٣"):
        assert oka.get(f"/apps?page={odd}").status == 200


def test_without_apps_the_page_says_what_to_do(browser):
    page = browser(SATO).get("/apps")
    assert page.one(".empty")
    assert page.one("main a[href='/apps/new']")


# --- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, f"/apps/documentation?app={APP_DRILL}"])
def test_pages_ask_few_questions_however_much_there_is(oka, app, queries, address):
    send(app, *(statement(who) for who in (AOI, BEN, KEN, NOBODY) for _ in range(15)))
    oka.post(f"{DRILL}/change", {**FORM, "which": "chosen", "school_ids": [str(PRIMARY)],
                                 "home_pages": IDENTITY_PROVIDER})  # fmt: skip
    for number in range(30):
        add_app(app, f"app {number:02}")
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        for row in scope.session.scalars(select(LearningApp)).all():
            if row.id != APP_DRILL:
                scope.session.add(
                    AppDay(
                        district_id=HINATA, app_id=row.id, day=clock.today(), recorded=1,
                        last_at=clock.now(),
                    )
                )  # fmt: skip
        audit.record(scope, "test:days", "x")
    oka.get(address)
    with queries() as seen:
        assert oka.get(address).status == 200
    assert len(seen) <= MAX_QUERIES, seen


def test_asking_again_costs_no_more(oka, app, queries):
    send(app, *(statement(AOI) for _ in range(60)))
    tag = tag_on(oka.get(DRILL))
    with queries() as seen:
        assert poll(oka, tag).status == 304
    assert len(seen) <= MAX_QUERIES


def test_an_unknown_app_is_not_there(oka):
    for address in (f"/apps/{uuid4()}", f"/apps/documentation?app={uuid4()}"):
        assert oka.get(address).status == 404
    assert oka.get("/apps/documentation?app=x").status == 200
