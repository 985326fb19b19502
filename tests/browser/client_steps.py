"""What people do at the pages of the client script, and what their device holds."""

from playwright.sync_api import expect


def policy(line: str) -> bool:
    """Whether the browser's console speaks of our content security policy."""
    return "Content Security" in line or "violates" in line


def sign_in(context, name: str = "sakura", page=None):
    """A page of somebody who has just signed in."""
    page = page or context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home")
    return ready(page)


def ready(page):
    """Wait until the script has looked after what this device keeps."""
    page.locator("html[data-ready]").wait_for(state="attached")
    return page


def writing(context, name: str = "sakura", step: int = 2, page=None):
    """The reflection form, at the step where one writes."""
    page = sign_in(context, name, page)
    return open_form(page, step)


def open_form(page, step: int = 2):
    """Go to the reflection form."""
    page.goto(f"/reflection/7#step-{step}")
    return ready(page)


def why(page):
    """The text area of the reflection."""
    return page.locator("textarea[name=why]")


def chip(page, state: str):
    """Expect the sync chip to say this."""
    expect(page.locator("[data-sync]")).to_have_attribute("data-state", state)


def hand_in(page):
    """Hand in from the step where one writes."""
    if page.locator("[data-step='2']").is_visible():
        page.get_by_role("button", name="Go on to next").click()
    page.get_by_role("button", name="Hand in").click()


def stop_clock(page):
    """Let no timer of the page run unless the test says so."""
    page.clock.install(time="2026-11-20T10:00:00")
    page.clock.pause_at("2026-11-20T10:00:01")


def until(page, true, *, tries: int = 100):
    """Let the browser go on until something is true of the server."""
    for _ in range(tries):
        if true():
            return
        page.wait_for_timeout(50)
    assert true()


_STORED = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("aarportal");
    asked.onsuccess = () => done(asked.result);
  });
  const out = {};
  for (const store of db.objectStoreNames) {
    out[store] = await new Promise((done) => {
      const asked = db.transaction(store).objectStore(store).getAll();
      asked.onsuccess = () => done(asked.result.map((row) => ({
        id: row.id,
        extractable: row.key ? row.key.extractable : null,
        bytes: row.sealed ? Array.from(new Uint8Array(row.sealed)) : [],
      })));
    });
  }
  db.close();
  return out;
}"""


def stored(page) -> dict:
    """Rows in IndexedDB by store, ciphertext as bytes."""
    return page.evaluate(_STORED)
