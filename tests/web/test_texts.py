"""Texts follow the reader, not the one before."""

from uuid import uuid4

import pytest

from aarportal.core.permissions import Role
from aarportal.core.scope import AppScope
from aarportal.web.dates import day, day_plain, full_day
from aarportal.web.reader import Reader, Visitor, band_of, visiting
from aarportal.web.texts import gettext, ngettext, plain

NOBODY = AppScope(uuid4(), uuid4(), frozenset())
LITTLE = Reader(grade=1, band="L")
MIDDLE = Reader(grade=4, band="M")
ENGLISH = Reader(language="en", grade=4, band="M")


def seen_by(reader: Reader, what):
    with visiting(Visitor(NOBODY, reader)):
        return str(what())


def test_the_same_text_is_read_by_each_in_their_own_way(app):
    def word():
        return gettext("Look ahead")

    assert seen_by(LITTLE, word) == "みとおす"
    assert seen_by(MIDDLE, word) == "見通す"
    assert seen_by(Reader(grade=4, band="M", script_choice="all"), word).startswith("<ruby>見通")
    assert seen_by(ENGLISH, word) == "Look ahead"


def test_a_template_does_not_keep_the_first_readers_script(app):
    template = app.jinja_env.from_string('{{ _("Look ahead") }}|{{ plain("Look ahead") }}')
    assert seen_by(LITTLE, template.render) == "みとおす|みとおす"
    assert seen_by(ENGLISH, template.render) == "Look ahead|Look ahead"
    assert seen_by(LITTLE, template.render) == "みとおす|みとおす"


def test_values_are_escaped(app):
    assert "&lt;b&gt;" in seen_by(MIDDLE, lambda: gettext("Way: %(way)s", way="<b>"))
    assert "<b>" in seen_by(MIDDLE, lambda: plain("Way: %(way)s", way="<b>"))


@pytest.mark.parametrize(
    ("n", "english", "japanese"),
    [(0, "0 people", "0人"), (1, "1 person", "1人"), (2, "2 people", "2人")],
)
def test_one_is_not_several(app, n, english, japanese):
    def words():
        return ngettext("%(n)s person", "%(n)s people", n)

    assert seen_by(ENGLISH, words) == english
    assert seen_by(Reader(), words).replace(" ", "") == japanese


def test_a_number_is_no_mark_up(app):
    assert "&lt;" in seen_by(ENGLISH, lambda: ngettext("%(n)s person", "%(n)s people", "<b>"))


def test_a_day_with_its_year_is_said_in_the_readers_way(app):
    from datetime import date

    value = date(2027, 4, 1)
    assert seen_by(ENGLISH, lambda: full_day(value)) == (
        '<time class="num" datetime="2027-04-01">1 Apr 2027</time>'
    )
    assert ">2027年4月1日<" in seen_by(Reader(), lambda: full_day(value))


@pytest.mark.parametrize(
    ("when", "kana", "kanji", "english"),
    [
        ((2026, 11, 20), "11がつ はつか（きん）", "11月20日（金）", "Fri 20 Nov"),
        ((2026, 4, 1), "4がつ ついたち（すい）", "4月1日（水）", "Wed 1 Apr"),
        ((2026, 12, 24), "12がつ にじゅうよっか（もく）", "12月24日（木）", "Thu 24 Dec"),
    ],
)
def test_days_are_read_as_people_say_them(app, when, kana, kanji, english):
    from datetime import date

    value = date(*when)
    assert seen_by(LITTLE, lambda: day_plain(value, weekday=True)) == kana
    assert seen_by(Reader(), lambda: day_plain(value, weekday=True)) == kanji
    assert seen_by(ENGLISH, lambda: day(value, weekday=True)) == english


@pytest.mark.parametrize(
    ("grade", "band"), [(0, ""), (1, "L"), (2, "L"), (3, "M"), (4, "M"), (5, "U"), (9, "U")]
)
def test_bands_follow_the_grade(grade, band):
    assert band_of(grade) == band


def test_roles_are_the_standards_words():
    standard = {
        "student", "teacher", "administrator", "districtAdministrator", "principal", "counselor",
        "guardian", "systemAdministrator",
    }  # fmt: skip
    assert {role.value for role in Role} == {*standard, "nurse"}
