"""Keeping what is being written: every tap, two devices, and nothing brought back from the dead."""

import pytest

from aarportal.core import submissions
from aarportal.core.errors import InvalidError
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.drafts import operations, store
from aarportal.cycle.drafts.operations import DraftChange
from tests.cast import AOI, BEN, CHIBA, scope_of

#: A draft that is not kept -> the field and the rule that it breaks.
REFUSED = [
    ({"form": "diary"}, ("form", "unknown")),
    ({"key": ""}, ("key", "length")),
    ({"key": "k" * 65}, ("key", "length")),
    ({"content": {str(n): ["a"] for n in range(41)}}, ("content", "too_many_fields")),
    ({"content": {"text": ["あ" * 4001]}}, ("content", "too_long")),
    ({"content": {"text": ["あ" * 2001, "い" * 2000]}}, ("content", "too_long")),
]


def change(text="図を かいた", rev=0, **more) -> DraftChange:
    return DraftChange(
        **{"form": "reflection", "key": "k", "rev": rev, "content": {"text": [text]}, **more}
    )


def save(text="図を かいた", rev=0, member=AOI, **more):
    """Save and say what stands then: revision, text and the other text."""
    with unit_of_work(scope_of(member)) as scope:
        operations.save(scope, change(text, rev, **more))
    return standing(member, **{k: v for k, v in more.items() if k in {"form", "key"}})


def standing(member=AOI, form="reflection", key="k"):
    with unit_of_work(scope_of(member), read_only=True) as scope:
        draft = store.draft(scope, form, key)
        if draft is None:
            return None
        return draft.rev, draft.content["text"][0], draft.other and draft.other["text"][0]


def test_what_is_typed_is_kept_and_counted(in_app):
    assert save("ず") == (1, "ず", None)
    assert save("図を", 1) == (2, "図を", None)
    assert save("図を かいた", 2) == (3, "図を かいた", None)


def test_saving_the_same_again_counts_nothing(in_app):
    save("図を")
    assert save("図を", 1) == (1, "図を", None)
    # The first answer was lost on its way: the writer sends again what stands already.
    assert save("図を", 0) == (1, "図を", None)


def test_words_from_another_device_are_kept_beside_and_never_mixed(in_app):
    save("学校で 書いた")
    assert save("家で 書いた", 0) == (1, "学校で 書いた", "家で 書いた")


def test_the_writer_is_told_that_there_are_two(in_app):
    save("学校で 書いた")
    with unit_of_work(scope_of(AOI)) as scope:
        late = change("家で 書いた", 0)
        draft = operations.save(scope, late)
        assert operations.is_conflict(draft, late)
    with unit_of_work(scope_of(AOI)) as scope:
        in_time = change("学校で もっと 書いた", 1)
        draft = operations.save(scope, in_time)
        assert not operations.is_conflict(draft, in_time)


@pytest.mark.parametrize(
    ("other", "after"),
    [(True, (2, "家で 書いた", None)), (False, (1, "学校で 書いた", None))],
)
def test_the_writer_chooses_one_of_the_two(in_app, other, after):
    save("学校で 書いた")
    save("家で 書いた", 0)
    with unit_of_work(scope_of(AOI)) as scope:
        operations.choose(scope, "reflection", "k", other=other)
    assert standing() == after


def test_a_chosen_text_puts_the_other_one_away(in_app):
    save("学校で 書いた")
    save("家で 書いた", 0)
    assert save("家で 書いた", 1, chosen=True) == (2, "家で 書いた", None)


def test_there_is_nothing_to_choose_where_there_are_not_two(in_app):
    save("ひとつだけ")
    with unit_of_work(scope_of(AOI)) as scope:
        operations.choose(scope, "reflection", "k", other=True)
        operations.choose(scope, "reflection", "nothing", other=True)
    assert standing() == (1, "ひとつだけ", None)


def test_a_late_autosave_never_brings_a_finished_text_back(in_app):
    save("書きかけ")
    with unit_of_work(scope_of(AOI)) as scope:
        operations.discard(scope, "reflection", "k")
        submissions.remember(scope, "sent", "/reflections/1")
    assert save("書きかけの つづき", 1, submission_key="sent") is None


def test_discarding_what_is_not_there_is_no_error(in_app):
    with unit_of_work(scope_of(AOI)) as scope:
        operations.discard(scope, "reflection", "k")
    assert standing() is None


@pytest.mark.parametrize(
    ("wrong", "said"), REFUSED, ids=[f"{n}-{said[0]}" for n, (_, said) in enumerate(REFUSED)]
)
def test_what_is_no_draft_is_refused(in_app, wrong, said):
    with pytest.raises(InvalidError) as caught, unit_of_work(scope_of(AOI)) as scope:
        operations.save(scope, change(**wrong))
    assert (caught.value.field, caught.value.rule) == said


def test_a_draft_may_be_as_large_as_a_whole_sheet(in_app):
    assert save("𠮷" * 4000) == (1, "𠮷" * 4000, None)


def test_forms_keys_and_persons_do_not_share_drafts(in_app):
    save("わたしの")
    save("めあて", form="goal")
    save("べつの 日の", key="other")
    save("ベンの", member=BEN)
    assert standing() == (1, "わたしの", None)
    assert standing(form="goal") == (1, "めあて", None)
    assert standing(key="other") == (1, "べつの 日の", None)
    assert standing(BEN) == (1, "ベンの", None)
    assert standing(CHIBA) is None


def test_one_person_never_discards_the_draft_of_another(in_app):
    save("わたしの")
    with unit_of_work(scope_of(BEN)) as scope:
        operations.discard(scope, "reflection", "k")
    assert standing() == (1, "わたしの", None)
