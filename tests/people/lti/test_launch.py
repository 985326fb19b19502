"""People come in from a platform of somebody else's making."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account, SignInSession
from aarportal.people.identity import operations as identity
from aarportal.people.lti import store
from aarportal.people.lti.models import LtiBinding, LtiCompletion, LtiPlatform
from aarportal.people.roster.models import User
from tests.cast import AOI, BEN, CHIBA, HANA, KEN, OKA, scope_of
from tests.people.lti.platform import (
    CLIENT_ID,
    INSTRUCTOR,
    PORTAL,
    launched,
    recognized,
    send,
)


def test_a_pupil_comes_in_from_the_platform(browser, platform):
    aoi = browser()
    page = launched(aoi, platform)
    assert (page.status, page.location) == (303, "/")
    assert aoi.get("/").says("めあて")


def test_login_may_begin_with_a_form_and_by_the_address_of_one_registration(browser, platform):
    aoi = browser()
    asked = {
        "iss": platform.address,
        "login_hint": "x",
        "target_link_uri": f"{PORTAL}/lti/launch",
        "client_id": CLIENT_ID,
    }
    for path in ("/lti/login", f"/lti/login/{platform.id}"):
        answer = aoi.client.post(path, data=asked)
        assert answer.status_code == 302
        assert answer.location.startswith(f"{platform.address}/auth?")
    for missing in ("iss", "login_hint"):
        page = aoi.client.post("/lti/login", data=asked | {missing: ""})
        assert page.status_code == 400
    assert aoi.client.post("/lti/login", data=asked | {"iss": "https://x"}).status_code == 404
    assert aoi.client.post("/lti/login", data=asked | {"client_id": "x"}).status_code == 404


def test_a_link_opens_at_the_very_place(browser, platform):
    chiba = browser()
    platform.user_id, platform.roles = str(CHIBA.id), [INSTRUCTOR]
    page = launched(chiba, platform, target=f"{PORTAL}/units?class_id=1")
    assert (page.status, page.location) == (303, "/units?class_id=1")


@pytest.mark.parametrize(("shared", "status"), [("1", 303), ("0", 200)])
def test_on_a_shared_tablet_nobody_is_in_after_a_double_lesson(browser, platform, shared, status):
    tablet = browser()
    tablet.post("/shared-device", {"shared": shared})
    assert launched(tablet, platform).status == 303
    assert tablet.get("/letters").status == 200
    clock.shift(timedelta(minutes=101))
    assert tablet.get("/letters").status == status


def test_roles_of_the_platform_open_nothing(browser, platform):
    """What somebody is here, the roster says."""
    aoi = browser()
    platform.roles = ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"]
    assert launched(aoi, platform).status == 303
    assert aoi.get("/rosters").status == 403


def test_somebody_who_is_not_in_the_roster_stays_outside(browser, platform, private):
    def known():
        with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
            return [
                scope.session.scalar(select(func.count()).select_from(row_class))
                for row_class in (User, Account, LtiBinding)
            ]

    before = known()
    platform.user_id = "00000000-0000-4000-8000-000000000000"
    stranger = browser()
    page = launched(stranger, platform)
    assert page.status == 403
    assert page.says("名簿")
    assert stranger.get("/").status == 303
    assert known() == before, "nobody was made up"


def test_a_school_brings_its_own_people_only(browser, platform):
    """The platform was entered by the office of the primary school; Ken is at the secondary."""
    platform.user_id = str(KEN.id)
    assert launched(browser(), platform).status == 403


def test_a_platform_of_a_school_brings_nobody_with_the_rights_of_its_office(browser, platform):
    platform.user_id = str(OKA.id)
    oka = browser()
    assert launched(oka, platform).status == 403
    assert oka.get("/rosters").status == 303


def test_who_came_before_is_known_again_and_nobody_takes_their_name(browser, platform, private):
    assert launched(browser(), platform).status == 303
    with private.app_context(), unit_of_work(SystemScope("the roster changes")) as scope:
        scope.session.get(User, AOI.id).master_identifier = ""
        audit.record(scope, "user:changed", AOI.id)
    again = browser()
    assert launched(again, platform).status == 303
    with private.app_context(), unit_of_work(SystemScope("the roster changes")) as scope:
        scope.session.get(User, BEN.id).master_identifier = str(AOI.id)
        audit.record(scope, "user:changed", BEN.id)
    assert launched(browser(), platform).status == 403
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        [entry] = scope.session.scalars(select(AuditEntry).where(AuditEntry.verb == "lti:refused"))
    assert entry.object_id == str(AOI.id), "whose the account was"
    assert entry.detail == f"LTI launch; bound_to_another: {platform.id}"


@pytest.mark.parametrize("name", ["identifier", "username", "sub"])
def test_a_child_who_was_taken_for_another_comes_in_after_the_office_let_go_of_the_account(
    browser, platform, private, name
):
    """The roster gave Aoi's identifier to Ben by mistake, and Aoi came while it did."""
    sub = "aoi-at-the-platform"
    platform.user_id = sub
    give(private, {BEN: sub})
    as_ben = browser()
    assert launched(as_ben, platform).status == 303
    give(private, {BEN: "bens-own", AOI: sub})
    assert launched(browser(), platform).status == 403
    oka, path = browser(OKA), f"/rosters/platforms/{platform.id}/release"
    assert oka.get("/rosters/platforms").one(f'a[href="{path}"]')
    assert oka.get(path).status == 200
    page = oka.post(path, {"name": "somebody@hinata.example"})
    assert page.status == 422
    assert page.html.select(".field-error")
    given = {"identifier": "BENS-OWN", "username": "Ben@hinata.example", "sub": sub}[name]
    assert oka.post(path, {"name": given}).status == 303
    assert as_ben.get("/").location.startswith("/sign-in"), "what was opened by mistake is shut"
    assert launched(browser(), platform).status == 303
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(SignInSession.user_id).where(SignInSession.way == "lti")
        assert scope.session.scalars(query).all() == [AOI.id]


