"""Which passwords will not do."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.accounts.own_password.rules import refusal

OWN = ["chiba", "千葉", "さくら"]


def of_staff(password):
    return refusal(password, is_staff=True, own_words=OWN)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("himawari-11", "short"),
        ("Password2026!", "common"),
        ("P@ssw0rd2026", "common"),
        ("ｐａｓｓｗｏｒｄ２０２６", "common"),
        ("sakurasakura12", "common"),
        ("123456789012", "common"),
        ("qwertyuiop12", "common"),
        ("abcdefghijkl", "common"),
        ("aaaaaaaaaaaa", "common"),
        ("abababababab", "common"),
        ("my chiba is nice", "own_word"),
        ("千葉の海はとても広いなあ", None),
        ("correct horse battery", None),
        ("四つ葉のクローバーと雨の日", None),
        ("tulip-9021-frog", None),
    ],
)
def test_what_everybody_guesses_will_not_do(password, rule):
    assert of_staff(password) == rule


def test_pupils_type_less():
    assert refusal("tulip-90", is_staff=False, own_words=[]) is None
    assert refusal("tulip-9", is_staff=False, own_words=[]) == "short"
    assert refusal("password1", is_staff=False, own_words=[]) == "common"


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=16, max_size=16))
def test_what_chance_makes_will_do(password):
    """Sixteen letters drawn at random: refused only if they are hardly different at all."""
    rule = refusal(password, is_staff=True, own_words=[])
    assert rule is None or len(set(password)) < 10


@given(st.text(max_size=11))
def test_no_short_one_will_do(password):
    assert of_staff(password) == "short"
