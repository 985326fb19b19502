"""Small help while writing: seeds, remaining characters, blocks that depend on a choice."""

from playwright.sync_api import expect

from tests.browser.client_steps import ready, sign_in, why, writing

pytest_plugins = ["tests.browser.client_fixtures"]


def test_a_seed_of_words_is_put_where_the_caret_is(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("Good  it was short")
    why(page).press("Home")
    for _ in "Good ":
        why(page).press("ArrowRight")
    page.get_by_role("button", name="because", exact=True).click()
    expect(why(page)).to_have_value("Good because  it was short")
    expect(why(page)).to_be_focused()
    page.keyboard.type("I saw")
    expect(why(page)).to_have_value("Good because I saw it was short")
    expect(page.locator("[data-saved]")).to_be_visible()
    assert stand_in.ledger.draft()["why"] == "Good because I saw it was short"


def test_a_seed_that_does_not_fit_is_not_put_in(new_device):
    page = writing(new_device())
    why(page).fill("x" * 95)
    page.get_by_role("button", name="because", exact=True).click()
    expect(why(page)).to_have_value("x" * 95)


def test_the_remaining_characters_are_counted_down(new_device):
    page = writing(new_device())
    left = page.locator("[data-count-for]")
    expect(left).to_have_text("100")
    why(page).fill("12345")
    expect(left).to_have_text("95")
    page.get_by_role("button", name="because", exact=True).click()
    expect(left).to_have_text("87")


def test_a_block_is_shown_while_its_choice_is_chosen(new_device):
    page = writing(new_device(), step=3)
    which = page.get_by_label("Which")
    expect(which).to_be_hidden()
    page.get_by_label("Another way").check()
    expect(which).to_be_visible()
    page.get_by_label("The same").check()
    expect(which).to_be_hidden()


def test_a_plain_form_is_posted_once_and_its_button_keeps_its_value(new_device, stand_in):
    page = sign_in(new_device())
    page.goto("/queue/3")
    ready(page)
    read, answer = "[data-key-read]", "[data-key-answer]"
    press = "(names) => names.forEach((name) => document.querySelector(name).click())"
    page.evaluate(press, [read, answer])
    page.wait_for_url("**/queue/4")
    assert [answer["act"] for answer in stand_in.ledger.answers] == ["read"]


def test_back_brings_a_usable_form_again(new_device, stand_in):
    page = sign_in(new_device())
    page.goto("/queue/3")
    page.get_by_role("button", name="Read", exact=True).click()
    page.wait_for_url("**/queue/4")
    page.go_back()
    page.wait_for_url("**/queue/3")
    expect(page.get_by_role("button", name="Read", exact=True)).to_be_enabled()