def test_what_a_platform_was_to_be_told_of_a_child_taken_for_another_is_not_sent(
    browser, platform, private
):
    platform.grading = {"lineitems_url": f"{platform.address}/items"}
    with private.app_context(), unit_of_work(SystemScope("registration")) as scope:
        scope.session.get(LtiPlatform, platform.id).sends_completion = True
        audit.record(scope, "lti_platform:changed", platform.id)
    for member in (AOI, BEN):
        platform.user_id = str(member.id)
        assert launched(browser(), platform).status == 303
    oka = browser(OKA)
    oka.post(f"/rosters/platforms/{platform.id}/release", {"name": str(AOI.id)})
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert [row.user_id for row in scope.session.scalars(select(LtiCompletion))] == [BEN.id]


def give(app, identifiers):
    with app.app_context(), unit_of_work(SystemScope("the roster changes")) as scope:
        for member, identifier in identifiers.items():
            scope.session.get(User, member.id).master_identifier = identifier
        audit.record(scope, "user:changed", "")


@pytest.mark.both_databases
def test_names_are_compared_without_case_and_letters_that_look_alike_are_others(
    browser, platform, private
):
    platform.user_id = str(AOI.id).upper()
    assert launched(browser(), platform).status == 303
    with private.app_context(), unit_of_work(SystemScope("registration")) as scope:
        scope.session.get(LtiPlatform, platform.id).known_by = "email"
        scope.session.get(User, BEN.id).username = "kou@hinata.example"
        audit.record(scope, "lti_platform:changed", platform.id)
    platform.user_id, platform.email = "kou", "Kou@Hinata.Example"
    assert launched(browser(), platform).status == 303
    platform.user_id, platform.email = "another", "\N{KELVIN SIGN}ou@hinata.example"
    assert launched(browser(), platform).status == 403


def test_a_person_of_the_roster_without_an_account_gets_one_that_no_password_opens(
    browser, platform, private
):
    with private.app_context(), unit_of_work(SystemScope("no account")) as scope:
        scope.session.delete(scope.session.get(Account, BEN.id))
        audit.record(scope, "account:closed", BEN.id)
    platform.user_id = str(BEN.id)
    ben = browser()
    assert launched(ben, platform).status == 303
    assert ben.get("/").status == 200
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        login_id = scope.session.get(Account, BEN.id).login_id
    assert login_id == "ben@hinata.example", "the one of the roster, which can be typed"
    for password in ("!", "", "nobody has this password"):
        page = browser().post(
            "/sign-in", {"code": "hinata-e", "login_id": login_id, "password": password}
        )
        assert page.status == 422


