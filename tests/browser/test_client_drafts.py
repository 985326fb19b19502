"""What is typed is kept: here at once, on the server a moment later, and never mixed up."""

import pytest
from playwright.sync_api import expect

from tests.browser.client_steps import (
    chip,
    open_form,
    ready,
    sign_in,
    stop_clock,
    stored,
    until,
    why,
    writing,
)

pytest_plugins = ["tests.browser.client_fixtures"]


def test_typing_is_saved_on_the_server_and_the_time_is_shown(new_device, stand_in):
    page = writing(new_device())
    why(page).press_sequentially("I drew a picture")
    expect(page.locator("[data-saved]")).to_be_visible()
    expect(page.locator("[data-saved] time")).to_have_text("10:42")
    assert stand_in.ledger.draft()["why"] == "I drew a picture"
    chip(page, "saved")


def test_a_tap_is_saved_without_waiting_for_more(new_device, stand_in):
    page = writing(new_device(), step=1)
    stop_clock(page)  # Time stands still: nothing that waits can happen.
    page.get_by_label("Step 3").check()
    page.clock.run_for(0)
    until(page, lambda: stand_in.ledger.draft().get("near") == "3")


def test_long_typing_is_sent_once_it_rests_not_at_every_letter(new_device, stand_in):
    page = writing(new_device())
    why(page).press_sequentially("thirty letters are typed here.", delay=20)
    expect(page.locator("[data-saved]")).to_be_visible()
    assert stand_in.ledger.saves == 1


def test_the_row_on_the_device_is_sealed_with_a_key_that_cannot_leave(new_device):
    page = writing(new_device())
    why(page).fill("わたしだけのことば")
    expect(page.locator("[data-saved]")).to_be_visible()
    kept = stored(page)
    assert [row["extractable"] for row in kept["keys"]] == [False]
    sealed = bytes(kept["drafts"][0]["bytes"])
    assert len(sealed) > 50
    assert "わたしだけのことば".encode() not in sealed
    assert b"why" not in sealed


FAULTS_ON_THE_WAY = ["drop", "filter", "error"]


@pytest.mark.parametrize("fault", FAULTS_ON_THE_WAY)
def test_a_save_that_fails_stays_here_and_is_sent_again(new_device, stand_in, fault):
    page = writing(new_device())
    stand_in.will(fault, "/drafts/reflection/7")
    why(page).fill("once is not enough")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    expect(page.locator("[data-saved]")).to_be_visible()
    assert stand_in.ledger.draft()["why"] == "once is not enough"
    assert stand_in.ledger.others == []
    chip(page, "saved")


def test_without_a_connection_the_chip_and_the_banner_say_so_until_it_is_back(new_device, stand_in):
    context = new_device()
    page = writing(context)
    context.set_offline(True)
    why(page).fill("on the train")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    chip(page, "offline")
    expect(page.locator("[data-offline]")).to_be_visible()
    context.set_offline(False)
    expect(page.locator("[data-saved]")).to_be_visible()
    expect(page.locator("[data-offline]")).to_be_hidden()
    assert stand_in.ledger.draft()["why"] == "on the train"


def test_a_lost_reply_is_not_taken_for_another_persons_text(new_device, stand_in):
    page = writing(new_device())
    stand_in.will("drop", "/drafts/reflection/7")
    why(page).fill("first words")
    until(page, lambda: stand_in.ledger.draft().get("why") == "first words")
    why(page).fill("first words and more")
    until(page, lambda: stand_in.ledger.draft().get("why") == "first words and more")
    expect(page.locator("[data-conflict]")).to_be_hidden()


def test_a_reload_in_the_middle_of_a_word_brings_the_word_back(new_device, stand_in):
    page = writing(new_device())
    stop_clock(page)  # Nothing is saved by and by: what brings the word back is the leaving.
    why(page).press_sequentially("half a wo")
    # On a busy server a page can overtake what was sent before it was asked for, and shows it at
    # the next loading only; here it comes after, or never.
    stand_in.page_waits = True
    page.reload()
    ready(page)
    expect(why(page)).to_have_value("half a wo")
    assert stand_in.ledger.draft().get("why") == "half a wo"
    expect(page.locator("[data-conflict]")).to_be_hidden()


def test_a_draft_that_never_reached_the_server_is_brought_back_and_sent(new_device, stand_in):
    page = writing(new_device())
    stand_in.will("filter", "/drafts/reflection/7", times=9)
    why(page).fill("only here")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    stand_in.faults.clear()
    # Its own chance to leave on the way out is lost as well.
    stand_in.will("filter", "/drafts/reflection/7")
    page.reload()
    ready(page)
    expect(why(page)).to_have_value("only here")
    expect(page.get_by_text("Your draft is back.")).to_be_visible()
    until(page, lambda: stand_in.ledger.draft().get("why") == "only here")


