"""Who is listed, in which order, and for whom."""

import pytest

from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.directory import store
from aarportal.people.directory.presence import COMING, GONE, HERE
from aarportal.people.directory.store import STAFF, STUDENT, Wanted
from aarportal.people.roster.models import UserRole
from aarportal.people.roster.names import FullName
from tests.cast import CLASS_1_1, CLASS_4_2, KEN, OKA, PRIMARY, SATO, SECONDARY, key, scope_of
from tests.people.directory.office import (
    APRIL,
    BOARD,
    CLASS_3_2,
    LEFT,
    TODAY,
    add_person,
    add_role,
    add_seat,
    settle,
    write,
)

pytestmark = pytest.mark.usefixtures("in_app")

OFFICE = scope_of(OKA)


@pytest.fixture(autouse=True)
def settled(in_app):
    write(settle)


def listed(wanted=None, *, scope=OFFICE, number=1, size=50):
    with unit_of_work(scope, read_only=True):
        return store.people(scope, wanted or Wanted(), TODAY, number=number, size=size)


def who(wanted=None, **options) -> list[str]:
    known = {key(name): name for name in NAMES}
    return [known[it.id] for it in listed(wanted, **options).people]


NAMES = ("aoi", "ben", "hana", "ken", "chiba", "doi", "mori", "oka", "gen", "sato", "nao", "rio")


def test_everybody_of_the_school_by_the_fifty_sounds_and_those_without_kana_last():
    assert who() == ["oka", "nao", "aoi", "chiba", "doi", "hana", "ben", "rio"]


WANTED = {
    "here": (Wanted(state=HERE), ["oka", "aoi", "chiba", "doi", "hana", "ben"]),
    "gone": (Wanted(state=GONE), ["nao"]),
    "to come": (Wanted(state=COMING), ["rio"]),
    "pupils": (Wanted(kind=STUDENT, state=HERE), ["aoi", "hana", "ben"]),
    "staff": (Wanted(kind=STAFF), ["oka", "chiba", "doi"]),
    "a grade": (Wanted(grade="P4", state=HERE), ["aoi", "ben"]),
    "a name": (Wanted("高崎"), ["aoi"]),
    "a reading": (Wanted("タカサキ"), ["aoi"]),
    "a name beyond the basic plane": (Wanted("吉田 べん"), ["ben"]),
    "a name and a state": (Wanted("さいとう", state=HERE), []),
    "marks of letters": (Wanted("lukasz jose"), ["rio"]),
    "signs of LIKE": (Wanted("%_"), None),
    "a class": (Wanted(class_id=CLASS_4_2), ["aoi", "ben", "nao", "rio", "chiba"]),
    "a class today": (Wanted(class_id=CLASS_4_2, state=HERE), ["aoi", "ben", "chiba"]),
    "those who left a class": (Wanted(class_id=CLASS_4_2, state=GONE), ["nao"]),
    "those who come into a class": (Wanted(class_id=CLASS_4_2, state=COMING), ["rio"]),
    "pupils of a class": (Wanted(class_id=CLASS_4_2, kind=STUDENT, state=HERE), ["aoi", "ben"]),
    "a name in a class": (Wanted("べん", class_id=CLASS_4_2), ["ben"]),
    "last year's class": (Wanted(class_id=CLASS_3_2), ["aoi"]),
    "another school": (Wanted(school_id=SECONDARY), []),
    "a class of another school": (Wanted(school_id=SECONDARY, class_id=CLASS_4_2), []),
}


@pytest.mark.parametrize(("wanted", "found"), WANTED.values(), ids=WANTED)
def test_the_list_is_narrowed_by(wanted, found):
    assert who(wanted) == (who() if found is None else found)


COUNTED = {name: wanted for name, (wanted, _) in WANTED.items() if not wanted.words}


