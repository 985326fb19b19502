"""A 利用者識別子 that was issued elsewhere, in a browser without scripts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from aarportal.core import clock
from aarportal.people.roster.models import User, UserRole
from aarportal.web.blueprint import ONCE_FIELD
from tests.cast import (
    AOI,
    BEN,
    GEN,
    KEN,
    SECONDARY,
    key,
)

pytestmark = pytest.mark.usefixtures("settled_pages")


ISSUED = "3f2a6c1e-8b4d-4e7a-9c05-1d2e3f4a5b6c"
IDENTIFIER = f"/people/{AOI.id}/identifier"


def test_an_identifier_is_registered_and_the_old_one_kept(office):
    page = office.get(IDENTIFIER)
    assert page.says(str(AOI.id))
    fields = {"identifier": f" {ISSUED.upper()} ", ONCE_FIELD: "once"}
    answer = office.post(IDENTIFIER, fields)
    page = office.follow(answer)
    assert page.says(ISSUED)
    assert page.says(f"{AOI.id} every app former 利用者識別子 by 岡")
    assert office.post(IDENTIFIER, fields).location == answer.location, "taken once"
    assert office.get(f"/people/{AOI.id}/history").says("A 利用者識別子 was registered.")


REFUSED = {
    "nothing": ("", "Copy it from the paper"),
    "no UUID": ("aoi", "This is no UUID of version 4."),
    "another version": ("3f2a6c1e-8b4d-1e7a-9c05-1d2e3f4a5b6c", "This is no UUID of version 4."),
    "another variant": ("3f2a6c1e-8b4d-4e7a-cc05-1d2e3f4a5b6c", "This is no UUID of version 4."),
    "much too long": ("3" * 500, "This is no UUID of version 4."),
}


@pytest.mark.parametrize(("typed", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_none_is_refused_and_kept(office, typed, told):
    page = office.post(IDENTIFIER, {"identifier": typed})
    assert page.status == 422
    assert page.says(told)
    assert page.one("#identifier")["value"] == typed
    assert page.one("#identifier")["aria-invalid"] == "true"


def give(member, identifier):
    def change(session):
        session.get_one(User, member.id).master_identifier = identifier

    return change


def test_somebody_of_the_school_who_has_it_is_named_and_can_be_joined(office, do):
    do(give(BEN, ISSUED))
    page = office.post(IDENTIFIER, {"identifier": ISSUED})
    assert page.status == 422
    assert page.says("Another person of the district has it.")
    assert page.says("𠮷田 勉")
    [join] = [a["href"] for a in page.html.select("main .row a") if "merges" in a["href"]]
    assert office.get(join).says("Are these two one child?")


def test_somebody_of_another_school_is_not_named(office, board, do):
    do(give(KEN, ISSUED.upper()))
    page = office.post(IDENTIFIER, {"identifier": ISSUED})
    assert page.status == 422
    assert page.says("Somebody of another school of the district."), page.one("main").get_text(" ")
    assert not page.says("濵田")
    page = board.post(IDENTIFIER, {"identifier": ISSUED})
    assert page.says("濵田 健")
    assert not [a for a in page.html.select("main .row a") if "merges" in a["href"]]


def test_the_board_registers_one_too(board):
    assert board.follow(board.post(IDENTIFIER, {"identifier": ISSUED})).says(ISSUED)


@pytest.mark.parametrize("person", [KEN.id, GEN.id, key("nobody")])
def test_nobody_of_another_school_gets_one(office, person):
    assert office.post(f"/people/{person}/identifier", {"identifier": ISSUED}).status == 404


def go_on(session):
    """Aoi left the primary school; she is at the secondary one."""
    day = clock.today() - timedelta(days=3)
    for row in session.scalars(select(UserRole).where(UserRole.user_id == AOI.id)):
        row.ends_before = day
    session.add(
        UserRole(
            school_id=SECONDARY, id=key("role later"), sourced_id="role later", user_id=AOI.id,
            role="student", role_type="primary", starts_on=day,
        )
    )  # fmt: skip


def test_the_school_before_registers_none_and_the_board_does(office, board, do):
    do(go_on)
    page = office.get(f"/people/{AOI.id}")
    assert not [a for a in page.html.select("main a") if a["href"] == IDENTIFIER]
    assert not [a for a in page.html.select("main a") if "/handover/leavers" in a["href"]]
    assert office.get(IDENTIFIER).status == 404
    assert office.post(IDENTIFIER, {"identifier": ISSUED}).status == 404
    assert board.get(f"/people/{AOI.id}").one(f"a[href='{IDENTIFIER}']")
    assert board.follow(board.post(IDENTIFIER, {"identifier": ISSUED})).says(ISSUED)
