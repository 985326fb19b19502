"""How often somebody may try, with the numbers themselves; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from aarportal.core import clock
from aarportal.core.errors import InvalidError, TooManyTriesError
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts import passwords
from aarportal.people.accounts.cards import operations as cards
from aarportal.people.accounts.cards import store as cards_store
from aarportal.people.accounts.cards.operations import Shown
from aarportal.people.accounts.cards.pictures import PICTURES
from aarportal.people.accounts.oidc.refusing import operations as oidc
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.tokens import hash_of
from aarportal.people.lti.trying import operations as lti
from tests.cast import AOI, BEN, CHIBA, CLASS_4_2, CODES, PASSWORD, PRIMARY, scope_of

SECRET = "secret"
#: A Friday at school.
MOMENT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SCHOOL, HOME = "203.0.113.9", "198.51.100.7"


@pytest.fixture(autouse=True)
def in_class_time(in_app):
    clock.shift(MOMENT - datetime.now(UTC))


def later(**by):
    clock.shift(clock.now() + timedelta(**by) - datetime.now(UTC))


def type_in(password="wrong", login_id=AOI.login_id, address=SCHOOL):
    """What becomes of a try: `in`, `wait`, or why it was refused."""
    try:
        accounts.sign_in(SignInDraft(CODES[PRIMARY], login_id, password, address), SECRET)
    except InvalidError as error:
        return error.rule
    except TooManyTriesError:
        return "wait"
    return "in"


def hold_up(token, pictures=("sun",) * 3, address=SCHOOL):
    """The same of a login card."""
    try:
        cards.enter(Shown(token, pictures, address), SECRET)
    except InvalidError as error:
        return error.rule
    except TooManyTriesError:
        return "wait"
    return "in"


@pytest.fixture
def made():
    """A card of Aoi's."""
    with unit_of_work(scope_of(CHIBA)) as scope:
        return cards.hand_out(scope, CLASS_4_2, [AOI.id])[0]


def others(made):
    return tuple(next(name for name in PICTURES if name != it) for it in made.pictures)


def test_six_wrong_passwords_in_five_minutes_and_the_seventh_waits():
    assert [type_in() for _ in range(7)] == ["sign_in"] * 6 + ["wait"]
    later(minutes=4, seconds=30)
    assert type_in(PASSWORD) == "wait", "the right one, too"
    later(seconds=31)
    assert type_in(PASSWORD) == "in"


def test_with_the_eighteenth_wrong_password_of_a_day_the_login_id_rests():
    for _ in range(2):
        assert [type_in() for _ in range(6)] == ["sign_in"] * 6
        later(minutes=6)
    assert [type_in() for _ in range(6)] == ["sign_in"] * 5 + ["resting"]
    later(hours=3)
    assert type_in(PASSWORD) == "resting"
    assert type_in(PASSWORD, BEN.login_id) == "in"


def test_three_wrong_tries_with_a_card_in_a_minute_and_the_fourth_waits(made):
    assert [hold_up(made.token, others(made)) for _ in range(4)] == ["pictures"] * 3 + ["wait"]
    later(seconds=50)
    assert hold_up(made.token, made.pictures) == "wait"
    later(seconds=11)
    assert hold_up(made.token, made.pictures) == "in"


def test_with_the_sixth_wrong_try_a_card_is_stopped(made):
    for rules in (["pictures"] * 3, ["pictures"] * 2 + ["stopped"]):
        assert [hold_up(made.token, others(made)) for _ in range(3)] == rules
        later(minutes=2)
    assert hold_up(made.token, made.pictures) == "stopped"
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert cards_store.card(scope, hash_of(made.token)).wrong_tries == 6


def test_two_hundred_tries_from_one_address_and_the_next_waits(made, monkeypatch):
    """Each is at another login id, so that nothing but the address can have to wait."""
    with monkeypatch.context() as patched:
        # Two hundred hashes would take longer than the five minutes mean.
        patched.setattr(passwords, "matches", lambda *_: False)
        assert {type_in(login_id=f"nobody-{n}") for n in range(200)} == {"sign_in"}
    assert type_in(PASSWORD) == "wait"
    assert hold_up(made.token, made.pictures) == "wait"
    assert type_in(PASSWORD, address=HOME) == "in"
    assert hold_up(made.token, made.pictures, address=HOME) == "in"
    later(minutes=5, seconds=1)
    assert type_in(PASSWORD) == "in"


def test_two_hundred_codes_that_nobody_made_and_the_next_card_waits(made):
    assert {hold_up(f"made up {n}") for n in range(200)} == {"unknown"}
    assert hold_up(made.token, made.pictures) == "wait"
    assert type_in(PASSWORD) == "wait"
    assert hold_up(made.token, made.pictures, address=HOME) == "in"


def test_how_often_providers_platforms_and_codes_are_tried():
    """What happens then is tried beside each of them, with smaller numbers."""
    limits = [oidc.PER_ADDRESS, lti.PER_ADDRESS, *proving.PER_PERSON]
    assert [(it.tries, it.window) for it in limits] == [
        (200, timedelta(minutes=5)),
        (600, timedelta(minutes=5)),
        (5, timedelta(minutes=15)),
        (30, timedelta(days=1)),
    ]
