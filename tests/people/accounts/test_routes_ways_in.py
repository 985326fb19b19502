"""Locks, own passwords and login cards, as people meet them."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import store
from aarportal.people.accounts.cards import operations as cards
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.operations import Entrance
from aarportal.people.accounts.passwords import NO_PASSWORD
from aarportal.people.accounts.proofs import FRESH_FOR
from aarportal.people.accounts.tries.operations import PER_ACCOUNT
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CODES,
    DOI,
    HANA,
    IWA,
    MORI,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
    scope_of,
)
from tests.pages import Browser

CARDS = f"/classes/{CLASS_4_2}/cards"
OWN = "ねこと やまと うみ"


@pytest.fixture(autouse=True)
def in_class_time(app):
    clock.shift(datetime(2026, 11, 16, 1, 0, tzinfo=UTC) - datetime.now(UTC))


def sign_in(window, member=AOI, password=PASSWORD):
    fields = {"code": CODES[member.school_id], "login_id": member.login_id, "password": password}
    return window.post("/sign-in", fields)


def guess_until_it_rests(window, member=AOI):
    while True:
        page = sign_in(window, member, "wrong")
        if page.status == 429:
            clock.shift(clock.now() + 2 * PER_ACCOUNT.window - datetime.now(UTC))
        elif page.says("おやすみ中"):
            clock.shift(clock.now() + 2 * PER_ACCOUNT.window - datetime.now(UTC))
            return page


def given(app, member):
    """The password came from somebody else."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(
            update(Account).where(Account.user_id == member.id).values(must_change=True)
        )
        audit.record(scope, "test", member.id)


def a_card(app, member=AOI, by=CHIBA, class_id=CLASS_4_2):
    with app.app_context(), unit_of_work(scope_of(by)) as scope:
        return cards.hand_out(scope, class_id, [member.id])[0]


def taps(made):
    return {f"picture_{n}": name for n, name in enumerate(made.pictures, start=1)}


# --- accounts that rest ---------------------------------------------------------------------------


def test_the_teacher_sees_who_is_locked_out_and_opens_with_one_tap(browser):
    page = guess_until_it_rests(browser())
    assert page.status == 422
    assert page.says("せんせいに")
    assert sign_in(browser()).status == 422
    desk = browser(CHIBA)
    board = desk.get(f"/class/{CLASS_4_2}")
    form = board.one("#locked-out form")
    assert board.says(AOI.given_name)
    fields = {it["name"]: it["value"] for it in form.select("input[type=hidden]")}
    back = desk.post(form["action"], fields)
    assert back.location == f"/class/{CLASS_4_2}"
    assert not desk.follow(back).html.select("#locked-out form")
    assert sign_in(browser()).status == 303


def test_a_page_of_the_class_that_stands_open_shows_who_is_locked_out_meanwhile(browser):
    desk, address = browser(CHIBA), f"/class/{CLASS_4_2}"
    board = desk.get(address).one("#class-now")
    asks = {"HX-Request": "true", "HX-Target": "class-now", **json.loads(board["hx-headers"])}
    assert desk.client.get(address, headers=asks).status_code == 304
    guess_until_it_rests(browser())
    # Meanwhile the teacher's own session has been idle too long.
    again = browser(CHIBA).get(address, headers=asks)
    assert again.status == 200
    assert again.html.select("#locked-out form")


def test_the_office_opens_for_staff_and_teachers_do_not(browser):
    guess_until_it_rests(browser(), CHIBA)
    address = f"/sign-ins/staff/{CHIBA.id}/open"
    assert browser(DOI).post(address).status == 403
    assert browser(SATO).post(address).status == 404
    office = browser(OKA)
    assert office.get("/sign-ins").one("form[action$=open]")["action"] == address
    assert not office.follow(office.post(address)).html.select("form[action$=open]")
    assert sign_in(browser(), CHIBA).status == 303


def test_the_board_opens_for_an_office_that_is_locked_out(browser, everybody):
    office = browser(OKA)
    guess_until_it_rests(browser(), OKA)
    where = f"/people/{OKA.id}/sign-ins"
    assert not office.get(where).html.select("form[action$=open]"), "nobody helps themselves"
    board = browser(IWA)
    form = board.get(where).one("form[action$=open]")
    assert not board.follow(board.send(form)).html.select("form[action$=open]")
    assert sign_in(browser(), OKA).status == 303
    for other, status in ((OKA, 403), (SATO, 404), (CHIBA, 403)):
        assert browser(other).post(form["action"]).status == status


