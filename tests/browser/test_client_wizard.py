"""One question at a time: without a request, with Back, and the same without a script."""

from playwright.sync_api import expect

from tests.browser.client_steps import open_form, ready, until, why, writing

pytest_plugins = ["tests.browser.client_fixtures"]


def expect_step(page, number: int):
    for one in (1, 2, 3):
        step = page.locator(f"[data-step='{one}']")
        expect(step).to_be_visible() if one == number else expect(step).to_be_hidden()
        place = page.locator(f"[data-step-of='{one}']")
        if one == number:
            expect(place).to_have_attribute("aria-current", "step")
        else:
            expect(place).not_to_have_attribute("aria-current", "step")
        if one < number:
            expect(place).to_have_attribute("data-state", "done")
        else:
            expect(place).not_to_have_attribute("data-state", "done")


def test_next_and_back_switch_the_step_and_bring_the_focus_to_its_question(new_device, stand_in):
    page = writing(new_device(), step=1)
    expect_step(page, 1)
    page.get_by_role("button", name="Go on to why").click()
    expect_step(page, 2)
    expect(page.get_by_role("heading", name="Why?")).to_be_focused()
    page.get_by_role("button", name="Go on to next").click()
    expect_step(page, 3)
    page.get_by_role("button", name="Back to why").click()
    expect_step(page, 2)
    assert stand_in.ledger.posts == []


def test_back_in_the_browser_goes_one_step_back_and_forward_again(new_device):
    page = writing(new_device(), step=1)
    page.get_by_role("button", name="Go on to why").click()
    page.get_by_role("button", name="Go on to next").click()
    page.go_back()
    expect_step(page, 2)
    page.go_back()
    expect_step(page, 1)
    page.go_forward()
    expect_step(page, 2)


def test_a_reload_stays_at_the_step(new_device):
    page = writing(new_device(), step=1)
    page.get_by_role("button", name="Go on to why").click()
    page.reload()
    ready(page)
    expect_step(page, 2)


def test_enter_in_a_line_of_text_presses_the_button_of_this_step(new_device, stand_in):
    page = writing(new_device())
    why(page).fill("because")
    page.get_by_role("button", name="Go on to next").click()
    page.get_by_label("Another way").check()
    page.get_by_label("Which").fill("draw it")
    page.get_by_label("Which").press("Enter")
    page.wait_for_url("**/home")
    [row] = stand_in.ledger.handed_in.values()
    assert row["way"] == "draw it"
    assert row["finish"] == "yes"


def test_the_enter_that_ends_a_japanese_conversion_presses_nothing(new_device, stand_in):
    page = writing(new_device(), step=3)
    page.get_by_label("Another way").check()
    way = page.get_by_label("Which")
    way.focus()
    way.dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    )
    expect_step(page, 3)
    assert stand_in.ledger.posts == []


def test_what_was_written_in_a_hidden_step_is_handed_in_with_the_rest(new_device, stand_in):
    page = writing(new_device(), step=1)
    page.get_by_label("Step 4").check()
    page.get_by_role("button", name="Go on to why").click()
    why(page).fill("all of it")
    page.get_by_role("button", name="Go on to next").click()
    page.get_by_label("The same").check()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/home")
    [row] = stand_in.ledger.handed_in.values()
    assert (row["near"], row["why"], row["change"]) == ("4", "all of it", "same")


def test_without_a_script_the_server_draws_the_steps(new_device, stand_in):
    page = new_device(java_script_enabled=False).new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill("sakura")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/reflection/7")
    page.get_by_label("Step 2").check()
    page.get_by_role("button", name="Go on to why").click()
    page.locator("textarea").fill("no script")
    page.get_by_role("button", name="Go on to next").click()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/home")
    assert stand_in.ledger.texts() == ["no script"]
    [row] = stand_in.ledger.handed_in.values()
    assert row["near"] == "2"


def test_a_restored_draft_is_there_in_every_step(new_device, stand_in):
    context = new_device()
    page = writing(context, step=1)
    stand_in.will("filter", "/drafts/reflection/7", times=99)
    page.get_by_label("Step 4").check()
    page.get_by_role("button", name="Go on to why").click()
    why(page).fill("step two")
    page.get_by_role("button", name="Go on to next").click()
    page.get_by_label("Another way").check()
    page.get_by_label("Which").fill("step three")
    expect(page.locator("[data-saved-here]")).to_be_visible()
    page.close()
    stand_in.faults.clear()
    page = open_form(context.new_page(), step=3)
    expect(page.get_by_label("Which")).to_have_value("step three")
    expect(page.get_by_label("Step 4")).to_be_checked()
    expect(why(page)).to_have_value("step two")
    until(page, lambda: stand_in.ledger.draft().get("way") == "step three")
