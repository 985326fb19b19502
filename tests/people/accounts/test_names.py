"""How a child is called on the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.accounts.names import called

#: Given name, reading in the roster -> what stands beside the round mark.
CALLED = {
    "a reading in katakana": ("葵", "アオイ", "あおい"),
    "a reading in hiragana": ("葵", "あおい", "あおい"),
    "small and voiced letters": ("健", "ジュンペイ", "じゅんぺい"),
    "vu has a hiragana": ("琉", "ヴィ", "ゔぃ"),
    "a long sound stays": ("空", "ソラー", "そらー"),
    "a name in hiragana": ("さくら", "サクラ", "さくら"),
    "a name from abroad stays as it is written": ("アレク", "アレク", "アレク"),
    "one letter of katakana is enough": ("マリ子", "マリコ", "マリ子"),
    "a name in Latin letters": ("Minh", "ミン", "みん"),
    "no reading": ("葵", "", "葵"),
    "a rare letter without a reading": ("𠮷", "", "𠮷"),
    "two names": ("葵 マリア", "アオイ マリア", "葵 マリア"),
}  # fmt: skip


@pytest.mark.parametrize(("given_name", "kana", "wanted"), CALLED.values(), ids=CALLED)
def test_a_child_is_called_in_the_letters_it_reads_first(given_name, kana, wanted):
    assert called(given_name, kana) == wanted


KANA = st.text(st.characters(min_codepoint=0x30A1, max_codepoint=0x30F6), min_size=1)


@given(KANA)
def test_no_katakana_is_left_of_a_reading_and_no_letter_gets_lost(kana):
    shown = called("葵", kana)
    assert len(shown) == len(kana)
    assert all(0x3041 <= ord(letter) <= 0x3096 for letter in shown)


@given(st.text(min_size=1), st.text())
def test_nobody_is_without_a_name(given_name, kana):
    assert called(given_name, kana)


@given(st.text(), st.text())
def test_whom_it_calls_it_calls_the_same_again(given_name, kana):
    once = called(given_name, kana)
    assert called(given_name, once) == once