def test_a_start_password_is_shown_once(browser):
    desk = browser(CHIBA)
    address = f"/sign-ins/pupils/{AOI.id}/password"
    fields = {"idem": "one tap", "class": str(CLASS_4_2)}
    page = desk.post(address, fields)
    password = page.one("code.secret").text
    assert page.response.headers["Cache-Control"] == "no-store"
    again = desk.post(address, fields)
    assert (again.status, again.location) == (303, CARDS)
    aoi = browser()
    assert sign_in(aoi, AOI, password).status == 303
    assert aoi.get("/letters").location == "/password"
    for other in (MORI, SATO, DOI):
        assert browser(other).post(address).status == 404
    assert browser(BEN).post(address).status == 403


def test_a_teachers_password_alone_gives_nobody_a_pupils(browser):
    """With it the pupil's grades would open, which the teacher's own do not without a second."""
    weak = browser().sign_in(CHIBA, strong=False)
    assert weak.post(f"/sign-ins/pupils/{AOI.id}/password").status == 403
    assert sign_in(browser(), AOI).status == 303, "nothing was changed"


# --- a password of one's own ----------------------------------------------------------------------


def test_nothing_opens_before_the_own_password_is_chosen(app, browser):
    given(app, AOI)
    aoi = browser(AOI)
    for address in ("/", "/letters", "/goal", "/my-record", "/my-grades"):
        page = aoi.get(address)
        assert (page.status, page.location) == (303, "/password"), address
    assert aoi.post("/letters", {"language": "en"}).location == "/password"
    assert aoi.get("/", headers={"Accept": "application/json"}).status == 403
    page = aoi.get("/password")
    assert not page.html.select("[name=now]")
    for chosen, again in (("kurz", "kurz"), (OWN, "another"), (PASSWORD, PASSWORD), ("", "")):
        refused = aoi.post("/password", {"new": chosen, "again": again})
        assert refused.status == 422
        assert refused.html.select(".field-error")
        assert aoi.get("/").location == "/password"
    assert aoi.post("/password", {"new": OWN, "again": OWN}).location == "/"
    assert aoi.get("/letters").status == 200
    assert sign_in(browser()).status == 422
    assert sign_in(browser(), AOI, OWN).status == 303


def test_whoever_has_to_choose_can_still_leave(app, browser):
    given(app, CHIBA)
    chiba = browser(CHIBA)
    assert chiba.get("/").location == "/password"
    assert chiba.post("/sign-out").location == "/sign-in"
    assert chiba.get("/password").location.startswith("/sign-in")


def test_small_children_keep_the_one_that_was_drawn_for_them(app, browser):
    given(app, HANA)
    assert browser(HANA).get("/letters").status == 200


def test_nobody_takes_a_small_childs_account_at_a_tablet_that_lies_open(app, browser):
    given(app, HANA)
    tablet = browser(HANA)
    assert tablet.get("/password").html.select("[name=now]")
    taken = tablet.post("/password", {"new": OWN, "again": OWN})
    assert taken.status == 422
    assert taken.one("#now-error")
    assert sign_in(browser(), HANA).status == 303, "nothing was changed"
    own = tablet.post("/password", {"now": PASSWORD, "new": OWN, "again": OWN})
    assert own.status == 303
    assert sign_in(browser(), HANA, OWN).status == 303


def test_who_lets_the_choice_lie_for_a_while_types_the_given_one_once_more(app, browser):
    given(app, AOI)
    tablet = browser(AOI)
    clock.shift(clock.now() + FRESH_FOR - datetime.now(UTC))
    taken = tablet.post("/password", {"new": OWN, "again": OWN})
    assert taken.status == 422
    assert taken.one("[name=now]")
    own = tablet.post("/password", {"now": PASSWORD, "new": OWN, "again": OWN})
    assert own.location == "/"


LONG_OWN = "四つ葉のクローバーと雨の日"


def came_in(browser, app, member, way="oidc"):
    """The member's browser, in by another way."""
    window = browser()
    with app.app_context():
        with unit_of_work(SystemScope("test"), read_only=True) as scope:
            code = CODES[member.school_id]
            found = store.applicant(scope, code, member.login_id, clock.today())
        token = accounts.let_in(found, Entrance(way))
    with window.client.session_transaction() as kept:
        kept["token"] = token
    return window


@pytest.mark.parametrize(("member", "new"), [(AOI, OWN), (CHIBA, LONG_OWN)], ids=["aoi", "chiba"])
def test_a_given_password_that_was_never_used_is_asked_for(app, browser, member, new):
    """Everybody of a school was given one, and comes in by the provider."""
    given(app, member)
    window = came_in(browser, app, member)
    assert window.get("/letters").status == 200
    page = window.get("/password")
    assert page.html.select("[name=now]")
    assert page.says("先生" if member is AOI else "パスワードはいりません")
    assert window.post("/password", {"new": new, "again": new}).status == 422
    assert sign_in(browser(), member).status == 303, "nothing was changed"
    own = window.post("/password", {"now": PASSWORD, "new": new, "again": new})
    assert own.location == "/sessions"
    assert sign_in(browser(), member, new).status == 303


