"""Without a connection there is a page to write on, and no page of a person in any cache."""

import pytest
from playwright.sync_api import expect

from tests.browser.client_steps import ready, sign_in, stop_clock, stored, until, why, writing
from tests.browser.harness import person_id

pytest_plugins = ["tests.browser.client_fixtures"]

_CACHED = """async () => {
  const out = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const text = await (await cache.match(request)).text();
      out.push([name, new URL(request.url).pathname, text]);
    }
  }
  return out;
}"""


def installed(page):
    """Wait until the service worker serves this page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    return ready(page)


@pytest.fixture
def context(new_device):
    return new_device()


def test_the_cache_holds_the_shell_of_this_version_and_no_personal_page(context, stand_in):
    page = installed(writing(context))
    page.goto("/home")
    cached = page.evaluate(_CACHED)
    assert {name for name, _, _ in cached} == {f"shell-{stand_in.version}"}
    assert sorted(path for _, path, _ in cached) == [
        "/offline",
        f"/static/{stand_in.version}/js/portal.js",
        f"/static/{stand_in.version}/vendor/htmx-2.0.11/htmx.min.js",
    ]
    assert not any("sakura" in text or person_id("sakura") in text for _, _, text in cached)


def test_caches_of_older_versions_go_when_a_new_one_takes_over(context, stand_in):
    page = installed(sign_in(context))
    assert page.evaluate("caches.keys()") == ["shell-0a1b2c3d"]
    stand_in.version = "ffffffff"
    page.reload()
    until(page, lambda: page.evaluate("caches.keys()") == ["shell-ffffffff"])


def test_a_web_filters_page_never_becomes_a_part_of_the_shell(context, stand_in):
    stand_in.will("filter", "/offline", times=99)
    page = sign_in(context)
    until(page, lambda: len(stand_in.faults["/offline"]) < 99)
    stand_in.faults.clear()
    page.goto("/home")
    installed(ready(page))
    assert "/offline" in str(page.evaluate(_CACHED))
    assert "web filter" not in str(page.evaluate(_CACHED))


def test_offline_the_sheet_opens_with_the_words_one_was_at(context, stand_in):
    page = installed(writing(context))
    why(page).fill("half a thought")
    expect(page.locator("[data-saved]")).to_be_visible()
    context.set_offline(True)
    page.reload()
    ready(page)
    expect(page).to_have_title("Offline")
    expect(why(page)).to_have_value("half a thought")


def test_what_is_handed_in_on_the_sheet_goes_to_the_cycle_it_was_for(context, stand_in):
    page = installed(writing(context))
    why(page).fill("half a thought")
    expect(page.locator("[data-saved]")).to_be_visible()
    context.set_offline(True)
    page.reload()
    ready(page)
    why(page).fill("a whole thought")
    page.get_by_label("2").check()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    context.set_offline(False)
    page.wait_for_url("**/home")
    ready(page)
    assert stand_in.ledger.texts() == ["a whole thought"]
    assert [post[0] for post in stand_in.ledger.posts] == ["/reflection/7"]


def test_without_a_text_at_hand_the_sheet_is_new_and_finds_its_own_way(context, stand_in):
    page = installed(sign_in(context))
    context.set_offline(True)
    page.goto("/home")
    ready(page)
    why(page).fill("out of nothing")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Home of sakura")).to_be_visible()
    assert stand_in.ledger.texts() == ["out of nothing"]
    assert stand_in.ledger.posts[0][0] == "/reflection/now"


def test_the_sheet_stays_closed_when_nobody_is_signed_in(context):
    page = installed(writing(context))
    why(page).fill("not for everybody")
    expect(page.locator("[data-saved]")).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/sign-in")
    context.set_offline(True)
    page.goto("/home")
    ready(page)
    expect(page.locator("[data-sheet-locked]")).to_be_visible()
    expect(page.locator("form[data-sheet]")).to_be_hidden()
    expect(page.get_by_text("not for everybody")).to_have_count(0)


def test_the_sheet_stays_closed_after_an_idle_time(context):
    page = installed(writing(context))
    why(page).fill("left on the desk")
    expect(page.locator("[data-saved]")).to_be_visible()
    context.set_offline(True)
    page.evaluate("localStorage.setItem('active-at', Date.now() - 16 * 60000)")
    later = context.new_page()
    later.goto("/home")
    ready(later)
    expect(later.locator("[data-sheet-locked]")).to_be_visible()
    assert stored(later)["keys"] == []


def test_a_page_that_takes_too_long_gives_way_to_the_sheet(context, stand_in):
    page = installed(sign_in(context))
    stand_in.held.clear()
    stand_in.will("hold", "/home")
    page.goto("/home")
    expect(page).to_have_title("Offline")
    stand_in.held.set()


def test_background_sync_wakes_the_outbox_of_an_open_page(context, stand_in):
    page = installed(writing(context))
    why(page).fill("nudged")
    stop_clock(page)  # No timer of the page runs: only the nudge can send.
    stand_in.will("error", "/reflection/7", times=99)
    page.get_by_role("button", name="Go on to next").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    stand_in.faults.clear()
    [worker] = context.service_workers
    worker.evaluate("self.dispatchEvent(new SyncEvent('sync', { tag: 'outbox' }))")
    page.wait_for_url("**/home")
    assert stand_in.ledger.texts() == ["nudged"]
