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

#: The same beside a frame of somebody else, which hears each question and answers it first.
BESIDE_A_STRANGER = """
<iframe id="stranger" sandbox="allow-scripts" srcdoc="<script>
addEventListener('message', ({ data: { subject, message_id } }) => {
  const answer = { subject: subject + '.response', message_id, value: 'of a stranger' };
  parent.frames[0].postMessage(answer, '*');
  parent.postMessage({ answered: message_id }, '*');
});
</script>"></iframe>
<script>
const kept = {}, waiting = {}; window.asked = [];
addEventListener("message", (event) => {
  const { answered, subject, message_id, key, value } = event.data;
  if (answered) return waiting[answered]();
  window.asked.push(subject);
  if (subject === "lti.put_data") kept[key] = value;
  const answer = { subject: `${subject}.response`, message_id, key, value: kept[key] };
  waiting[message_id] = () => event.source.postMessage(answer, event.origin);
  document.getElementById("stranger").contentWindow.postMessage({ subject, message_id }, "*");
});
</script>
"""


class Course(lti._Handler):
    """The platform with a page that shows the portal in a frame, and forms that send themselves."""

    root = ""
    script = ""

    def do_GET(self):  # noqa: N802 - so http.server wants it
        if self.path != "/course":
            super().do_GET()
            return
        more = {"lti_storage_target": "_parent"} if self.script else {}
        link = self.platform.link(f"{self.root}/lti/launch", **more)
        self._answer(f'<iframe width="800" height="600" src="{link}"></iframe>{self.script}')

    def _answer(self, content, status=200):
        if isinstance(content, str):
            action = f'<form method="post" action="{self.root}/lti/launch">'
            content = content.replace("<form>", action).replace(
                "</form>", "</form><script>document.forms[0].submit()</script>"
            )
        super()._answer(content, status)


def as_of_an_old_browser(serve):
    """What Safari did not send before 16.4 does not arrive."""

    def without(environ, start_response):
        environ.pop("HTTP_SEC_FETCH_DEST", None)
        return serve(environ, start_response)

    return without


@pytest.mark.parametrize(
    ("script", "tells_of_frames"),
    [(STORAGE, True), (BESIDE_A_STRANGER, True), ("", True), ("", False)],
    ids=["keeps the state", "beside a stranger", "keeps nothing", "in an old browser"],
)
def test_a_pupil_goes_on_in_a_tab_of_their_own(app, chromium, monkeypatch, script, tells_of_frames):
    settings = app.config["SETTINGS"]
    if not tells_of_frames:
        monkeypatch.setattr(app, "wsgi_app", as_of_an_old_browser(app.wsgi_app))
    handler = type("Handler", (Course,), {"script": script})
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
        frame = page.frame_locator("iframe:not([sandbox])")
        button = frame.locator("#give-state button")
        button.wait_for()
        if script:
            form = frame.locator("#give-state:has(input[name=kept]:not([value='']))")
            form.wait_for()
            assert page.evaluate("window.asked") == ["lti.put_data", "lti.get_data"]
            # Of whom the portal did not ask it hears nothing, even if they are the first to answer.
            kept = form.locator("input[name=kept]").get_attribute("value")
            assert kept == form.get_attribute("data-state")
        if not tells_of_frames:
            frame.locator("#give-state[target=_blank]").wait_for()
        with context.expect_page() as opened:
            # Children tap twice.
            button.dblclick()
        opened.value.wait_for_selector("main")
        assert opened.value.url == f"{root}/"
        assert context.pages == [page, opened.value]
        context.close()