def test_two_devices_keep_both_texts_and_the_person_chooses(new_device, stand_in):
    school, home = writing(new_device()), writing(new_device())
    why(school).fill("written at school")
    expect(school.locator("[data-saved]")).to_be_visible()
    why(home).fill("written at <b>home</b>")
    conflict = home.locator("[data-conflict]")
    expect(conflict).to_be_visible()
    expect(conflict.locator("[data-other]")).to_have_text("written at school")
    expect(why(home)).to_have_value("written at <b>home</b>")
    assert stand_in.ledger.draft()["why"] == "written at school"
    assert [other["why"] for other in stand_in.ledger.others] == ["written at <b>home</b>"]

    conflict.get_by_role("button", name="Use the other").click()
    expect(why(home)).to_have_value("written at school")
    expect(conflict.locator("[data-other]")).to_have_text("written at <b>home</b>")
    expect(conflict.locator("b")).to_have_count(0)

    conflict.get_by_role("button", name="Use the other").click()
    conflict.get_by_role("button", name="Keep this").click()
    expect(conflict).to_be_hidden()
    until(home, lambda: stand_in.ledger.draft()["why"] == "written at <b>home</b>")


def test_while_nobody_has_chosen_the_text_of_the_other_device_stands(new_device, stand_in):
    school, home = writing(new_device()), writing(new_device())
    why(school).fill("first")
    expect(school.locator("[data-saved]")).to_be_visible()
    why(home).fill("second")
    expect(home.locator("[data-conflict]")).to_be_visible()
    saves = stand_in.ledger.saves
    why(home).fill("second and more")
    home.get_by_role("button", name="Back to near").click()
    home.get_by_label("Step 2").check()
    home.wait_for_timeout(1500)
    assert stand_in.ledger.saves == saves
    assert stand_in.ledger.draft()["why"] == "first"


def test_two_tabs_of_one_device_do_not_overwrite_each_other(new_device, stand_in):
    context = new_device()
    one = writing(context)
    two = open_form(context.new_page())
    why(one).fill("in the first tab")
    expect(one.locator("[data-saved]")).to_be_visible()
    why(two).fill("in the second tab")
    expect(two.locator("[data-conflict]")).to_be_visible()
    expect(why(two)).to_have_value("in the second tab")


def test_an_older_copy_on_the_device_is_offered_not_put_over_a_newer_one(new_device, stand_in):
    context = new_device()
    page = writing(context)
    context.set_offline(True)
    why(page).fill("left on this device")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.close()
    elsewhere = writing(new_device())
    why(elsewhere).fill("newer, from elsewhere")
    expect(elsewhere.locator("[data-saved]")).to_be_visible()

    context.set_offline(False)
    page = open_form(context.new_page())
    expect(why(page)).to_have_value("newer, from elsewhere")
    offer = page.locator("[data-offer]")
    expect(offer.locator("[data-other]")).to_have_text("left on this device")
    why(page).fill("newer, and going on")
    expect(page.locator("[data-saved]")).to_be_visible()
    page.reload()
    ready(page)
    expect(offer.locator("[data-other]")).to_have_text("left on this device")
    offer.get_by_role("button", name="Keep this").click()
    page.reload()
    ready(page)
    expect(offer).to_be_hidden()


def test_a_choice_in_another_text_is_told_in_words_without_its_readings(new_device):
    school, home = writing(new_device(), step=1), writing(new_device(), step=1)
    school.get_by_label("Step 4").check()
    expect(school.locator("[data-saved]")).to_be_visible()
    home.get_by_label("Step 1").check()
    expect(home.locator("[data-conflict] [data-other]")).to_have_text("Step 4")


def test_what_is_being_typed_is_not_replaced_by_an_older_copy(new_device, stand_in):
    context = new_device()
    page = writing(context)
    context.set_offline(True)
    why(page).fill("kept before")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.close()
    context.set_offline(False)
    page = context.new_page()
    # The hand is faster than the store: the first letters are typed as soon as the form is there.
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => {"
        "const area = document.querySelector('textarea[name=why]');"
        "area.focus(); area.value = 'typing';"
        "area.dispatchEvent(new Event('input', { bubbles: true })); });"
    )
    open_form(page)
    expect(why(page)).to_have_value("typing")
    expect(page.locator("[data-offer] [data-other]")).to_have_text("kept before")


def test_a_session_that_ended_asks_to_sign_in_and_keeps_the_text(new_device, stand_in):
    context = new_device()
    page = writing(context)
    stand_in.sessions_ended = True
    why(page).fill("after a long break")
    expect(page.locator("[data-signed-out]")).to_be_visible()
    expect(page.locator("[data-saved-here]")).to_be_visible()
    stand_in.sessions_ended = False
    writing(context, page=page)
    expect(why(page)).to_have_value("after a long break")


def test_a_stale_token_is_renewed_without_a_word(new_device, stand_in):
    context = new_device()
    page = writing(context)
    other_tab = sign_in(context)  # Signing in again makes a new session with a new token.
    other_tab.close()
    why(page).fill("the token was old")
    expect(page.locator("[data-saved]")).to_be_visible()
    assert stand_in.ledger.draft()["why"] == "the token was old"
