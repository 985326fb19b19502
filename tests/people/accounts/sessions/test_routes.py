"""Where somebody is signed in: listed, ended, and ended by the office."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import store as accounts_store
from aarportal.people.accounts.second_factor import store as factors
from aarportal.people.accounts.sessions.devices import plain_device
from aarportal.people.roster.models import DistrictRole, UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    HINATA,
    IWA,
    KEN,
    MORI,
    OKA,
    PASSWORD,
    PRIMARY,
    SECONDARY,
)
from tests.people.accounts import devices

CHROMEBOOK = (
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36"
)
IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/138.0.7204.33 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (CHROMEBOOK, ("Google Chrome", "ChromeOS")),
        (IPAD, ("Google Chrome", "iPad")),
        (EDGE, ("Microsoft Edge", "Windows")),
        ("curl/8.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_device_is_said_in_plain_words(header, said):
    assert plain_device(header) == said


def open_on(browser, member, header):
    window = browser()
    window.client.environ_base["HTTP_USER_AGENT"] = header
    return window.sign_in(member)


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda m: m.name)
def test_somebody_sees_their_devices_and_ends_one(browser, member):
    here, there = open_on(browser, member, CHROMEBOOK), open_on(browser, member, IPAD)
    open_on(browser, BEN, EDGE)
    page = here.get("/sessions")
    rows = page.html.select("ul.entries > li")
    assert [("ChromeOS" in row.get_text(), bool(row.form)) for row in rows] == [
        (True, False),
        (False, True),
    ]
    assert "iPad" in rows[1].get_text()
    here.follow(here.post(rows[1].form["action"]))
    assert there.get("/sessions").location.startswith("/sign-in")
    assert here.get("/sessions").status == 200


def test_all_others_end_at_once(browser):
    windows = [open_on(browser, CHIBA, header) for header in (CHROMEBOOK, IPAD, EDGE)]
    windows[1].post("/sessions/end-others")
    assert [window.get("/sessions").status for window in windows] == [303, 200, 303]


def test_nobody_ends_the_session_of_another(browser):
    chiba, aoi = browser(CHIBA), browser(AOI)
    browser(AOI)
    action = aoi.get("/sessions").one('form[action$="/end"]')["action"]
    assert chiba.post(action).status == 404
    assert browser(BEN).post(action).status == 404
    assert len(aoi.get("/sessions").html.select("ul.entries > li")) == 2


def test_the_office_ends_what_is_open_of_its_people_and_of_nobody_else(browser):
    oka, aoi, ken = browser(OKA), browser(AOI), browser(KEN)
    page = oka.get(f"/people/{AOI.id}")
    link = page.one('a[href^="/people/"][href$="/sign-ins"]')["href"]
    page = oka.get(link)
    oka.follow(oka.post(page.one('form[action$="/sign-ins/end"]')["action"]))
    assert aoi.get("/").location.startswith("/sign-in")
    assert oka.get(f"/people/{MORI.id}/sign-ins").status == 404
    assert oka.post(f"/people/{KEN.id}/sign-ins/end").status == 404
    assert ken.get("/").status == 200
    own = oka.get(f"/people/{OKA.id}/sign-ins")
    assert not own.html.select("form[action*=people]"), "nobody helps themselves"
    assert oka.post(f"/people/{OKA.id}/sign-ins/end").status == 403
    assert browser(CHIBA).get(f"/people/{AOI.id}/sign-ins").status == 403
    history = oka.get(f"/people/{AOI.id}/history")
    assert history.says(f"{OKA.family_name} {OKA.given_name}")


def comes_to(app, row_class, *, ends=None, **place):
    """Give Ms Chiba one more role, and let the one at the primary school end."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        at_primary = UserRole.user_id == CHIBA.id
        scope.session.execute(update(UserRole).where(at_primary).values(ends_before=ends))
        given = {"sourced_id": "one more", "user_id": CHIBA.id, "role_type": "primary"}
        scope.session.add(row_class(**given, **place))
        audit.record(scope, "test", CHIBA.id)