@pytest.mark.parametrize("error", ["login_required", "<b>x</b>"])
def test_a_platform_that_refuses_leads_to_a_page_in_our_words(browser, platform, error):
    page = send(browser(), {"error": error, "state": "x", "error_description": error})
    assert page.status == 400
    assert error not in page.text


def test_a_platform_that_refuses_by_an_address_is_told_as_such(browser):
    page = browser().get("/lti/launch?error=login_required&state=x")
    assert page.status == 400
    assert not page.location
    assert browser().get("/lti/launch").location == "/"


@pytest.mark.parametrize("name", ["login_hint", "iss"])
def test_a_login_is_what_its_form_says_and_not_what_stands_in_the_address(browser, platform, name):
    asked = {"iss": platform.address, "login_hint": "x", "client_id": CLIENT_ID}
    in_the_address = {name: asked.pop(name)}
    answer = browser().client.post("/lti/login", data=asked, query_string=in_the_address)
    assert answer.status_code == 400


# --- browsers -------------------------------------------------------------------------------------


def test_another_browser_is_asked_who_it_is(browser, platform):
    """A form with somebody else's launch must not sign a child in as somebody else unseen."""
    fields = recognized(browser(), platform, platform.link())
    victim = browser()
    page = send(victim, fields)
    assert page.status == 200
    assert page.says("髙﨑 葵")
    assert victim.get("/").status == 303
    ticket = page.one("input[name=ticket]")["value"]
    for origin in ({}, {"Origin": "null"}, {"Origin": "https://evil.example"}):
        answer = victim.client.post("/lti/enter", data={"ticket": ticket}, headers=origin)
        assert answer.status_code == 400
    inside = victim.client.post(
        "/lti/enter", data={"ticket": ticket, "kept": ""}, headers={"Origin": PORTAL}
    )
    assert (inside.status_code, inside.location) == (303, "/")
    assert victim.get("/").status == 200
    again = browser().client.post("/lti/enter", data={"ticket": ticket}, headers={"Origin": PORTAL})
    assert again.status_code == 400


@pytest.mark.parametrize("public_url", ["http://LocalHost:80/", "HTTP://localhost"])
def test_the_page_lets_in_however_the_portals_own_address_is_written(
    browser, platform, private, public_url
):
    before = private.config["SETTINGS"]
    private.config["SETTINGS"] = replace(before, public_url=public_url)
    aoi = browser()
    page = send(aoi, recognized(aoi, platform, platform.link()), **{"Sec-Fetch-Dest": "iframe"})
    ticket = page.one("input[name=ticket]")["value"]
    sent = aoi.client.post("/lti/enter", data={"ticket": ticket}, headers={"Origin": PORTAL})
    assert (sent.status_code, sent.location) == (303, "/")


def test_in_a_frame_the_way_leads_to_a_tab_of_its_own(browser, platform):
    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    page = send(aoi, fields, **{"Sec-Fetch-Dest": "iframe"})
    assert page.status == 200
    assert page.one("#give-state")["target"] == "_blank"
    policy = page.response.headers["Content-Security-Policy"]
    assert f"frame-ancestors {platform.address};" in policy + ";"
    assert "X-Frame-Options" not in page.response.headers
    # That page alone.
    assert (
        "frame-ancestors 'none'" in aoi.get("/sign-in").response.headers["Content-Security-Policy"]
    )
    assert aoi.get("/").status == 303


def test_a_platform_with_storage_keeps_the_state(browser, platform):
    aoi = browser()
    link = platform.link(lti_storage_target="_parent")
    page = aoi.get(link.removeprefix(PORTAL))
    assert page.status == 200
    place = page.one("#keep-state")
    assert place["data-frame"] == "_parent"
    assert place["data-origins"] == platform.address
    assert page.one("#keep-state a")["href"].startswith(f"{platform.address}/auth?")
    odd = aoi.get(platform.link(lti_storage_target="%22onload").removeprefix(PORTAL))
    assert odd.status == 302


def test_a_state_of_another_launch_lets_nobody_in(browser, platform):
    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    page = send(aoi, fields, **{"Sec-Fetch-Dest": "iframe"})
    ticket = page.one("input[name=ticket]")["value"]
    for kept, status in (("-", 400), (fields["state"], 400)):
        answer = aoi.client.post(
            "/lti/enter", data={"ticket": ticket, "kept": kept}, headers={"Origin": PORTAL}
        )
        # The first try used the ticket up.
        assert answer.status_code == status
    page = send(aoi, recognized(aoi, platform, platform.link()), **{"Sec-Fetch-Dest": "iframe"})
    state = page.one("#give-state")["data-state"]
    answer = aoi.client.post(
        "/lti/enter",
        data={"ticket": page.one("input[name=ticket]")["value"], "kept": state},
        headers={"Origin": PORTAL},
    )
    assert answer.status_code == 303