def test_a_choice_without_a_password_proves_nothing_anew(app, browser):
    given(app, CHIBA)
    chiba, began = browser().sign_in(CHIBA, strong=False), clock.now()
    clock.shift(began + FRESH_FOR * 0.9 - datetime.now(UTC))
    assert chiba.post("/password", {"new": LONG_OWN, "again": LONG_OWN}).location == "/"
    clock.shift(began + FRESH_FOR * 1.1 - datetime.now(UTC))
    assert chiba.post("/second-factor/begin").status == 403
    typed = {"now": LONG_OWN, "new": LONG_OWN[::-1], "again": LONG_OWN[::-1]}
    assert chiba.post("/password", typed).location == "/sessions"
    assert chiba.post("/second-factor/begin").status == 303


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda m: m.name)
def test_who_has_no_password_is_led_to_none(app, browser, member):
    window = came_in(browser, app, member)
    for address in ("/letters", "/sessions"):
        assert window.get(address).html.select("main a[href='/password']"), address
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        store.account(scope, member.id).password_hash = NO_PASSWORD
        audit.record(scope, "test", member.id)
    for address in ("/letters", "/sessions"):
        assert not window.get(address).html.select("main a[href='/password']"), address
    assert window.get("/password").status == 404
    assert window.post("/password", {"now": "!", "new": OWN, "again": OWN}).status == 404


def test_later_the_password_of_before_is_asked_for(browser):
    aoi = browser(AOI)
    page = aoi.post("/password", {"now": "wrong", "new": OWN, "again": OWN})
    assert page.status == 422
    assert page.one("#now-error")
    done = aoi.post("/password", {"now": PASSWORD, "new": OWN, "again": OWN})
    assert done.status == 303
    assert sign_in(browser(), AOI, OWN).status == 303


# --- login cards ----------------------------------------------------------------------------------


def test_a_class_gets_its_cards_once_and_children_come_in(app, browser):
    desk = browser(CHIBA)
    page = desk.get(CARDS)
    chosen = [it["value"] for it in page.html.select("[name=student][checked]")]
    assert chosen == [str(AOI.id), str(BEN.id)]
    fields = {"student": chosen, "idem": "one sheet"}
    printed = desk.post(CARDS, fields)
    assert printed.status == 200
    assert len(printed.html.select(".login-card")) == 2
    assert len(printed.html.select(".login-card svg.qr")) == 2
    assert len(printed.html.select(".login-card-pictures li")) == 6
    assert desk.post(CARDS, fields).location == CARDS
    assert not re.search(r"/card/[\w-]{20}", printed.text)
    assert not desk.get(CARDS).html.select("[name=student][checked]"), "each has a card now"


def test_a_new_card_puts_out_whoever_came_in_with_the_one_before(app, browser):
    made, finder, own = a_card(app), browser(), browser(AOI)
    finder.get(f"/card/{made.token}")
    assert finder.post("/card", taps(made)).status == 303
    assert browser(CHIBA).post(CARDS, {"student": str(AOI.id)}).status == 200
    assert finder.get("/letters").location.startswith("/sign-in")
    assert own.get("/letters").status == 200, "a password is not the card"


def test_the_code_leads_to_the_pictures_and_stays_in_no_address(app, browser):
    made, window = a_card(app), browser()
    scanned = window.get(f"/card/{made.token}")
    assert (scanned.status, scanned.location) == (303, "/card")
    page = window.follow(scanned)
    for answer in (scanned, page):
        assert answer.response.headers.get_all("Referrer-Policy") == ["no-referrer"]
        assert answer.response.headers["Cache-Control"] == "no-store"
    assert made.token not in page.text
    assert AOI.given_name not in page.text
    assert page.html.html["lang"] == "ja-Hira"
    assert window.get("/letters").location.startswith("/sign-in")
    assert window.post("/card", taps(made)).location == "/"
    assert window.get("/letters").status == 200


def test_looking_at_the_address_opens_nothing(app, browser):
    made, window = a_card(app), browser()
    for _ in range(3):
        window.get(f"/card/{made.token}", headers={"Sec-Purpose": "prefetch"})
        window.get("/card")
    assert window.get("/letters").status == 303


@pytest.mark.parametrize("missing", ["picture_1", "picture_3", "all"])
def test_a_picture_in_each_row_is_asked_for(app, browser, missing):
    made, window = a_card(app), browser()
    window.get(f"/card/{made.token}")
    fields = {k: v for k, v in taps(made).items() if missing not in (k, "all")}
    page = window.post("/card", fields)
    assert page.status == 422
    assert window.get("/letters").status == 303