def has_device(app, member):
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return factors.is_enrolled(scope, member.id)


@pytest.fixture
def chibas_device(app):
    with app.app_context():
        devices.set_up(CHIBA)


@pytest.mark.parametrize(
    ("row_class", "place"),
    [
        (UserRole, {"school_id": SECONDARY, "role": "teacher"}),
        (DistrictRole, {"district_id": HINATA, "role": "districtAdministrator"}),
    ],
    ids=["at another school", "at the board"],
)
def test_a_teacher_who_left_is_not_signed_out_by_the_school_of_before(
    everybody, browser, chibas_device, row_class, place
):
    comes_to(everybody, row_class, ends=clock.today(), **place)
    oka, iwa = browser(OKA), browser(IWA)
    where = f"/people/{CHIBA.id}"
    assert oka.get(where).status == 200, "that she was here is known"
    assert not oka.get(where).html.select('a[href^="/people/"][href$="/sign-ins"]')
    assert oka.get(f"{where}/sign-ins").status == 404
    assert oka.post(f"{where}/sign-ins/end").status == 404
    assert oka.post(f"{where}/second-factor/remove").status == 404
    assert has_device(everybody, CHIBA)
    iwa.follow(iwa.post(f"{where}/second-factor/remove"))
    assert not has_device(everybody, CHIBA)


def test_a_school_signs_out_nobody_who_speaks_for_the_board(everybody, browser, chibas_device):
    comes_to(everybody, DistrictRole, district_id=HINATA, role="districtAdministrator")
    oka, where = browser(OKA), f"/people/{CHIBA.id}"
    page = oka.get(f"{where}/sign-ins")
    assert not page.html.select(f'form[action^="{where}"]')
    assert oka.post(f"{where}/sign-ins/end").status == 403
    assert oka.post(f"{where}/second-factor/remove").status == 403
    assert has_device(everybody, CHIBA)
    with everybody.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        posts = accounts_store.posts(scope, CHIBA.id, clock.today())
    assert {post.school_id for post in posts} == {PRIMARY, NOTHING}


def test_a_new_password_ends_all_other_sessions(browser):
    here, there = browser(CHIBA), browser(CHIBA)
    fields = {
        "now": PASSWORD,
        "new": "四つ葉のクローバーと雨の日",
        "again": "四つ葉のクローバーと雨の日",
    }
    here.follow(here.post("/password", fields))
    assert here.get("/health").status == 200, "this one is as it was"
    assert there.get("/").location.startswith("/sign-in")
    with pytest.raises(AssertionError):
        browser(CHIBA)
    other = browser()
    fields = {"code": "hinata-e", "login_id": "chiba", "password": fields["new"]}
    assert other.post("/sign-in", fields).status == 303


@pytest.mark.parametrize(
    ("now", "new", "again"),
    [
        ("guess", "四つ葉のクローバーと雨の日", ""),
        (PASSWORD, "みじかい", ""),
        (PASSWORD, "P@ssw0rd20262026", ""),
        (PASSWORD, "chiba-sakura-2026", ""),
        (PASSWORD, PASSWORD, ""),
        (PASSWORD, "四つ葉のクローバーと雨の日", "another one of these"),
        (PASSWORD, "", ""),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(browser, now, new, again):
    chiba = browser(CHIBA)
    page = chiba.post("/password", {"now": now, "new": new, "again": again or new})
    assert page.status == 422
    assert page.html.select(".field-error")
    assert not page.html.select("input[type=password][value]:not([value=''])"), (
        "no password stands on a page"
    )
    browser(CHIBA)


def test_guessing_the_password_of_now_is_over_soon(browser):
    chiba = browser(CHIBA)
    fields = {"new": "四つ葉のクローバーと雨の日", "again": "四つ葉のクローバーと雨の日"}
    for _ in range(5):
        assert chiba.post("/password", {**fields, "now": "guess"}).status == 422
    assert chiba.post("/password", {**fields, "now": PASSWORD}).status == 429
    clock.shift(timedelta(minutes=14))
    assert chiba.post("/password", {**fields, "now": PASSWORD}).status == 429
