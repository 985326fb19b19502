"""A teacher reads forty reflections without leaving the keyboard, and can type in peace."""

import pytest
from playwright.sync_api import expect

from tests.browser.client_steps import ready, sign_in

pytest_plugins = ["tests.browser.client_fixtures"]


@pytest.fixture
def queue(new_device):
    page = sign_in(new_device(), "teacher")
    page.goto("/queue/3")
    return ready(page)


@pytest.mark.parametrize(("key", "address"), [("j", "4"), ("k", "2"), ("J", "4")])
def test_j_and_k_go_to_the_next_and_the_one_before(queue, key, address):
    if key.isupper():
        # Caps lock is on: an upper-case letter without the shift key.
        queue.locator("body").dispatch_event("keydown", {"key": key, "bubbles": True})
    else:
        queue.keyboard.press(key)
    queue.wait_for_url(f"**/queue/{address}")


def test_digits_choose_a_stamp_and_c_goes_to_the_comment(queue):
    queue.keyboard.press("2")
    expect(queue.get_by_label("Noticed")).to_be_checked()
    queue.keyboard.press("3")
    expect(queue.get_by_label("Finished")).to_be_checked()
    queue.keyboard.press("5")
    expect(queue.get_by_label("Finished")).to_be_checked()
    queue.keyboard.press("c")
    expect(queue.locator("textarea")).to_be_focused()
    expect(queue.locator("textarea")).to_have_value("")


def test_while_typing_a_letter_is_a_letter_and_control_enter_answers(queue, stand_in):
    queue.keyboard.press("1")
    queue.keyboard.press("c")
    queue.keyboard.type("jk1r c")
    expect(queue.locator("textarea")).to_have_value("jk1r c")
    queue.keyboard.press("Control+Enter")
    queue.wait_for_url("**/queue/4")
    [answer] = stand_in.ledger.answers
    assert (answer["act"], answer["stamp"], answer["comment"]) == ("answer", "Saw", "jk1r c")


def test_r_marks_as_read(queue, stand_in):
    queue.keyboard.press("r")
    queue.wait_for_url("**/queue/4")
    assert [answer["act"] for answer in stand_in.ledger.answers] == ["read"]


def test_a_key_with_control_or_alt_belongs_to_the_browser(queue):
    queue.keyboard.press("Alt+2")
    queue.keyboard.press("Control+2")
    expect(queue.get_by_label("Noticed")).not_to_be_checked()


def test_the_keys_can_be_switched_off_and_stay_off(queue):
    queue.get_by_label("Keys").uncheck()
    queue.keyboard.press("2")
    queue.keyboard.press("j")
    expect(queue.get_by_label("Noticed")).not_to_be_checked()
    queue.reload()
    ready(queue)
    expect(queue.get_by_label("Keys")).not_to_be_checked()
    queue.keyboard.press("2")
    expect(queue.get_by_label("Noticed")).not_to_be_checked()
    queue.get_by_label("Keys").check()
    queue.keyboard.press("2")
    expect(queue.get_by_label("Noticed")).to_be_checked()
