"""Who there is, and the roster file they come in."""

import io
from datetime import date
from random import Random

import pytest

from aarportal.cycle.units.curriculum.loader import read_sample
from aarportal.demo.curriculum import curriculum
from aarportal.demo.days import school_time
from aarportal.demo.roster_file import roster_zip
from aarportal.demo.school import CLASSES, PRIMARY, SECONDARY, make_school
from aarportal.people.roster.oneroster.bundle import Bundle, read_bundle

DAY = date(2026, 11, 20)
SEEDS = [1, 2, 77]


@pytest.mark.parametrize("seed", SEEDS)
def test_six_classes_of_33_to_40_in_two_schools_and_all_three_bands(seed):
    school = make_school(Random(seed))
    sizes = {key: len(pupils) for key, pupils in school.pupils.items()}
    assert len(sizes) == 6
    assert all(33 <= size <= 40 for size in sizes.values())
    assert sizes["4-2"] == 40
    assert {plan.school for plan in school.classes} == {PRIMARY, SECONDARY}
    assert {pupils[0].band for pupils in school.pupils.values()} == {"L", "M", "U"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_class_has_a_homeroom_teacher_and_names_that_are_hard(seed):
    school = make_school(Random(seed))
    assert {teacher.homeroom for teacher in school.teachers} >= set(school.pupils)
    hard = set("髙﨑𠮷濵德邉齋栁\U000e0100")
    for pupils in school.pupils.values():
        names = [pupil.name.family + pupil.name.given for pupil in pupils]
        assert len(set(names)) == len(names)
        assert any(hard & set(name) for name in names)
    everybody = [pupil.name for pupils in school.pupils.values() for pupil in pupils]
    written = "".join(name.family for name in everybody)
    written += "".join(teacher.name.family for teacher in school.teachers)
    assert {"髙", "﨑", "𠮷", "濵", "德", "\U000e0100"} <= set(written)
    assert any(name.middle for name in everybody)
    assert max(len(name.family + name.given) for name in everybody) >= 12


@pytest.mark.parametrize("seed", SEEDS)
def test_the_roster_is_a_sound_bundle_with_names_byte_for_byte(seed):
    school = make_school(Random(seed))
    bundle = read_bundle(io.BytesIO(roster_zip(Random(seed), school, DAY)))
    assert isinstance(bundle, Bundle), bundle
    assert bundle.dialect.key == "jp_k12"
    assert not bundle.warnings
    names = {user.sourced_id: (user.family_name, user.given_name) for user in bundle.users}
    for pupils in school.pupils.values():
        numbers = [pupil.number for pupil in pupils]
        assert numbers == list(range(1, len(pupils) + 1))
        for pupil in pupils:
            assert names[pupil.sourced_id] == (pupil.name.family, pupil.name.given)


def test_the_same_seed_makes_the_same_file():
    files = [roster_zip(rng, make_school(rng), DAY) for rng in (Random(5), Random(5), Random(6))]
    assert files[0] == files[1] != files[2]


@pytest.mark.parametrize("plan", CLASSES, ids=lambda plan: plan.key)
@pytest.mark.parametrize("weeks", [1, 12])
def test_of_every_subject_one_unit_is_open_on_any_day(plan, weeks):
    days = school_time(DAY, weeks)
    units = curriculum(plan, days.first, days.today)
    for day in (*days.lessons, days.today):
        for subject in units.by_subject.values():
            assert sum(unit.starts_on <= day < unit.ends_before for unit in subject) == 1
    assert len({unit.key for unit in units.units}) == len(units.units)


@pytest.mark.parametrize("plan", CLASSES, ids=lambda plan: plan.key)
def test_every_unit_is_about_an_item_of_the_course_of_study_for_its_grade(plan):
    shipped = {item.code: item for item in read_sample().items}
    for unit in curriculum(plan, date(2026, 8, 20), DAY).units:
        item = shipped[unit.code]
        assert (item.subject, item.school) == (unit.subject, plan.grade[0]), unit.text.title
        assert not item.grades or int(plan.grade[1:]) in item.grades, unit.text.title


def test_texts_for_the_first_grade_carry_no_kanji_without_reading():
    first = next(plan for plan in CLASSES if plan.grade == "P1")
    for unit in curriculum(first, date(2026, 8, 20), DAY).units:
        for text in (*unit.text.found, *unit.text.skills, *(card.text for card in unit.cards)):
            assert not any("一" <= letter <= "鿿" for letter in text), text
