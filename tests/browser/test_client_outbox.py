"""A form that was handed in arrives once, whatever happens to the line in between."""

import pytest
from playwright.sync_api import expect

from tests.browser.client_steps import (
    chip,
    hand_in,
    open_form,
    ready,
    sign_in,
    stop_clock,
    stored,
    until,
    why,
    writing,
)
from tests.browser.harness import person_id

pytest_plugins = ["tests.browser.client_fixtures"]

KEPT = "[data-kept]"


def test_the_ordinary_case_leads_to_the_page_that_the_server_names(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("it went well")
    hand_in(page)
    page.wait_for_url("**/home")
    expect(page.get_by_role("listitem")).to_have_text("it went well")
    assert [post[0] for post in stand_in.ledger.posts] == ["/reflection/7"]
    ready(page)
    kept = stored(page)
    assert kept["outbox"] == []
    assert kept["drafts"] == []


def test_the_pressed_button_keeps_its_name_and_value(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("named")
    hand_in(page)
    page.wait_for_url("**/home")
    assert [post[2] for post in stand_in.ledger.posts] == ["yes"]


def test_a_double_click_hands_in_once(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("twice pressed")
    page.get_by_role("button", name="Go on to next").click()
    stand_in.held.clear()
    stand_in.will("hold", "/reflection/7")
    finish = page.get_by_role("button", name="Hand in")
    finish.dblclick()
    expect(finish).to_be_disabled()
    stand_in.held.set()
    page.wait_for_url("**/home")
    assert len(stand_in.ledger.posts) == 1


FAULTS_ON_THE_WAY = ["drop", "filter", "block", "page", "error"]


@pytest.mark.parametrize("fault", FAULTS_ON_THE_WAY)
def test_a_failed_delivery_is_kept_told_and_made_good_by_itself(new_device, stand_in, fault):
    page = writing(new_device())
    why(page).fill("it must arrive")
    stand_in.will(fault, "/reflection/7", times=99)
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    stand_in.faults.clear()
    page.wait_for_url("**/home", timeout=40000)
    assert stand_in.ledger.texts() == ["it must arrive"]
    expect(page.get_by_text("web filter")).to_have_count(0)
    ready(page)
    assert stored(page)["outbox"] == []
    chip(page, "saved")


def test_the_back_off_grows_while_the_server_stays_away(new_device, stand_in):
    # Without a service worker, because Background Sync has a clock of its own.
    page = writing(new_device(service_workers="block"))
    stop_clock(page)
    why(page).fill("patience")
    stand_in.will("error", "/reflection/7")
    stand_in.will("error", "/csrf", times=50)
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    asked = []
    for _ in range(3):
        page.clock.run_for(1100)
        page.wait_for_timeout(150)
        asked.append(50 - len(stand_in.faults["/csrf"]))
    page.clock.run_for(5000)
    page.wait_for_timeout(150)
    asked.append(50 - len(stand_in.faults["/csrf"]))
    # After 1 s once; not again after 2 and 3 s; after 6 s the second time.
    assert asked == [1, 1, 1, 2]


def test_offline_the_form_waits_unchanged_and_goes_when_the_line_is_back(new_device, stand_in):
    context = new_device()
    page = writing(context)
    context.set_offline(True)
    why(page).fill("written on the bus")
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    expect(page.locator(KEPT)).to_be_focused()
    chip(page, "pending")
    expect(page.locator("[data-count]")).to_have_text("1")
    expect(page.get_by_role("button", name="Hand in")).to_be_disabled()
    sealed = bytes(stored(page)["outbox"][0]["bytes"])
    assert b"written on the bus" not in sealed
    assert stand_in.ledger.texts() == []
    context.set_offline(False)
    page.wait_for_url("**/home")
    assert stand_in.ledger.texts() == ["written on the bus"]


def test_a_reload_while_it_waits_shows_the_same_words_and_does_not_ask_again(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("waiting")
    stand_in.will("error", "/reflection/7", times=99)
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    page.reload()
    ready(page)
    expect(page.locator(KEPT)).to_be_visible()
    expect(why(page)).to_have_value("waiting")
    expect(why(page)).to_be_disabled()
    stand_in.faults.clear()
    page.wait_for_url("**/home", timeout=40000)
    assert stand_in.ledger.texts() == ["waiting"]


def test_a_closed_window_sends_it_the_next_time_any_page_is_open(new_device, stand_in):
    context = new_device()
    page = writing(context)
    why(page).fill("closed too early")
    stand_in.will("error", "/reflection/7")
    stand_in.will("error", "/csrf", times=9)
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    page.close()
    stand_in.faults.clear()
    page = context.new_page()
    page.goto("/home")
    until(page, lambda: stand_in.ledger.texts() == ["closed too early"])
    chip(page, "saved")


def test_two_open_tabs_deliver_one_entry_and_both_know_it(new_device, stand_in):
    context = new_device()
    page, other = writing(context), context.new_page()
    stop_clock(page)  # Of the two, only the other tab is able to send.
    why(page).fill("one entry, two tabs")
    stand_in.will("error", "/reflection/7", times=99)
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    stand_in.faults.clear()
    other.goto("/home")
    page.wait_for_url("**/home")
    assert stand_in.ledger.texts() == ["one entry, two tabs"]
    chip(other, "saved")


def test_the_pressed_button_may_post_to_an_address_of_its_own(new_device, stand_in):
    page = writing(new_device(), step=3)
    why(page).evaluate("(area) => { area.value = 'elsewhere'; }")
    finish = page.get_by_role("button", name="Hand in")
    finish.evaluate("(button) => button.setAttribute('formaction', '/reflection/8')")
    finish.click()
    page.wait_for_url("**/home")
    assert [post[0] for post in stand_in.ledger.posts] == ["/reflection/8"]


def test_a_refused_form_comes_back_with_its_message_and_every_word(new_device, stand_in):
    page = writing(new_device(), step=1)
    page.get_by_label("Step 2").check()
    page.get_by_role("button", name="Go on to why").click()
    hand_in(page)
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("[data-errors]")).to_have_text("Write why.")
    expect(page.locator("[data-step='2']")).to_be_visible()
    expect(page.get_by_label("Step 2")).to_be_checked()
    why(page).fill("now with a reason")
    hand_in(page)
    page.wait_for_url("**/home")
    assert stand_in.ledger.texts() == ["now with a reason"]


def test_a_form_refused_behind_ones_back_is_told_and_its_words_are_in_the_draft(
    new_device, stand_in
):
    context = new_device()
    page = writing(context, step=1)
    page.get_by_label("Step 2").check()
    context.set_offline(True)
    page.get_by_role("button", name="Go on to why").click()
    hand_in(page)
    expect(page.locator(KEPT)).to_be_visible()
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/home")
    expect(page.locator("[data-returned]")).to_be_visible()
    page.get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/reflection/7")
    ready(page)
    expect(page.get_by_label("Step 2")).to_be_checked()
    assert stored(page)["outbox"] == []


def test_an_answer_that_only_the_server_can_explain_is_shown_as_its_page(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("not for me")
    stand_in.will("refuse", "/reflection/7", times=2)
    hand_in(page)
    expect(page.get_by_role("heading", name="Not allowed")).to_be_visible()
    page.goto("/home")
    ready(page)
    assert stored(page)["outbox"] == []
    open_form(page)
    expect(why(page)).to_have_value("not for me")


def test_a_session_that_ended_keeps_the_form_until_the_same_person_is_back(new_device, stand_in):
    context = new_device()
    page = writing(context)
    why(page).fill("the bell rang")
    stand_in.sessions_ended = True
    hand_in(page)
    expect(page.locator("[data-signed-out]")).to_be_visible()
    expect(page.locator(KEPT)).to_be_visible()
    stand_in.sessions_ended = False
    page.goto("/sign-in")
    assert stand_in.ledger.texts() == []
    sign_in(context, page=page)
    until(page, lambda: stand_in.ledger.texts() == ["the bell rang"])


def test_words_are_never_sent_under_the_name_of_who_signed_in_meanwhile(new_device, stand_in):
    context = new_device()
    page = writing(context, "sakura")
    why(page).fill("by Sakura")
    page.get_by_role("button", name="Go on to next").click()
    sign_in(context, "haruto")
    page.get_by_role("button", name="Hand in").click()
    # The page of the first person gives way to one of the second.
    expect(page.locator(f"meta[content='{person_id('haruto')}']")).to_have_count(1)
    ready(page)
    assert stand_in.ledger.handed_in == {}
    assert stand_in.ledger.draft("haruto") == {}
    sign_in(context, "sakura", page)
    until(page, lambda: stand_in.ledger.texts("sakura") == ["by Sakura"])


def test_no_autosave_follows_a_form_that_was_handed_in(new_device, stand_in):
    page = writing(new_device())
    stand_in.held.clear()
    why(page).fill("the last word")
    stand_in.will("hold", "/drafts/reflection/7")
    until(page, lambda: not stand_in.faults["/drafts/reflection/7"])
    hand_in(page)
    page.wait_for_url("**/home")
    stand_in.held.set()
    page.wait_for_timeout(1500)
    assert stand_in.ledger.texts() == ["the last word"]
    assert stand_in.ledger.draft() == {}
    open_form(page)
    expect(why(page)).to_have_value("")


def test_without_a_secure_place_on_the_device_the_browser_posts_as_ever(new_device, stand_in):
    context = new_device()
    context.add_init_script("delete Object.getPrototypeOf(window.crypto).subtle")
    page = writing(context)
    why(page).fill("plain old post")
    hand_in(page)
    page.wait_for_url("**/home")
    assert stand_in.ledger.texts() == ["plain old post"]
    assert stand_in.ledger.posts[0][2] == "yes"
