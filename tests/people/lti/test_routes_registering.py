"""The office enters platforms: what cannot be one is shown again, and nobody else finds it."""

from uuid import UUID

import pytest

from tests.cast import AOI, CHIBA, OKA, SATO

LIST = "/rosters/platforms"


def fields(**other) -> dict[str, str]:
    return {
        "title": "ひなた学習ポータル",
        "issuer": "https://lms.example",
        "client_id": "portal-1",
        "deployments": "S_1234567890123\nS_1234567890124\n",
        "auth_url": "https://lms.example/auth?x=1",
        "jwks_url": "https://lms.example/jwks",
        "token_url": "",
        "known_by": "identifier",
    } | other


def entered(office, **other) -> UUID:
    page = office.follow(office.post(f"{LIST}/new", fields(**other)))
    [link] = page.html.select("a[href$='/change']")
    return UUID(link["href"].split("/")[3])


def test_a_platform_is_entered_changed_paused_and_forgotten(browser):
    oka = browser(OKA)
    assert oka.get(f"{LIST}/new").says("http://localhost/lti/launch")
    platform_id = entered(oka)
    page = oka.get(LIST)
    assert page.says(f"http://localhost/lti/login/{platform_id}")
    path = f"{LIST}/{platform_id}"
    assert oka.get(f"{path}/change").one("[name=deployments]").get_text().split() == [
        "S_1234567890123",
        "S_1234567890124",
    ]
    assert oka.post(f"{path}/change", fields(title="あたらしい名前")).status == 303
    assert oka.get(LIST).says("あたらしい名前")
    assert oka.post(f"{path}/resume").status == 409
    assert oka.post(f"{path}/pause").status == 303
    assert oka.post(f"{path}/pause").status == 409
    assert oka.post(f"{path}/resume").status == 303
    assert oka.post(f"{path}/remove").status == 303
    assert oka.get(f"{path}/change").status == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("issuer", "lms.example"),
        ("issuer", "http://lms.example"),
        ("auth_url", "javascript:alert(1)"),
        ("auth_url", "https://lms.example/auth; frame-ancestors *"),
        ("auth_url", "https://user:word@lms.example/auth"),
        ("auth_url", "https://lms.example/auth?x=あ"),
        ("jwks_url", "https://lms.example/jwks?x=1"),
        ("jwks_url", "file:///etc/passwd"),
        ("jwks_url", f"https://lms.example/{'x' * 600}"),
        ("token_url", "http://lms.example/token"),
        ("deployments", "\n \n"),
        ("deployments", "x" * 300),
        ("known_by", "name"),
    ],
)
def test_what_cannot_be_is_shown_again_with_all_that_was_typed(browser, name, value):
    page = browser(OKA).post(f"{LIST}/new", fields(**{name: value}))
    assert page.status == 422
    box = page.one(f"main [name={name}]")
    assert box.find_parent("div", class_="field").select(".field-error")
    assert page.one("[name=client_id]")["value"] == "portal-1"


def test_a_platform_is_entered_once_and_keeps_its_issuer(browser):
    oka = browser(OKA)
    platform_id = entered(oka)
    assert oka.post(f"{LIST}/new", fields()).status == 422
    moved = fields(issuer="https://other.example")
    assert oka.post(f"{LIST}/{platform_id}/change", moved).status == 422
    assert oka.post(f"{LIST}/new", fields(client_id="portal-2")).status == 303


def test_nobody_else_finds_it(browser):
    platform_id = entered(browser(OKA))
    for path in (f"{LIST}/{platform_id}/change", f"{LIST}/{platform_id}/courses"):
        assert browser(SATO).get(path).status == 404
        assert browser(CHIBA).get(path).status == 403
        assert browser(AOI).get(path).status == 403
    for act in ("change", "pause", "resume", "remove"):
        assert browser(SATO).post(f"{LIST}/{platform_id}/{act}", fields()).status == 404
        assert browser(CHIBA).post(f"{LIST}/{platform_id}/{act}", fields()).status == 403


def test_two_districts_enter_the_same_platform_and_each_has_an_address_of_its_own(browser):
    """Where a login does not say which is meant, nobody guesses."""
    first, second = entered(browser(OKA)), entered(browser(SATO))
    asked = {"iss": "https://lms.example", "login_hint": "x", "client_id": "portal-1"}
    stranger = browser()
    assert stranger.get("/lti/login", query_string=asked).status == 404
    for platform_id in (first, second):
        page = stranger.get(f"/lti/login/{platform_id}", query_string=asked)
        assert page.status == 302
    other = {**asked, "iss": "https://other.example"}
    assert stranger.get(f"/lti/login/{first}", query_string=other).status == 404
