"""A client that looks at every page it gets, as a strict reader would."""

import html5lib
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from aarportal.core.permissions import Role
from aarportal.people.accounts.proving import operations as proving
from tests.cast import CODES, PASSWORD, Member


class Page:
    """An answer: its status, where it led, and the parsed document."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        is_text = (response.mimetype or "").startswith("text/")
        self.text = response.get_data(as_text=True) if is_text else ""
        self.html = BeautifulSoup(self.text, "html5lib")

    def one(self, selector: str):
        found = self.html.select(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}"
        return found[0]

    def says(self, words: str) -> bool:
        return words in " ".join(self.html.get_text(" ").split())


class Browser:
    """One person's browser without JavaScript; every full page is checked."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, url: str, **options) -> Page:
        return check(Page(self.client.get(url, **options)))

    def post(self, url: str, fields: dict | None = None, **options) -> Page:
        token = self.client.get("/csrf").get_json()["token"]
        headers = {"X-CSRFToken": token, **options.pop("headers", {})}
        return check(Page(self.client.post(url, data=fields or {}, headers=headers, **options)))

    def send(self, form, *, by: str = "", **typed) -> Page:
        """Send a form as it stands on its page, with the token in it; `by` is the button."""
        fields = {tag["name"]: tag["value"] for tag in form.select("input[type=hidden]")}
        if by:
            fields[by] = form.select_one(f"button[name={by}]")["value"]
        return check(Page(self.client.post(form["action"], data={**fields, **typed})))

    def follow(self, page: Page) -> Page:
        assert page.status == 303, f"{page.status}: {page.text[:400]}"
        return self.get(page.location)

    def sign_in(self, member: Member, *, strong: bool = True) -> "Browser":
        """Come in by password; staff also prove it in a second way, as at an identity provider."""
        page = self.post(
            "/sign-in",
            {"code": CODES[member.school_id], "login_id": member.login_id, "password": PASSWORD},
        )
        assert page.status == 303, page.text
        if strong and member.role is not Role.STUDENT:
            self.prove()
        return self

    def prove(self) -> None:
        """Be back from an identity provider that asked for a second factor."""
        with self.client.session_transaction() as kept, self.app.app_context():
            kept["token"] = proving.proved(kept["token"], is_strong=True)


def check(page: Page) -> Page:
    """What holds of every page, whatever it shows."""
    headers = page.response.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-App"] == "manabinowa"
    if page.status in {301, 302, 303, 304} or page.response.mimetype != "text/html":
        return page
    whole = "<html" in page.text
    ids = [tag["id"] for tag in page.html.find_all(id=True)]
    assert len(ids) == len(set(ids)), (
        f"an id stands twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    )
    assert not page.html.select("[style], script:not([src]), style"), "inline style or script"
    assert not [t for t in page.html.find_all(True) if any(a.startswith("on") for a in t.attrs)]
    for form in page.html.find_all("form"):
        assert form.get("action"), "a form needs an action to work without JavaScript"
    for field in page.html.select("input:not([type=hidden]):not([type=submit]), select, textarea"):
        name = field.get("aria-label") or field.get("aria-labelledby") or field.find_parent("label")
        assert name or page.html.select(f'label[for="{field.get("id")}"]'), f"no label: {field}"
    for image in page.html.find_all("img"):
        assert image.has_attr("alt")
    for label in page.html.select("svg[role=img]"):
        assert label.get("aria-label") or label.get("aria-labelledby"), "a picture without words"
    if whole:
        parser = html5lib.HTMLParser()
        parser.parse(page.text)
        assert not parser.errors, [(at, what, more) for at, what, more in parser.errors][:3]
        assert len(page.html.find_all("h1")) == 1, "a page has one h1"
        assert page.html.html.get("lang")
        assert page.html.title and page.html.title.get_text(strip=True)
        assert page.html.select("main")
    return page
