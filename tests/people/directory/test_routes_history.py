"""Who changed what about a person, in a browser without scripts."""

from datetime import timedelta

import pytest

from aarportal.audit import operations as audit
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.identity import operations as identity
from aarportal.people.roster.imports.models import RosterChange, RosterImport
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CLASS_J2_1,
    HINATA,
    OKA,
    PRIMARY,
    SECONDARY,
    key,
    scope_of,
)
from tests.people.directory.office import (
    CLASS_3_2,
    NOON,
    text_of,
)
from tests.people.roster.imports.office import brought, confirmed, roster, standing_school

pytestmark = pytest.mark.usefixtures("settled_pages")


def test_nothing_changed_yet(office):
    assert office.get(f"/people/{BEN.id}/history").says("Nothing more was changed here.")


def roster_import(session, number: int, changes, **columns):
    row = RosterImport(
        id=key(f"import {number}"),
        district_id=HINATA,
        file_name=f"roster-{number}.zip",
        state="written",
        confirmed_by=OKA.id,
        written_at=NOON - timedelta(days=100 - number),
        **columns,
    )
    session.add(row)
    session.flush()
    for place, (kind, school, before, after) in enumerate(changes):
        session.add(
            RosterChange(
                district_id=HINATA, import_id=row.id, place=place, kind=kind, row_id=key("row"),
                school_id=school, user_id=AOI.id, before=before, after=after,
            )
        )  # fmt: skip


def test_what_imports_and_people_did_stands_with_who_and_when(app, office, do):
    def imports(session):
        roster_import(session, 1, [
            ("users", None, None, {"family_name": "高崎", "given_name": "葵", "grade": "P3",
                                   "search_text": "x", "enabled": True}),
            ("enrollments", PRIMARY, None, {"class_id": str(CLASS_3_2), "attendance_no": 7}),
        ])  # fmt: skip
        roster_import(session, 2, [
            ("users", None, {"family_name": "高崎", "grade": "P3"},
             {"family_name": "髙﨑", "grade": "P4"}),
            ("enrollments", SECONDARY, None, {"class_id": str(CLASS_J2_1)}),
        ], undone_at=NOON)  # fmt: skip

    do(imports)
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        identity.link(scope, APP_DRILL, "https://game.example/", "kirin", AOI.id)
        audit.record(scope, "goal:set", key("goal"), student_id=AOI.id)
        audit.record(scope, "reflection:read", key("x"), student_id=AOI.id)
    page = office.get(f"/people/{AOI.id}/history")
    cards = [text_of(card) for card in page.html.select("ol.entries > li")]
    assert len(cards) == 4, cards
    assert cards[0].startswith("It was said that a name of an app means this person.")
    assert "岡 学" in cards[0]
    assert "family name 高崎 → 髙﨑" in cards[1]
    assert "grade Primary 3 → Primary 4" in cards[1]
    assert "taken back on" in cards[1]
    assert "New in the roster. " in cards[2]
    assert "roster-1.zip" in cards[2]
    assert "search_text" not in cards[2]
    assert "class 3年2組" in cards[3]
    assert "attendance number 7" in cards[3]


def test_what_was_done_to_a_link_or_a_merge_belongs_to_both(app, office):
    with app.app_context():
        with unit_of_work(scope_of(OKA)) as scope:
            merge = identity.merge(scope, AOI.id, key("hana"))
        with unit_of_work(scope_of(OKA)) as scope:
            identity.take_back_merge(scope, merge.id)
    for person in (AOI.id, key("hana")):
        page = office.get(f"/people/{person}/history")
        assert [text_of(it) for it in page.html.select("ol.entries h2")] == [
            "Parted again from another person.",
            "Joined with another person: they are one child.",
        ]


def test_a_long_history_comes_in_pages(office, do):
    def many(session):
        for number in range(40):
            changed = [
                ("users", None, {"given_name": f"{number}"}, {"given_name": f"{number + 1}"})
            ]
            roster_import(session, number, changed)

    do(many)
    page = office.get(f"/people/{AOI.id}/history")
    assert len(page.html.select("ol.entries > li")) == 30
    page = office.get(page.one("a[rel=next]")["href"])
    assert len(page.html.select("ol.entries > li")) == 10
    assert not page.html.select("a[rel=next]")
    assert office.get(f"/people/{AOI.id}/history?page=9").status == 200


def test_what_a_real_roster_changed_is_told(app, browser):
    def renamed(files):
        files["users"][0]["preferredGivenName"] = "碧"
        files["enrollments"][0]["metadata.jp.shussekiNo"] = "31"

    with app.app_context():
        standing_school()
        confirmed(brought(roster(change=renamed)))
    page = browser(OKA).get(f"/people/{AOI.id}/history")
    assert page.status == 200
    for words in ("葵 → 碧", "1 → 31", "名簿.zip", "4年2組"):
        assert page.says(words), words
