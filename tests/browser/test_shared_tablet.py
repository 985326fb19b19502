"""A tablet that a class shares: who leaves, leaves nothing that the next child could see."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from aarportal.core import clock
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.cards import operations as cards
from tests.browser.client_steps import stored
from tests.browser.conftest import serving
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CODES,
    HANA,
    OKA,
    PASSWORD,
    PRIMARY,
    scope_of,
)

WORDS = "ひみつの めあてを かいた"


@pytest.fixture
def address(app):
    clock.shift(datetime(2026, 11, 16, 1, 0, tzinfo=UTC) - datetime.now(UTC))
    with serving(app) as address:
        yield address


def share(window):
    page = window.open("/sign-in")
    page.locator("[name=shared][value='1']").click()
    expect(page.locator("[name=shared][value='0']")).to_be_visible()
    return page


def come_in(window, member):
    page = window.sign_in(CODES[PRIMARY], member.login_id, PASSWORD)
    ready(page)
    return page


def ready(page):
    expect(page.locator("html[data-ready]")).to_have_count(1)


def change_places(page):
    page.locator("form[data-signout] button").click()
    page.wait_for_url("**/sign-in")
    ready(page)


def left_behind(page) -> str:
    """Everything that a browser keeps for this address, as text."""
    return page.evaluate(
        """async () => {
          const stores = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
          const kept = [JSON.stringify(stores)];
          for (const { name, version } of await indexedDB.databases()) {
            const base = await new Promise((resolve) => {
              indexedDB.open(name, version).onsuccess = (event) => resolve(event.target.result);
            });
            for (const store of base.objectStoreNames) {
              const rows = await new Promise((resolve) => {
                base.transaction(store).objectStore(store).getAll().onsuccess = (event) =>
                  resolve(event.target.result);
              });
              for (const row of rows) kept.push(`${name}.${store}: ${JSON.stringify(row)}`);
            }
            base.close();
          }
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              const answer = await cache.match(request);
              kept.push(`${request.url} ${await answer.clone().text()}`);
            }
          }
          return kept.join("\\n");
        }"""
    )


def write_a_goal(window, page, words=WORDS):
    """Write on the sheet of a goal, and go on before it is handed in."""
    page.goto(f"{window.address}/goal")
    ready(page)
    page.locator("textarea[name=text]").fill(words)
    expect(page.locator("[data-saved]:visible, [data-saved-here]:visible")).to_have_count(1)
    return page


def rows_in(page, store):
    return len(stored(page)[store])


def test_the_next_child_finds_nothing_of_the_one_before(address, visit):
    window = visit(address, size="tablet")
    share(window)
    page = write_a_goal(window, come_in(window, AOI))
    expect(page.locator("form[data-signout]")).to_contain_text("かわる")
    window.check()
    window.picture("shared-goal")
    change_places(page)
    window.check()
    window.picture("shared-sign-in")

    left = left_behind(page)
    for secret in (WORDS, AOI.given_name, AOI.family_name, AOI.login_id, str(AOI.id)):
        assert secret not in left, secret
    assert "/static/" in left, "the shell is all that is kept"
    assert (rows_in(page, "keys"), rows_in(page, "drafts"), rows_in(page, "outbox")) == (0, 0, 0)
    assert page.locator("[name=login_id]").input_value() == ""
    for _ in range(3):
        page.go_back()
        page.wait_for_url(lambda url: "/sign-in" in url)
        expect(page.locator("input[type=password]")).to_be_visible()
        expect(page.get_by_text(WORDS)).to_have_count(0)

    come_in(window, BEN)
    page.goto(f"{address}/goal")
    ready(page)
    expect(page.locator("textarea[name=text]")).to_have_value("")
    assert WORDS not in page.content()
    page.go_back()
    ready(page)
    assert AOI.given_name not in page.content()
    change_places(page)

    come_in(window, AOI)
    page.goto(f"{address}/goal")
    expect(page.locator("textarea[name=text]")).to_have_value(WORDS)


def test_words_that_could_not_be_sent_stay_sealed_for_their_writer(address, visit):
    window = visit(address, size="tablet")
    window.expected.add(503)
    share(window)
    page = come_in(window, AOI)
    window.context.route("**/drafts/**", lambda route: route.fulfill(status=503))
    write_a_goal(window, page)
    change_places(page)
    assert rows_in(page, "drafts") == 1
    assert WORDS not in left_behind(page)
    assert WORDS.encode() not in bytes(stored(page)["drafts"][0]["bytes"])
    window.context.unroute("**/drafts/**")

    come_in(window, BEN)
    page.goto(f"{address}/goal")
    ready(page)
    expect(page.locator("textarea[name=text]")).to_have_value("")
    change_places(page)

    come_in(window, AOI)
    page.goto(f"{address}/goal")
    expect(page.locator("textarea[name=text]")).to_have_value(WORDS)


def test_a_tablet_that_is_put_down_is_locked_soon(address, visit):
    window = visit(address, size="tablet")
    share(window)
    page = come_in(window, AOI)
    page.clock.install()
    page.goto(f"{address}/letters")
    ready(page)
    page.clock.fast_forward("04:00")
    expect(page.locator("form[data-signout]")).to_be_visible()
    page.clock.fast_forward("01:30")
    page.wait_for_url("**/sign-in")
    page.go_back()
    expect(page.locator("input[type=password]")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_small_child_comes_in_with_a_card(app, address, visit, javascript):
    with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
        made = cards.hand_out(scope, CLASS_1_1, [HANA.id])[0]
    window = visit(address, size="tablet", javascript=javascript)
    window.expected.add(422)
    page = window.open(f"/card/{made.token}")
    assert page.url == f"{address}/card"
    assert made.token not in page.content()
    window.check()
    groups = page.locator(".tap-pictures fieldset")
    for number, name in enumerate(made.pictures):
        groups.nth(number).locator(f"input[value={name}]").check()
    window.check()
    if javascript:
        window.picture("card-tapped")
    page.locator(".tap-pictures button").click()
    page.wait_for_url(f"{address}/")
    expect(page.locator(".who")).to_contain_text("は")
    if javascript:
        ready(page)
        change_places(page)
        page.go_back()
        assert made.token not in left_behind(page)
        assert made.token not in page.url


@pytest.mark.parametrize("size", ["chromebook", "tablet"])
def test_a_class_is_given_its_cards(address, visit, size):
    window = visit(address, size=size)
    page = come_in(window, CHIBA)
    page.goto(f"{address}/class/{CLASS_4_2}")
    window.check()
    window.picture("class-link")
    page.locator(f"main a[href='/classes/{CLASS_4_2}/cards']").click()
    ready(page)
    window.check()
    window.picture("cards")
    page.locator("#cards button").first.click()
    expect(page.locator(".login-card")).to_have_count(2)
    window.check()
    window.picture("cards-printed")
    page.emulate_media(media="print")
    box = page.locator(".login-card").first.bounding_box()
    assert abs(box["width"] - 95 * 96 / 25.4) < 2, "millimetres on paper"
    expect(page.locator(".no-print").first).to_be_hidden()
    window.picture("cards-paper")
