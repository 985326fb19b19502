"""Letters of one term that come together when a child's export is taken in."""

from datetime import timedelta
from uuid import UUID

import pytest

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.reflection.letters import operations as letters
from aarportal.cycle.reflection.letters import store as letter_store
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.cycle.reflection.letters.operations import LetterDraft
from tests.cast import AOI, SECONDARY, scope_of
from tests.insight.handover import elsewhere, life, rows
from tests.insight.handover.elsewhere import AOI_THERE

HERE = "むこうの 学校で 書いた手紙"
AT_HOME = life.words_of(AOI, life.LETTER)


@pytest.fixture
def there(tmp_path):
    return elsewhere.open_installation(tmp_path / "there")


def write(app, member, text):
    with app.app_context(), unit_of_work(scope_of(member)) as scope:
        letters.write(scope, LetterDraft(text))


def only_letter(app, member):
    (found,) = elsewhere.contents(app, member).letters
    return found


def moved_with_a_letter_on_either_side(app, there):
    """Aoi wrote at home; then at the new school; then her export comes."""
    life.live(app, days=(1, 0))
    clock.shift(timedelta(minutes=1))
    write(there, AOI_THERE, HERE)
    before = rows.without_traces(rows.dump(there))
    clock.shift(timedelta(minutes=2))
    return elsewhere.take_in(there, elsewhere.export(app, AOI)), before


def test_no_word_is_lost_where_both_schools_have_a_letter_of_the_term(app, there):
    import_id, _before = moved_with_a_letter_on_either_side(app, there)
    assert elsewhere.state(there, import_id) == ("done", "")
    one, at_home = only_letter(there, AOI_THERE), only_letter(app, AOI)
    assert one.text == f"{AT_HOME}\n\n{HERE}"
    assert one.evidence == at_home.evidence
    assert len(one.evidence) == 1
    assert one.made_at == at_home.made_at


def test_the_rings_beside_it_are_those_of_the_laps_that_came(app, there):
    life.live(app, days=(1, 0))
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    with there.app_context(), unit_of_work(scope_of(AOI_THERE), read_only=True) as scope:
        term = letter_store.this_term(scope)
        offered = [it.cycle_id for it in letter_store.evidence(scope, term)]
        shown = [UUID(it["cycle"]) for it in letter_store.letter(scope, term).evidence]
    assert len(offered) == len(set(offered)) == 2
    assert set(shown) <= set(offered)


def test_taking_it_in_again_adds_nothing(app, there):
    moved_with_a_letter_on_either_side(app, there)
    before = rows.without_traces(rows.dump(there))
    again = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert elsewhere.state(there, again) == ("done", "")
    assert rows.without_traces(rows.dump(there)) == before


def test_taking_it_back_leaves_the_letter_as_it_was(app, there):
    import_id, before = moved_with_a_letter_on_either_side(app, there)
    elsewhere.take_back(there, import_id)
    assert elsewhere.state(there, import_id) == ("undone", "")
    assert rows.without_traces(rows.dump(there)) == before


@pytest.mark.parametrize("is_joined", [True, False])
def test_a_letter_on_which_the_child_wrote_is_not_taken_back(app, there, is_joined):
    if is_joined:
        import_id, _before = moved_with_a_letter_on_either_side(app, there)
    else:
        life.live(app, days=(0,))
        import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    clock.shift(timedelta(minutes=5))
    write(there, AOI_THERE, "そのあとで かいた")
    elsewhere.take_back(there, import_id)
    assert elsewhere.state(there, import_id) == ("done", "built_on")
    assert only_letter(there, AOI_THERE).text == "そのあとで かいた"


def write_at_a_second_school(app, text):
    """Aoi was at another school of her district in the same term."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        first = scope.session.query(TermLetter).one()
        scope.session.add(
            TermLetter(
                school_id=SECONDARY, student_id=AOI.id, year=first.year, term=first.term, text=text,
                made_at=first.made_at + timedelta(minutes=1),
                changed_at=first.changed_at + timedelta(minutes=1), read_until=first.read_until,
            )
        )  # fmt: skip
        audit.record(scope, "letter:written", "test", student_id=AOI.id)


@pytest.mark.parametrize(
    ("second", "together"),
    [
        ("べつの 学校で", f"{AT_HOME}\n\nべつの 学校で"),
        (f"{AT_HOME}\nつづき", f"{AT_HOME}\nつづき"),
    ],
)
def test_two_letters_of_one_export_become_one(app, there, second, together):
    life.live(app, days=(0,))
    write_at_a_second_school(app, second)
    clock.shift(timedelta(minutes=2))
    empty = rows.without_traces(rows.dump(there))
    import_id = elsewhere.take_in(there, elsewhere.export(app, AOI))
    assert elsewhere.state(there, import_id) == ("done", "")
    assert only_letter(there, AOI_THERE).text == together
    elsewhere.take_back(there, import_id)
    assert rows.without_traces(rows.dump(there)) == empty


def test_an_import_into_which_a_later_one_wrote_waits_for_that_one(app, there):
    life.live(app, days=(0,))
    clock.shift(timedelta(minutes=1))
    first = elsewhere.take_in(there, elsewhere.export(app, AOI))
    write_at_a_second_school(app, "べつの 学校で")
    clock.shift(timedelta(minutes=2))
    second = elsewhere.take_in(there, elsewhere.export(app, AOI))
    both = only_letter(there, AOI_THERE).text
    assert both == f"{AT_HOME}\n\nべつの 学校で"
    elsewhere.take_back(there, first)
    assert elsewhere.state(there, first) == ("done", "built_on")
    assert only_letter(there, AOI_THERE).text == both
    elsewhere.take_back(there, second)
    assert only_letter(there, AOI_THERE).text == AT_HOME


def test_a_letter_of_two_schools_can_be_kept_as_long_as_it_is(app, there):
    long = "あ" * letters.MAX_TEXT
    life.live(app, days=(0,))
    write(there, AOI_THERE, long)
    elsewhere.take_in(there, elsewhere.export(app, AOI))
    text = only_letter(there, AOI_THERE).text
    assert len(text) > letters.MAX_TEXT
    write(there, AOI_THERE, text)
    assert only_letter(there, AOI_THERE).text == text
