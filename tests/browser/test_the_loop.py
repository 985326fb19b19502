"""The whole product in a real browser: a pupil closes a loop, the teacher sees and answers it."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.database import db
from aarportal.demo.seeding import seed, set_clock
from tests.browser.conftest import serving
from tests.conftest import make_settings

#: The demonstration in small: class 4-2 and three weeks of it.
SMALL = {"seed": 1, "weeks": 3, "classes": 1}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """A demonstration district, made once; every test works on its own copy."""
    folder = tmp_path_factory.mktemp("seeded")
    app = create_app(make_settings(f"sqlite:///{folder}/portal.db", folder))
    migrate.upgrade(app)
    made = seed(app, **SMALL)
    with app.app_context():
        db.engine.dispose()  # the last connection that closes writes the journal into the file
    return folder, made


@pytest.fixture
def school(seeded, tmp_path):
    """The demonstration district, served: (address, login of the pupil, login of the teacher)."""
    folder, made = seeded
    shutil.copyfile(folder / "portal.db", tmp_path / "portal.db")
    app = create_app(make_settings(f"sqlite:///{tmp_path}/portal.db", tmp_path))
    set_clock(made.moment)
    pupil = next(it for it in made.logins if "担任" not in it.who and it.who.startswith("4年2組"))
    teacher = next(it for it in made.logins if "4年2組 担任" in it.who)
    with serving(app) as address:
        yield address, pupil, teacher
    with app.app_context():
        db.engine.dispose()


def sign_in(window, login):
    return window.sign_in(login.code, login.login_id, login.password)


CASES = [
    pytest.param(size, javascript, id=f"{size}-{'with' if javascript else 'without'} scripts")
    for size in ("chromebook", "tablet")
    for javascript in (True, False)
]


@pytest.mark.parametrize(("size", "javascript"), CASES)
def test_a_pupil_closes_a_loop_and_the_teacher_answers(school, visit, size, javascript):
    address, pupil, teacher = school
    child = visit(address, size=size, javascript=javascript)
    page = sign_in(child, pupil)
    child.check()
    if javascript:
        child.picture("home")
    carried = page.locator(".note[data-kind=self] blockquote").inner_text()

    # 見通す: what the earlier self decided is used, a card is tapped, and that is all.
    page.get_by_role("link", name="めあてをきめる").click()
    child.check()
    if javascript:
        child.picture("goal")
    page.locator(".note[data-kind=self] .chip", has_text="つかう").first.click()
    page.locator(".pick-item:visible").first.click()
    goal = (
        page.locator(".pick-item:visible").first.locator("span").first.inner_text().split("\n")[0]
    )
    page.locator("button[value=start]:visible").click()
    expect(page.locator(".step[data-phase=anticipation][data-state=done]")).to_be_visible()
    child.check()

    # 学ぶ: work on paper is reported by hand.
    page.get_by_role("button", name="はじめる").click()
    page.get_by_role("link", name="紙でやった").click()
    child.check()
    page.fill("[name=amount]", "6")
    page.locator("main form button").last.click()
    expect(page.get_by_text("6問").first).to_be_visible()

    # ふりかえる: rating, reason, next step.
    page.get_by_role("button", name="ふりかえりを書く").click()
    child.check()
    page.locator(".scale-item").nth(2).click()
    page.fill("[name=text]", "図にかいたら分かった。")
    if javascript:
        child.picture("reflect")
    page.locator("button[data-go=next]:visible").click()
    child.check()
    page.locator("#factors .chip").first.click()
    page.locator("button[data-go=next]:visible").click()
    child.check()
    page.locator("#next_what .chip").nth(3).click()
    page.locator("button[value=done]:visible").click()
    expect(page.get_by_text("わがひとつとじました。").first).to_be_visible()
    child.check()

    # The decision comes back in the next goal, and the charts have moved.
    page.goto(address + "/goal")
    decided = page.locator(".note[data-kind=self] blockquote").first
    expect(decided).to_contain_text("時間")
    assert decided.inner_text() != carried
    page.goto(address + "/progress")
    expect(page.locator("figure.chart")).to_have_count(4)
    child.check()
    if javascript:
        child.picture("progress", full=True)

    # The teacher sees it and answers it.
    adult = visit(address, size=size, javascript=javascript)
    desk = sign_in(adult, teacher)
    expect(desk.locator(".pupil")).to_have_count(40)
    adult.check()
    if javascript:
        adult.picture("class")
    wall = desk.url.split("?")[0] + "/projection"
    desk.goto(wall)
    adult.check()
    if javascript:
        adult.picture("projection")
    desk.goto(address + "/reading")
    adult.check()
    if javascript:
        adult.picture("reading")
    desk.locator(".qitem", has_text="図にかいたら分かった。").click()
    expect(desk.locator(".read")).to_contain_text(goal[:6])
    desk.locator(".stamp").nth(2).click()
    desk.fill("[name=text]", "図にかくと どこが分かったのかな。")
    desk.get_by_role("button", name="返して つぎへ").click()
    expect(desk.locator(".qitem[data-done]", has_text="図にかいたら分かった。")).to_be_visible()
    adult.check()

    # The pupil reads the answer.
    page.goto(address + "/")
    expect(page.get_by_text("図にかくと どこが分かったのかな。").first).to_be_visible()


def test_what_was_begun_survives_a_reload_and_a_lost_connection(school, visit):
    address, pupil, _teacher = school
    child = visit(address)
    page = sign_in(child, pupil)
    page.goto(address + "/goal")
    page.locator(".pick-item:visible").nth(1).click()
    page.fill("[name=text]", "じぶんの ことばで かく")
    expect(page.locator("[data-saved]:visible")).to_be_visible()
    page.reload()
    expect(page.locator("[name=text]")).to_have_value("じぶんの ことばで かく")
    child.context.set_offline(True)
    page.fill("[name=text]", "つながって いなくても のこる")
    page.locator("button[value=start]:visible").click()
    expect(page.locator("[data-kept]").first).to_be_visible()
    child.trouble = [line for line in child.trouble if "ERR_INTERNET_DISCONNECTED" not in line]
    child.context.set_offline(False)
    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator(".goal")).to_have_text("つながって いなくても のこる")


def test_a_class_is_read_and_answered_by_keyboard_alone(school, visit):
    """Two keys a reflection; the desk goes on to the next one by itself."""
    address, _pupil, teacher = school
    adult = visit(address)
    desk = sign_in(adult, teacher)
    desk.goto(address + "/reading")
    waiting = desk.locator(".qitem:not([data-done])").count()
    assert waiting >= 20
    desk.keyboard.press("j")
    expect(desk.locator(".qitem").nth(1)).to_have_attribute("aria-current", re.compile("."))
    desk.keyboard.press("k")
    expect(desk.locator(".qitem").nth(0)).to_have_attribute("aria-current", re.compile("."))
    desk.keyboard.press("c")
    desk.keyboard.type("よく 見たね")
    for answered in range(waiting):
        expect(desk.locator(".qitem[data-done]")).to_have_count(answered)
        desk.keyboard.press("Escape")
        desk.locator("h1").click()
        desk.keyboard.press("3")
        desk.keyboard.press("Control+Enter")
    expect(desk.locator(".qitem:not([data-done])")).to_have_count(0)
    adult.check()


def test_the_class_page_shows_what_happens_by_itself(school, visit):
    address, pupil, teacher = school
    desk = sign_in(visit(address), teacher)
    count = desk.locator(".kpi[data-phase=anticipation] dd b")
    before = int(count.inner_text())
    desk.evaluate("window.stays = true")
    page = sign_in(visit(address), pupil)
    page.goto(address + "/goal")
    page.locator(".pick-item:visible").first.click()
    page.locator("button[value=start]:visible").click()
    expect(page.locator(".goal")).to_be_visible()
    desk.evaluate("htmx.trigger(document.body, 'portal:visible')")
    expect(count).to_have_text(str(before + 1))
    assert desk.evaluate("window.stays")


def test_a_tap_on_a_card_shows_the_pupil_and_leaves_the_page_where_it_is(school, visit):
    address, _pupil, teacher = school
    adult = visit(address)
    desk = sign_in(adult, teacher)
    desk.evaluate("window.stays = true")
    card = desk.locator(".pupil:not([aria-current])").last
    name = card.locator(".pupil-name").inner_text()
    card.click()
    expect(desk.locator(".side h2")).to_have_text(re.compile(re.sub(r"\s+", r"\\s+", name)))
    expect(desk.locator(".pupil[aria-current]")).to_have_count(1)
    expect(desk).to_have_url(re.compile("student="))
    assert desk.evaluate("window.stays")
    adult.check()
    desk.go_back()
    desk.wait_for_load_state()
    expect(desk.locator(".pupil")).to_have_count(40)


def test_the_class_page_refreshes_cheaply(school, visit):
    address, _pupil, teacher = school
    adult = visit(address)
    desk = sign_in(adult, teacher)
    tag = desk.locator("#class-now").get_attribute("hx-headers")
    headers = {"If-None-Match": re.search(r'\\"(\w+)\\"', tag).group(0).replace("\\", "")}
    answer = desk.request.get(desk.url, headers=headers)
    assert answer.status == 304
    assert not answer.body()


def weigh(window, page):
    """Bytes over the wire of everything that a page brings, by address; cleared by the caller."""
    sizes: dict[str, int] = {}
    addresses: dict[str, str] = {}
    session = window.context.new_cdp_session(page)
    session.send("Network.enable")
    # What a service worker hands out has no size; this is what comes over the wire without one.
    session.send("Network.setBypassServiceWorker", {"bypass": True})
    session.on(
        "Network.requestWillBeSent",
        lambda e: addresses.update({e["requestId"]: e["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.update(
            {addresses.get(e["requestId"], "begun before"): int(e["encodedDataLength"])}
        ),
    )
    return session, sizes


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("pupil", ("/goal", "/progress", "/reflections", "/records")),
        ("teacher", ("/class", "/reading", "/units")),
    ],
)
def test_pages_are_small(school, visit, who, paths):
    """First load at most 80 kB over the wire, a next page at most 15 kB."""
    address, pupil, teacher = school
    window = visit(address)
    page = sign_in(window, pupil if who == "pupil" else teacher)
    session, sizes = weigh(window, page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(address + "/")
    page.wait_for_load_state("networkidle")
    assert 10_000 < sum(sizes.values()) <= 80_000, sizes
    session.send("Network.setCacheDisabled", {"cacheDisabled": False})
    page.goto(address + "/")
    for path in paths:
        sizes.clear()
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        assert 0 < sum(sizes.values()) <= 15_000, (path, sizes)
