"""Shared devices: who leaves, leaves nothing behind that another person can see."""

from playwright.sync_api import expect

from tests.browser.client_steps import (
    hand_in,
    open_form,
    ready,
    sign_in,
    stored,
    until,
    why,
    writing,
)
from tests.browser.harness import person_id

pytest_plugins = ["tests.browser.client_fixtures"]


def finish(page):
    page.get_by_role("button", name="Finish").click()


def test_signing_out_drops_the_key_and_keeps_only_ciphertext(new_device, stand_in):
    context = new_device()
    page = writing(context)
    stand_in.will("filter", "/drafts/reflection/7", times=9)
    why(page).fill("not finished")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    finish(page)
    page.wait_for_url("**/sign-in")
    ready(page)
    kept = stored(page)
    assert kept["keys"] == []
    assert b"not finished" not in bytes(kept["drafts"][0]["bytes"])


def test_another_person_sees_nothing_and_the_first_finds_everything_again(new_device, stand_in):
    context = new_device()
    page = writing(context, "sakura")
    stand_in.will("filter", "/drafts/reflection/7", times=99)
    why(page).fill("Sakura's words")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    finish(page)
    page.wait_for_url("**/sign-in")
    stand_in.faults.clear()

    writing(context, "haruto", page=page)
    expect(why(page)).to_have_value("")
    expect(page.get_by_text("Sakura")).to_have_count(0)
    finish(page)
    page.wait_for_url("**/sign-in")
    assert stand_in.ledger.drafts == {}

    writing(context, "sakura", page=page)
    expect(why(page)).to_have_value("Sakura's words")
    until(page, lambda: stand_in.ledger.draft("sakura")["why"] == "Sakura's words")


def test_one_device_holds_one_key_even_when_nobody_signed_out_in_between(new_device):
    context = new_device()
    sign_in(context, "sakura")
    page = sign_in(context, "haruto")
    assert [key["id"] for key in stored(page)["keys"]] == [person_id("haruto")]


def test_an_entry_that_waits_is_not_sent_by_the_next_person(new_device, stand_in):
    context = new_device()
    page = writing(context, "sakura")
    why(page).fill("from Sakura")
    stand_in.will("error", "/reflection/7")
    stand_in.will("error", "/csrf", times=99)
    hand_in(page)
    expect(page.locator("[data-kept]")).to_be_visible()
    finish(page)
    page.wait_for_url("**/sign-in")
    stand_in.faults.clear()
    sign_in(context, "haruto", page)
    expect(page.locator("[data-sync]")).to_have_attribute("data-state", "saved")
    assert stand_in.ledger.handed_in == {}
    sign_in(context, "sakura", page)
    until(page, lambda: stand_in.ledger.texts("sakura") == ["from Sakura"])


def test_back_after_signing_out_does_not_show_the_page_again(new_device):
    page = writing(new_device())
    why(page).fill("private words")
    finish(page)
    page.wait_for_url("**/sign-in")
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("private words")).to_have_count(0)


def test_a_page_that_the_browser_kept_alive_is_asked_for_anew(new_device):
    page = writing(new_device())
    why(page).fill("first version")
    expect(page.locator("[data-saved]")).to_be_visible()
    page.evaluate("document.title = 'an old copy'")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page).not_to_have_title("an old copy")


def test_other_tabs_of_who_signed_out_leave_too(new_device):
    context = new_device()
    page, other = writing(context), writing(context)
    finish(page)
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_without_a_connection_is_made_good_at_the_next_page(new_device, stand_in):
    context = new_device()
    page = writing(context)
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        finish(page)
    context.set_offline(False)
    page = context.new_page()
    page.goto("/home")
    page.wait_for_url("**/sign-in")
    assert stored(ready(page))["keys"] == []
    sign_in(context, page=page)
    open_form(page)
    expect(why(page)).to_be_visible()


def test_an_idle_page_signs_out_and_the_draft_is_there_afterwards(new_device, stand_in):
    context = new_device()
    page = sign_in(context)
    page.clock.install()
    open_form(page)
    why(page).fill("called away")
    page.clock.run_for(2000)
    expect(page.locator("[data-saved]")).to_be_visible()
    page.clock.fast_forward("14:00")
    expect(why(page)).to_be_visible()
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert stored(page)["keys"] == []
    writing(context, page=page)
    expect(why(page)).to_have_value("called away")


def test_somebody_busy_in_another_tab_is_not_idle(new_device):
    context = new_device()
    page = sign_in(context)
    context.clock.install()
    open_form(page)
    other = open_form(context.new_page())
    context.clock.fast_forward("10:00")
    why(other).press("a")
    context.clock.fast_forward("10:00")
    expect(why(page)).to_be_visible()


def test_the_page_where_one_signs_in_drops_a_forgotten_key(new_device, stand_in):
    page = sign_in(new_device())
    assert len(stored(page)["keys"]) == 1
    stand_in.sessions_ended = True
    page.goto("/home")
    page.wait_for_url("**/sign-in")
    assert stored(ready(page))["keys"] == []


def test_the_script_leaves_nothing_readable_in_web_storage(new_device):
    page = writing(new_device())
    why(page).fill("secret words")
    expect(page.locator("[data-saved]")).to_be_visible()
    page.goto("/home")
    left = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert "secret words" not in left
    assert "sakura" not in left


def test_a_pupils_view_that_lies_idle_is_locked_like_any_page(new_device):
    page = sign_in(new_device())
    page.clock.install()
    page.goto("/view")
    ready(page)
    page.clock.fast_forward("14:00")
    expect(page.get_by_role("heading", name="As a pupil sees it")).to_be_visible()
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/home")
    page.wait_for_url("**/sign-in")


def test_a_pupils_view_is_gone_when_its_teacher_signs_out_in_another_tab(new_device):
    context = new_device()
    page = sign_in(context)
    view = context.new_page()
    view.goto("/view")
    ready(view)
    finish(page)
    expect(view.get_by_role("heading", name="Sign in")).to_be_visible()


def test_whoever_signs_out_of_a_pupils_view_takes_the_other_tabs_along(new_device):
    context = new_device()
    page = writing(context)
    view = context.new_page()
    view.goto("/view")
    finish(ready(view))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert stored(ready(page))["keys"] == []


def test_a_page_that_asks_for_a_secret_is_not_taken_for_the_one_where_one_signs_in(new_device):
    """Whoever signed out without a connection would stay in, and nobody would notice."""
    context = new_device()
    page = writing(context)
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        finish(page)
    context.set_offline(False)
    page = context.new_page()
    page.goto("/provider")
    page.wait_for_url("**/sign-in")
    assert stored(ready(page))["keys"] == []
    page.goto("/home")
    page.wait_for_url("**/sign-in")