def test_a_ticket_is_good_for_minutes(browser, platform):
    aoi = browser()
    page = send(aoi, recognized(aoi, platform, platform.link()), **{"Sec-Fetch-Dest": "iframe"})
    clock.shift(timedelta(minutes=20))
    answer = aoi.client.post(
        "/lti/enter",
        data={"ticket": page.one("input[name=ticket]")["value"]},
        headers={"Origin": PORTAL},
    )
    assert answer.status_code == 400


def test_a_platform_that_is_paused_brings_nobody(browser, platform, private):
    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    oka = browser(OKA)
    assert oka.post(f"/rosters/platforms/{platform.id}/pause").status == 303
    assert send(aoi, fields).status == 404
    assert aoi.get(platform.link().removeprefix(PORTAL)).status == 404


@pytest.mark.both_databases
@pytest.mark.parametrize("act", ["pause", "remove"])
def test_with_a_platform_ends_what_is_open_by_it_and_nothing_else(browser, platform, private, act):
    by_launch, by_password, ben = browser(), browser(AOI), browser()
    assert launched(by_launch, platform).status == 303
    platform.user_id = str(BEN.id)
    assert launched(ben, platform).status == 303
    # By now Ben and Hana are one child: what Ben opens is Hana's.
    with private.app_context(), unit_of_work(scope_of(OKA)) as scope:
        identity.merge(scope, HANA.id, BEN.id, confirmed=True)
    hana = browser()
    assert launched(hana, platform).status == 303
    assert browser(OKA).post(f"/rosters/platforms/{platform.id}/{act}").status == 303
    for shut in (by_launch, ben, hana):
        assert shut.get("/").location.startswith("/sign-in")
    assert by_password.get("/").status == 200
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(AuditEntry).where(AuditEntry.verb == "sessions:closed")
        [entry] = scope.session.scalars(query)
    assert (entry.actor_id, entry.object_id) == (OKA.id, str(platform.id))
    assert entry.detail == "a way in was closed; 2"


# --- at once --------------------------------------------------------------------------------------


def four_at_once(app, browser, database, monkeypatch, look, url, fields):
    """Send a form from four windows that hold what a browser holds; gives what they hear."""
    kept = browser.client.get_cookie("launch").value
    together, looked, ask = threading.Barrier(4), threading.local(), getattr(store, look)

    def looks(*given):
        # SQLite has one writer, which stands here alone; whoever comes in looks once more.
        if database.kind == "postgresql" and not hasattr(looked, "once"):
            looked.once = True
            together.wait(timeout=60)
        return ask(*given)

    monkeypatch.setattr(store, look, looks)

    def bring(_number):
        client = app.test_client()
        client.set_cookie("launch", kept)
        if database.kind == "sqlite":
            together.wait(timeout=60)
        return client.post(url, data=fields, headers={"Origin": PORTAL}).status_code

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(bring, range(4)))


def sessions(app):
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(SignInSession.user_id).where(SignInSession.way == "lti")
        return scope.session.scalars(query).all()


@pytest.mark.both_databases
def test_of_many_who_bring_the_same_launch_at_once_one_comes_in(
    browser, platform, private, database, monkeypatch
):
    aoi = browser()
    fields = recognized(aoi, platform, platform.link())
    sent = (private, aoi, database, monkeypatch, "login", "/lti/launch", fields)
    assert four_at_once(*sent) == [303, 400, 400, 400]
    assert sessions(private) == [AOI.id]


@pytest.mark.both_databases
def test_of_many_who_bring_the_same_ticket_at_once_one_comes_in(
    browser, platform, private, database, monkeypatch
):
    aoi = browser()
    page = send(aoi, recognized(aoi, platform, platform.link()), **{"Sec-Fetch-Dest": "iframe"})
    fields = {"ticket": page.one("input[name=ticket]")["value"], "kept": ""}
    sent = (private, aoi, database, monkeypatch, "ticket", "/lti/enter", fields)
    assert four_at_once(*sent) == [303, 400, 400, 400]
    assert sessions(private) == [AOI.id]
