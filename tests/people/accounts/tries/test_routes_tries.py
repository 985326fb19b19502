"""Whoever tries too often from one address waits, as people meet it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.cards import operations as cards
from aarportal.people.accounts.tries import operations as tries
from tests.cast import AOI, BEN, CHIBA, CLASS_4_2, CODES, DOI, PASSWORD, PRIMARY, scope_of

SCHOOL, HOME = ({"REMOTE_ADDR": it} for it in ("203.0.113.9", "198.51.100.7"))


@pytest.fixture(autouse=True)
def three_tries(app, monkeypatch):
    """Three from an address instead of two hundred, on a Friday at school."""
    few = replace(tries.PER_ADDRESS, tries=3)
    monkeypatch.setattr(tries, "PER_ADDRESS", few)
    monkeypatch.setattr(accounts, "PER_ADDRESS", few)
    clock.shift(datetime(2026, 11, 20, 1, 0, tzinfo=UTC) - datetime.now(UTC))


def sign_in(window, member, password, place):
    fields = {"code": CODES[PRIMARY], "login_id": member.login_id, "password": password}
    return window.post("/sign-in", fields, environ_overrides=place)


def hold_up(window, token, pictures, place):
    window.get(f"/card/{token}", environ_overrides=place)
    fields = {f"picture_{n}": name for n, name in enumerate(pictures, start=1)}
    return window.post("/card", fields, environ_overrides=place)


@pytest.fixture
def made(app):
    with app.app_context(), unit_of_work(scope_of(CHIBA)) as scope:
        return cards.hand_out(scope, CLASS_4_2, [AOI.id])[0]


def waits(page):
    return page.status == 429 and int(page.response.headers["Retry-After"]) > 0


def test_after_three_login_ids_whoever_is_next_at_this_address_waits(browser, made):
    for member in (BEN, CHIBA, DOI):
        assert sign_in(browser(), member, "wrong", SCHOOL).status == 422
    assert waits(sign_in(browser(), AOI, PASSWORD, SCHOOL))
    assert waits(hold_up(browser(), made.token, made.pictures, SCHOOL))
    assert sign_in(browser(), AOI, PASSWORD, HOME).status == 303
    assert sign_in(browser(), BEN, PASSWORD, HOME).status == 303, "and those that were tried"


def test_after_three_codes_of_cards_whoever_is_next_at_this_address_waits(browser, made):
    for token in ("one", "two", "three"):
        assert hold_up(browser(), token, made.pictures, SCHOOL).status == 422
    assert waits(hold_up(browser(), made.token, made.pictures, SCHOOL))
    assert waits(sign_in(browser(), AOI, PASSWORD, SCHOOL))
    assert hold_up(browser(), made.token, made.pictures, HOME).status == 303
