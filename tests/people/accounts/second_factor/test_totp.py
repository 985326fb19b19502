"""Codes of half a minute, against the numbers that the standard itself prints."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.people.accounts.second_factor import recovery, totp

#: The secret of RFC 6238, appendix B.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 20, 10, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert totp.code_at(RFC_SECRET, datetime.fromtimestamp(seconds, UTC)) == code


@given(st.integers(-4, 4), st.integers(0, 29))
def test_a_code_is_taken_half_a_minute_early_or_late_and_no_more(steps, offset):
    moment = NOW.replace(second=0) + timedelta(seconds=offset)
    code = totp.code_at(RFC_SECRET, moment + timedelta(seconds=30 * steps))
    step = totp.step_of(RFC_SECRET, code, moment, last_step=0)
    assert (step is not None) == (abs(steps) <= 1)


def test_a_step_that_was_taken_is_not_taken_again_and_none_before_it():
    code = totp.code_at(RFC_SECRET, NOW)
    step = totp.step_of(RFC_SECRET, code, NOW, last_step=0)
    assert totp.step_of(RFC_SECRET, code, NOW, last_step=step) is None
    before = totp.code_at(RFC_SECRET, NOW - timedelta(seconds=30))
    assert totp.step_of(RFC_SECRET, before, NOW, last_step=step) is None
    after = totp.code_at(RFC_SECRET, NOW + timedelta(seconds=30))
    assert totp.step_of(RFC_SECRET, after, NOW, last_step=step) == step + 1


def test_secrets_are_long_enough_and_never_the_same():
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(each)) for each in made} == {20}


def test_the_picture_says_what_apps_for_codes_read():
    address = totp.address("ABCD", "まなびのわ", "千葉 さくら")
    assert address.startswith("otpauth://totp/%E3%81%BE")
    assert "secret=ABCD&issuer=" in address
    assert address.endswith("&algorithm=SHA1&digits=6&period=30")
    drawn = base64.b64decode(totp.picture(address).removeprefix("data:image/svg+xml;base64,"))
    assert b"<svg" in drawn
    assert b"style=" not in drawn


WIDE = str.maketrans(
    {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {"-": "\u2212"}
)


@given(st.sampled_from(["-", " ", "", "\u2212", "\u30fc"]), st.booleans(), st.booleans())
def test_a_code_on_paper_is_read_however_a_japanese_keyboard_types_it(stroke, wide, large):
    codes = recovery.new_codes()
    assert len({code[3:] for code in codes}) == recovery.CODES
    for number, code in enumerate(codes, start=1):
        typed = code.replace("-", stroke)
        typed = typed.upper() if large else typed
        typed = typed.translate(WIDE) if wide else typed
        assert recovery.read(typed) == (number, code[3:].replace("-", ""))


@pytest.mark.parametrize("typed", ["", "123456", "01-abcd-efgh", "01-abcd-efgh-jkmno", "01" * 9])
def test_what_is_no_code_on_paper_is_none(typed):
    assert recovery.read(typed) is None
