"""A real browser shows the portal in a frame of a platform: it comes in by a tab of its own."""

from dataclasses import replace

import pytest

from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.lti.registering import operations
from tests.browser.conftest import serving
from tests.cast import AOI, OKA, scope_of
from tests.people.lti import platform as lti
from tests.people.lti.conftest import draft

#: What a platform does that keeps things for its tools (1EdTech LTI Client Side postMessages).
STORAGE = """
<script>
const kept = {}; window.asked = [];
addEventListener("message", (event) => {
  const { subject, message_id, key, value } = event.data;
  window.asked.push(subject);
  if (subject === "lti.put_data") kept[key] = value;
  const answer = { subject: `${subject}.response`, message_id, key, value: kept[key] };
  event.source.postMessage(answer, event.origin);
});
</script>
"""


class Course(lti._Handler):
    """The platform with a page that shows the portal in a frame, and forms that send themselves."""

    root = ""
    storage = True

    def do_GET(self):  # noqa: N802 - so http.server wants it
        if self.path != "/course":
            super().do_GET()
            return
        more = {"lti_storage_target": "_parent"} if self.storage else {}
        link = self.platform.link(f"{self.root}/lti/launch", **more)
        script = STORAGE if self.storage else ""
        self._answer(f'<iframe width="800" height="600" src="{link}"></iframe>{script}')

    def _answer(self, content, status=200):
        if isinstance(content, str):
            action = f'<form method="post" action="{self.root}/lti/launch">'
            content = content.replace("<form>", action).replace(
                "</form>", "</form><script>document.forms[0].submit()</script>"
            )
        super()._answer(content, status)


@pytest.mark.parametrize("storage", [True, False], ids=["keeps the state", "keeps nothing"])
def test_a_pupil_goes_on_in_a_tab_of_their_own(app, chromium, monkeypatch, storage):
    settings = app.config["SETTINGS"]
    handler = type("Handler", (Course,), {"storage": storage})
    monkeypatch.setattr(lti, "_Handler", handler)
    with serving(app) as address, lti.serving() as platform:
        # Another site than the platform's, so that no cookie of ours is sent in its frame.
        root = address.replace("127.0.0.1", "localhost")
        handler.root = root
        given = replace(settings, private_platforms=True, public_url=root)
        monkeypatch.setitem(app.config, "SETTINGS", given)
        platform.user_id = str(AOI.id)
        platform.registration.set_oidc_login_url(f"{root}/lti/login")
        with app.app_context(), unit_of_work(scope_of(OKA)) as scope:
            operations.add(scope, draft(platform.address), private=True)
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{platform.address}/course")
        frame = page.frame_locator("iframe")
        button = frame.locator("#give-state button")
        button.wait_for()
        if storage:
            frame.locator("#give-state input[name=kept]:not([value=''])").wait_for(state="attached")
            assert page.evaluate("window.asked") == ["lti.put_data", "lti.get_data"]
        with context.expect_page() as opened:
            button.click()
        opened.value.wait_for_selector("main")
        assert opened.value.url == f"{root}/"
        context.close()