def test_a_form_that_is_sent_again_after_the_card_ended_opens_nothing(app, browser):
    made, window = a_card(app), browser()
    window.get(f"/card/{made.token}")
    assert window.post("/card", taps(made)).status == 303
    assert window.post("/card", taps(made)).status in {200, 422}, "the browser holds no code now"
    desk = browser(CHIBA)
    ended = desk.post(f"{CARDS}/end", {"student": str(AOI.id)})
    assert ended.location == CARDS
    assert window.get("/letters").location.startswith("/sign-in")
    window.get(f"/card/{made.token}")
    assert window.get("/card").says("せんせい")
    assert window.post("/card", taps(made)).status == 422


def test_the_next_childs_card_puts_the_child_before_out(app, browser):
    made, window = a_card(app, BEN), browser(AOI)
    with window.client.session_transaction() as held:
        token = held["token"]
    window.get(f"/card/{made.token}")
    assert window.get("/letters").status == 200
    window.post("/card", taps(made))
    assert window.get("/").says("べん")
    other = browser()
    with other.client.session_transaction() as held:
        held["token"] = token
    assert other.get("/letters").status == 303


def test_a_session_of_a_card_opens_nothing_sensitive(app, browser):
    made, window = a_card(app), browser()
    window.get(f"/card/{made.token}")
    window.post("/card", taps(made))
    for address in ("/password", "/my-record", "/my-grades", "/my-requests"):
        assert window.get(address).status == 403, address
    for address in ("/letters", "/sessions"):
        page = window.get(address)
        assert page.status == 200
        assert not page.html.select("main a[href='/password']"), address


def test_cards_of_another_class_are_not_there(browser):
    for other, status in ((MORI, 404), (DOI, 404), (SATO, 404), (BEN, 403)):
        window = browser(other)
        assert window.get(CARDS).status == status
        assert window.post(CARDS, {"student": str(AOI.id)}).status == status
        assert window.post(f"{CARDS}/end", {"student": str(AOI.id)}).status == status
        assert window.post(f"{CARDS}/{AOI.id}/release").status == status
    assert (
        browser(CHIBA).post(f"/classes/{CLASS_1_1}/cards", {"student": str(HANA.id)}).status == 404
    )
    assert browser(CHIBA).post(CARDS, {"student": str(HANA.id)}).status == 404
    assert browser(CHIBA).post(CARDS, {"student": str(CHIBA.id)}).status == 404
    assert browser(CHIBA).post(CARDS, {}).status == 422


def test_the_office_says_the_networks_and_ends_all(app, browser):
    made, office = a_card(app), browser(OKA)
    kept = office.follow(office.post("/cards", {"networks": "203.0.113.9/24"}))
    assert kept.one("textarea").text.strip() == "203.0.113.0/24"
    wrong = office.post("/cards", {"networks": "0.0.0.0/0"})
    assert wrong.status == 422
    assert wrong.one("textarea").text.strip() == "0.0.0.0/0"
    assert browser(CHIBA).get("/cards").status == 403
    office.follow(office.post("/cards/end"))
    window = browser()
    window.get(f"/card/{made.token}")
    assert window.post("/card", taps(made)).status == 422


# --- a tablet that many share ---------------------------------------------------------------------


def test_a_shared_tablet_says_kawaru_and_leaves_nothing_in_caches(browser):
    window = browser()
    assert window.post("/shared-device", {"shared": "1"}).location == "/sign-in"
    asked = window.get("/sign-in")
    assert asked.one("[name=login_id]")["autocomplete"] == "off"
    sign_in(window)
    assert window.client.get_cookie("shared").http_only
    page = window.get("/")
    assert page.says("かわる")
    assert page.one("meta[name=idle-minutes]")["content"] == "5"
    assert page.response.headers["Cache-Control"] == "no-store"
    left = window.post("/sign-out")
    assert left.response.headers["Clear-Site-Data"] == '"cache"'
    assert window.get("/sign-in").one("[name=code]")["value"] == CODES[PRIMARY]
    window.post("/shared-device", {"shared": "0"})
    sign_in(window)
    assert not window.get("/").says("かわる")
    assert "Clear-Site-Data" not in window.post("/sign-out").response.headers


@pytest.mark.parametrize(
    ("usual", "shared", "alone"), [(0, "5", "0"), (3, "3", "3"), (30, "5", "30")]
)
def test_a_shared_tablet_is_locked_after_five_minutes_however_long_others_stay_open(
    another, usual, shared, alone
):
    """Zero means that the installation locks no page: never so on a tablet that many share."""
    app = another(idle_minutes=usual)
    own, tablet = Browser(app).sign_in(AOI), Browser(app)
    tablet.post("/shared-device", {"shared": "1"})
    tablet.sign_in(AOI)
    for window, minutes in ((own, alone), (tablet, shared)):
        assert window.get("/").one("meta[name=idle-minutes]")["content"] == minutes
