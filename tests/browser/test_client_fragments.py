"""Fragments land only where they may, and the focus goes where the person has to look."""

import pytest
from playwright.sync_api import expect

from tests.browser.client_steps import chip, ready, sign_in

pytest_plugins = ["tests.browser.client_fixtures"]


@pytest.fixture
def page(new_device):
    page = sign_in(new_device())
    page.goto("/fragments")
    return ready(page)


def put(page, text: str):
    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Put").click()


def test_a_refused_form_brings_the_focus_to_what_has_to_be_mended(page):
    put(page, "")
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("[data-errors]")).to_have_text("Write a note.")


def test_a_form_that_was_taken_is_posted_with_the_token_of_the_page(page):
    put(page, "hello")
    expect(page.get_by_role("heading", name="Put hello")).to_be_visible()


def test_a_web_filters_page_is_not_put_into_ours(page, stand_in):
    stand_in.will("filter", "/fragments/list")
    page.get_by_role("button", name="Filter").click()
    chip(page, "offline")
    expect(page.locator("#list")).to_have_text("all")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#list")).to_have_text("filtered")
    chip(page, "saved")


def test_a_session_that_ended_shows_where_to_sign_in_and_leaves_the_page(page, stand_in):
    stand_in.sessions_ended = True
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("[data-signed-out]")).to_be_focused()
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
    expect(page.locator("#list")).to_have_text("all")


def test_the_place_that_is_being_filled_says_that_it_is_busy(page, stand_in):
    stand_in.held.clear()
    stand_in.will("hold", "/fragments/list")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#list")).to_have_attribute("aria-busy", "true")
    stand_in.held.set()
    expect(page.locator("#list")).to_have_text("filtered")
    expect(page.locator("#list")).not_to_have_attribute("aria-busy", "true")


def test_a_text_in_the_making_is_not_swapped_away(page, stand_in):
    stand_in.held.clear()
    stand_in.will("hold", "/fragments/list")
    page.get_by_role("button", name="Refresh note").click()
    page.get_by_label("Note", exact=True).fill("still writing")
    stand_in.held.set()
    page.wait_for_timeout(500)
    expect(page.get_by_label("Note", exact=True)).to_have_value("still writing")


def test_a_fragment_that_comes_by_itself_leaves_the_focus_alone(page):
    page.get_by_label("Filter").focus()
    expect(page.locator("#poll")).not_to_have_text("polled 0")
    expect(page.get_by_label("Filter")).to_be_focused()


def test_polling_rests_while_the_page_is_hidden_and_catches_up_when_it_is_seen(page, stand_in):
    expect(page.locator("#poll")).not_to_have_text("polled 0")
    hide = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true })"
    page.evaluate(hide % "true")
    page.wait_for_timeout(200)
    polls = stand_in.ledger.polls
    page.wait_for_timeout(2500)
    assert stand_in.ledger.polls == polls
    page.evaluate(f"{hide % 'false'}; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#poll")).to_have_text(f"polled {polls + 1}")
