"""The register of purposes: every table in one kind, every sentence in every language."""

import re
import tomllib
from pathlib import Path

import pytest

from aarportal.core.database import Base
from aarportal.core.ownership import Relation, StudentOwned
from aarportal.insight.handover.erasing.store import KEPT_TABLES, places
from aarportal.insight.handover.store import MODELS
from aarportal.insight.maintenance.schedule import SCHEDULE
from aarportal.insight.purposes import periods, register
from aarportal.insight.purposes.store import ORDER, readers
from aarportal.insight.sharing import store as sharing
from aarportal.web.script import Script, draw_plain

#: Tables that hold persons and are about staff alone, or hold no word of a child.
OF_STAFF = {
    "district_roles", "lti_choices", "recovery_codes", "second_factors", "staff_locks",
    "timetable_lessons",
}  # fmt: skip
#: Tables that go by their age and stand in no kind: in them no child can be recognized.
OF_NOBODY = {"oidc_spent_states", "sign_in_throttles"}
FOLDER = Path(register.__file__).parent / "texts"


def test_every_table_about_a_child_belongs_to_exactly_one_kind(app):
    listed = [table for kind in register.kinds() for table in kind.tables]
    assert len(listed) == len(set(listed))
    owned = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, StudentOwned)
    }
    persons = {place.name for place in places()} - OF_STAFF
    assert set(listed) == owned | persons | KEPT_TABLES | {"statements"}


def test_tables_of_a_kind_that_belong_to_a_student_have_the_same_readers(app):
    """So that what a page says of a kind is true of each of its tables."""
    by_name = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    for kind in register.kinds():
        owned = [by_name[name] for name in kind.tables if issubclass(by_name[name], StudentOwned)]
        for row_class in owned:
            wanted = {relation.value for relation in row_class.readers}
            assert wanted <= set(readers(kind.tables))
            assert wanted == set(readers([row_class.__tablename__]))
            assert row_class.readers == owned[0].readers, kind.key


def test_what_the_deletion_of_a_leaver_keeps_is_said_to_be_kept_longer():
    kept = {name for kind in register.kinds() if kind.keeps == "traces" for name in kind.tables}
    assert kept == KEPT_TABLES


def test_what_goes_by_its_age_is_said_to_go_so_and_with_the_numbers_of_the_schedule():
    """A leaver's rule is no answer for a row that `maintain` deletes long before."""
    in_days = {it.table: it.school_years < 0 for it in SCHEDULE} | {"school_data_changes": True}
    with_the_year = {it.table for it in SCHEDULE if it.school_years == 0}
    said = set()
    for kind in register.kinds():
        named = numbers_in(register.words("en").keeps[kind.keeps]) & periods.NUMBERS.keys()
        assert named <= set(kind.tables), kind.key
        # Two tables that go after the same time are told by one number.
        told = {(in_days[each], periods.NUMBERS[each]) for each in named}
        for table in set(kind.tables) & in_days.keys():
            assert kind.keeps not in {"leaver", "traces"}, table
            after = (in_days[table], periods.NUMBERS[table])
            assert table in with_the_year or after in told, table
            said.add(table)
    assert in_days.keys() - said == OF_NOBODY | (OF_STAFF & in_days.keys())


def test_what_an_export_carries_is_said_to_go_to_the_next_school():
    carried = {row_class.__tablename__ for row_class in MODELS.values()} | {"users"}
    told = {name for kind in register.kinds() if "next_school" in kind.given_to
            for name in kind.tables}  # fmt: skip
    assert carried <= told


def test_what_is_published_of_laps_is_said_to_go_to_apps():
    published = {
        each.__tablename__
        for each in vars(sharing).values()
        if isinstance(each, type) and issubclass(each, StudentOwned)
    }
    assert "predictions" in published
    told = {name for kind in register.kinds() if "apps" in kind.given_to for name in kind.tables}
    assert published <= told


def test_what_is_counted_is_of_the_kind():
    for kind in register.kinds():
        assert kind.counted
        assert set(kind.counted) <= set(kind.tables)


@pytest.mark.parametrize("language", register.LANGUAGES)
def test_every_language_has_every_sentence(language):
    words = register.words(language)
    assert set(words.kinds) == {kind.key for kind in register.kinds()}
    assert set(words.readers) == set(ORDER) >= {relation.value for relation in Relation}
    assert set(words.keeps) == {kind.keeps for kind in register.kinds()}
    assert set(words.basis) == {kind.basis for kind in register.kinds()}
    assert set(words.given_to) == {key for kind in register.kinds() for key in kind.given_to}
    for text in sentences(language):
        assert text.strip(), language
        assert text == text.strip()
    assert "%(days)s" in words.keeps["leaver"]
    assert "%(years)s" in words.keeps["traces"]
    english = register.words("en").keeps
    for key, text in words.keeps.items():
        assert numbers_in(text) == numbers_in(english[key]), key


def test_every_file_is_a_language_that_is_offered():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(register.LANGUAGES)


@pytest.mark.parametrize("language", [it for it in register.LANGUAGES if it != "en"])
def test_no_sentence_was_left_in_english(language):
    same = set(sentences(language)) & set(sentences("en"))
    assert not same, same


def test_the_japanese_sentences_carry_their_readings():
    """Every kanji stands in a word with its reading: a child of grade 1 reads them all."""
    for text in sentences("ja"):
        outside = re.sub(r"\{[^{}|]+\|[^{}|]+\}", "", text)
        assert not re.search("[一-龯]", outside), text
        assert not re.search("[一-龯]", draw_plain(text, Script.KANA)), text


def numbers_in(text):
    """The names of the numbers in a sentence."""
    return set(re.findall(r"%\((\w+)\)s", text))


def sentences(language):
    def walk(value):
        if isinstance(value, str):
            yield value
        else:
            for each in value.values():
                yield from walk(each)

    found = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    del found["name"]
    return list(walk(found))