@pytest.mark.parametrize("wanted", COUNTED.values(), ids=COUNTED)
@pytest.mark.parametrize("scope", [OFFICE, BOARD], ids=["an office", "the board"])
def test_very_many_are_counted_and_read_page_by_page_alike(monkeypatch, wanted, scope):
    at_once = listed(wanted, scope=scope)
    if wanted.class_id is None:
        monkeypatch.setattr(store, "MOST", 0)
    pages = [listed(wanted, scope=scope, number=number, size=3) for number in range(1, 5)]
    assert {page.total for page in pages} == {at_once.total}
    last = max(-(-at_once.total // 3), 1)
    assert [it for page in pages[:last] for it in page.people] == at_once.people


@pytest.mark.parametrize("scope", [OFFICE, BOARD], ids=["an office", "the board"])
def test_of_very_many_with_a_name_only_the_first_are_listed(monkeypatch, scope):
    """Aoi, Ben, Chiba, …: an h of their login names."""
    everybody = listed(Wanted("hinata"), scope=scope)
    assert not everybody.are_more
    monkeypatch.setattr(store, "MOST", 4)
    first = listed(Wanted("hinata"), scope=scope, size=3)
    second = listed(Wanted("hinata"), scope=scope, number=9, size=3)
    assert (first.total, first.are_more, second.number) == (4, True, 2)
    assert [*first.people, *second.people] == everybody.people[:4]


def test_a_query_of_signs_asks_for_nobody_in_particular():
    assert who(Wanted("・・")) == who()


def test_the_board_sees_every_school_and_chooses_one():
    assert who(scope=BOARD) == [
        "oka", "nao", "aoi", "chiba", "doi", "ken", "mori", "hana", "ben", "rio",
    ]  # fmt: skip
    assert who(Wanted(school_id=SECONDARY), scope=BOARD) == ["nao", "ken", "mori"]
    assert who(Wanted(school_id=SECONDARY, state=HERE), scope=BOARD) == ["nao", "ken", "mori"]
    assert who(Wanted(school_id=PRIMARY, state=GONE), scope=BOARD) == ["nao"]


def test_a_child_who_moved_within_the_district_is_here_for_the_board():
    assert who(Wanted("さいとう", state=HERE), scope=BOARD) == ["nao"]
    assert who(Wanted("さいとう", state=GONE), scope=BOARD) == []
    assert who(Wanted(state=COMING), scope=BOARD) == ["rio"]


def test_an_office_does_not_learn_where_a_child_went():
    [nao] = listed(Wanted(state=GONE)).people
    assert {post.school_id for post in nao.posts} == {PRIMARY}


def test_nobody_of_another_school_or_district_is_listed():
    assert not {"ken", "mori", "gen"} & set(who())
    assert who(scope=scope_of(SATO)) == ["sato", "gen"]
    assert who(Wanted(class_id=CLASS_4_2), scope=scope_of(SATO)) == []


def test_a_child_who_left_and_came_back_stands_once():
    def come_back(session):
        add_role(session, key("nao"), PRIMARY, "student", TODAY)
        add_seat(session, key("nao"), CLASS_4_2, 30, TODAY)

    write(come_back)
    assert who().count("nao") == 1
    assert who(Wanted(class_id=CLASS_4_2)).count("nao") == 1
    assert who(Wanted(state=GONE)) == []


def test_a_role_that_ended_before_it_began_is_none():
    def never(session):
        person = add_person(session, "never", FullName("無", "無"))
        add_role(session, person, PRIMARY, "student", LEFT, APRIL)

    write(never)
    assert listed(Wanted("無", state=HERE)).total == 0
    assert listed(Wanted("無", state=COMING)).total == 0
    assert listed(Wanted("無", state=GONE)).total == 1


def test_a_line_says_class_number_and_role():
    [aoi] = [it for it in listed().people if it.id == key("aoi")]
    assert (aoi.name, aoi.kana) == ("髙﨑\u2009葵", "たかさき あおい")
    assert [(place.title, place.attendance_no) for place in aoi.places] == [
        ("4年2組", 1), ("3年2組", 7),
    ]  # fmt: skip
    assert [post.role for post in aoi.posts] == ["student"]


def test_long_lists_come_page_by_page():
    def many(session):
        for number in range(120):
            name = FullName("学", f"{number:03}", "", "まなか", "あ" * (number + 1))
            person = add_person(session, f"many {number}", name)
            add_role(session, person, PRIMARY, "student")
            add_seat(session, person, CLASS_1_1, 120 - number)

    write(many)
    first = listed(Wanted("まなか"), size=50)
    assert (first.total, first.number, len(first.people)) == (120, 1, 50)
    last = listed(Wanted("まなか"), number=3, size=50)
    assert [it.given_name for it in last.people] == [f"{n:03}" for n in range(100, 120)]
    assert listed(Wanted("まなか"), number=99, size=50) == last
    by_number = listed(Wanted(class_id=CLASS_1_1), number=1, size=50)
    assert (by_number.total, len(by_number.people)) == (121, 50)
    numbers = [it.places[0].attendance_no for it in by_number.people]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted("あ"), Wanted(class_id=CLASS_4_2)])
def test_a_page_costs_few_questions(queries, wanted):
    with queries() as seen:
        listed(wanted)
    assert len(seen) <= 4


def test_a_person_of_two_schools_is_one(in_app):
    write(lambda session: add_role(session, key("ken"), PRIMARY, "student", APRIL))
    assert who(Wanted("はまだ")) == ["ken"]
    [ken] = listed(Wanted("はまだ"), scope=BOARD).people
    assert {post.school_id for post in ken.posts} == {PRIMARY, SECONDARY}
    with unit_of_work(OFFICE, read_only=True) as scope:
        assert scope.session.query(UserRole).where(UserRole.user_id == KEN.id).count() == 1
