"""A platform lists the members of a course; what differs waits for somebody to confirm it."""

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.models import Enrollment, User
from tests.cast import AOI, BEN, CHIBA, CLASS_4_2, CLASS_J2_1, HANA, OKA, SATO
from tests.people.lti.platform import INSTRUCTOR, LEARNER, launched


def member(user_id, role=LEARNER, **more):
    return {"user_id": str(user_id), "roles": [role], "status": "Active", **more}


EVERYBODY = [member(AOI.id), member(BEN.id), member(CHIBA.id, INSTRUCTOR)]


@pytest.fixture
def office(browser, platform, private):
    """Mr Oka, after somebody came from the course; asks for its members."""
    with private.app_context(), unit_of_work(SystemScope("ids as files have them")) as scope:
        for row in scope.session.scalars(select(Enrollment)):
            row.sourced_id = str(row.id)
        audit.record(scope, "rows:made", "")
    assert launched(browser(), platform).status == 303
    oka = browser(OKA)
    platform.registration.set_tool_key_set(browser().client.get("/lti/jwks").get_json())
    page = oka.get(f"/rosters/platforms/{platform.id}/courses")
    action = page.one("main form")["action"]
    return oka, lambda: oka.post(action, {"class_id": str(CLASS_4_2)}), action


def last_import(app) -> RosterImport:
    with app.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(RosterImport).order_by(RosterImport.made_at.desc())
        return scope.session.scalars(query).first()


def test_a_list_like_the_roster_changes_nothing(office, platform, private):
    oka, ask, _ = office
    platform.members = EVERYBODY
    page = ask()
    assert page.location == f"/rosters/platforms/{platform.id}/courses"
    assert last_import(private) is None
    assert oka.follow(page).html.select(".banner, .notices *")


def test_who_came_and_who_left_waits_to_be_confirmed(office, platform, private):
    oka, ask, _ = office
    newcomer = "5b0d9a52-3b5f-4a4e-9d5d-0a4f3f6d7c11"
    platform.members = [
        member(AOI.id),
        member(HANA.id),
        member(CHIBA.id, INSTRUCTOR),
        member(newcomer, family_name="新谷", given_name="空"),
        member("nobody-knows"),
        member(BEN.id) | {"status": "Inactive"},
    ]
    page = ask()
    row = last_import(private)
    assert row is not None, page.text
    assert page.location == f"/rosters/{row.id}"
    assert row.state == "checked", (row.findings, row.outcome)
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(User).where(User.master_identifier == newcomer)
        assert scope.session.scalar(query) is None
    assert oka.get(page.location).status == 200
    done = oka.post(f"/rosters/{row.id}/confirm", {"sure": "y"})
    assert done.status == 303, done.text
    with private.app_context(), unit_of_work(SystemScope("look"), read_only=True) as scope:
        made = scope.session.scalars(select(User).where(User.master_identifier == newcomer)).one()
        places = select(Enrollment.user_id).where(
            Enrollment.class_id == CLASS_4_2, Enrollment.status == "active"
        )
        assert set(scope.session.scalars(places)) == {AOI.id, HANA.id, CHIBA.id, made.id}


@pytest.mark.parametrize("listed", [None, "everybody", [1]], ids=str)
def test_what_is_no_list_changes_nothing(office, platform, private, listed):
    _, ask, _ = office
    platform.members = listed
    assert ask().location == f"/rosters/platforms/{platform.id}/courses"
    assert last_import(private) is None


def test_a_platform_that_does_not_believe_our_signature_gives_nothing(office, platform, private):
    _, ask, _ = office
    platform.members = EVERYBODY
    platform.registration.set_tool_key_set({"keys": []})
    assert ask().status == 303
    assert last_import(private) is None


def test_only_this_office_asks_and_for_its_own_classes(office, platform, browser):
    oka, _, action = office
    assert browser(SATO).post(action, {"class_id": str(CLASS_4_2)}).status == 404
    assert browser(CHIBA).post(action, {"class_id": str(CLASS_4_2)}).status == 403
    assert oka.post(action, {"class_id": str(CLASS_J2_1)}).status == 404
    assert oka.post(action, {"class_id": "x"}).status == 404
