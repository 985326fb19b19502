"""What lies in the database encrypted, and who can read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core import sealing
from aarportal.core.sealing import SealedError, Secret

OLD, NEW = "an old key, long enough to seal with", "a new key, long enough to seal with"


@pytest.fixture(autouse=True)
def ring(monkeypatch):
    monkeypatch.setattr(sealing, "_ring", sealing._Ring())
    sealing.use_keys([OLD])


@given(st.text())
def test_what_was_sealed_is_read_again(text):
    assert sealing.opened(sealing.seal(text, "a.b"), "a.b") == text


def test_equal_texts_do_not_look_equal():
    assert sealing.seal("つらい", "a.b") != sealing.seal("つらい", "a.b")


def test_the_text_does_not_stand_in_what_is_kept():
    assert "かなしい".encode() not in sealing.seal("かなしい", "a.b")


def test_a_value_moved_to_another_column_is_refused():
    with pytest.raises(SealedError):
        sealing.opened(sealing.seal("x", "a.b"), "a.c")


@given(st.integers(0, 40), st.integers(1, 255))
def test_a_changed_value_is_refused(at, change):
    sealed = bytearray(sealing.seal("twenty-four letters, here", "a.b"))
    sealed[at] ^= change
    with pytest.raises(SealedError):
        sealing.opened(bytes(sealed), "a.b")


@pytest.mark.parametrize("cut", [0, 1, 4, 5, 16, 17, 30])
def test_a_cut_value_is_refused(cut):
    with pytest.raises(SealedError):
        sealing.opened(sealing.seal("x", "a.b")[:cut], "a.b")


def test_a_new_key_seals_and_the_old_one_still_reads():
    before = sealing.seal("x", "a.b")
    sealing.use_keys([NEW, OLD])
    after = sealing.seal("x", "a.b")
    assert not sealing.is_fresh(before) and sealing.is_fresh(after)
    assert sealing.opened(before, "a.b") == sealing.opened(after, "a.b") == "x"


def test_another_installation_reads_nothing(monkeypatch):
    before = sealing.seal("x", "a.b")
    monkeypatch.setattr(sealing, "_ring", sealing._Ring())
    sealing.use_keys([NEW])
    with pytest.raises(SealedError):
        sealing.opened(before, "a.b")


def test_a_secret_is_shown_to_nobody_by_accident():
    secret = Secret("hush")
    assert "hush" not in f"{secret} {secret!r}" and secret.reveal() == "hush"
