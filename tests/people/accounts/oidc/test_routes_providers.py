"""The page on which the office enters providers."""

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.oidc.models import OidcProvider
from tests.backstage import backstage, stage  # noqa: F401 - the fixture
from tests.cast import AOI, CHIBA, OKA, PASSWORD, SATO
from tests.people.accounts.oidc.attacks import TENANT
from tests.people.accounts.oidc.conftest import PROVIDER
from tests.people.accounts.oidc.provider import CLIENT_ID, CLIENT_SECRET
from tests.people.accounts.oidc.walking import Stranger

GOOGLE = {
    "title": "ひなた市の Google",
    "kind": "google",
    "tenants": "Hinata.example, sub.hinata.example",
    "client_id": "portal.apps.googleusercontent.com",
    "secret": "a-secret-of-google",
    "compared_with": "username",
}
ENTRA = GOOGLE | {"kind": "entra", "tenants": TENANT, "title": "ひなた市の Microsoft"}


@backstage
def rows() -> list[OidcProvider]:
    with unit_of_work(SystemScope("looking"), read_only=True) as scope:
        return list(scope.session.scalars(select(OidcProvider)))


def any_kind(provider, **otherwise):
    fields = {
        "title": "学校のアカウント",
        "kind": "any",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "compared_with": "username",
    }
    return fields | otherwise


@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda one: one.name)
def test_only_the_office_enters_them(browser, member):
    assert browser(member).get("/ways").status == 403
    assert browser(member).post("/ways/new", GOOGLE).status == 403
    assert not rows()


def test_google_and_entra_follow_from_domain_and_tenant(browser):
    oka = browser(OKA)
    assert oka.get("/ways/new").status == 200
    page = oka.follow(oka.post("/ways/new", GOOGLE))
    assert oka.follow(oka.post("/ways/new", ENTRA)).status == 200
    google, entra = sorted(rows(), key=lambda row: row.kind, reverse=True)
    assert (google.issuer, google.claim) == ("https://accounts.google.com", "email")
    assert google.tenants == ["hinata.example", "sub.hinata.example"]
    assert entra.issuer == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert entra.tenants == [TENANT]
    assert {google.school_id, entra.school_id} == {OKA.school_id}
    assert page.says(f"http://localhost/sign-in/oidc/{google.id}/back")
    assert "a-secret-of-google" not in page.text
    assert google.client_secret.reveal() == "a-secret-of-google"
    listed = oka.get("/ways")
    assert listed.says("ひなた市の Google")
    assert listed.says("ひなた市の Microsoft")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (GOOGLE | {"tenants": ""}, "tenants"),
        (GOOGLE | {"tenants": "hinata"}, "tenants"),
        (GOOGLE | {"tenants": "*.example"}, "tenants"),
        (GOOGLE | {"secret": ""}, "secret"),
        (GOOGLE | {"title": ""}, "title"),
        (GOOGLE | {"client_id": " "}, "client_id"),
        (GOOGLE | {"kind": "facebook"}, "kind"),
        (ENTRA | {"tenants": "common"}, "tenants"),
        (ENTRA | {"tenants": "organizations"}, "tenants"),
        (ENTRA | {"tenants": "9188040d-6c67-4c5b-b112-36a304b66dad"}, "tenants"),
        (ENTRA | {"tenants": f"{TENANT} {TENANT[::-1]}"}, "tenants"),
        (ENTRA | {"claim": "email"}, "claim"),
        (GOOGLE | {"kind": "any", "issuer": "", "tenants": ""}, "issuer"),
        (GOOGLE | {"kind": "any", "issuer": "http://idp.example", "tenants": ""}, "issuer"),
        (GOOGLE | {"kind": "any", "issuer": "https://accounts.google.com"}, "issuer"),
        (
            GOOGLE | {"kind": "any", "issuer": "https://login.microsoftonline.com/common/v2.0"},
            "issuer",
        ),
        (GOOGLE | {"kind": "any", "issuer": "https://idp.example", "claim": "nickname"}, "claim"),
    ],
)
def test_what_would_let_in_everybody_is_not_taken_and_all_is_kept_as_typed(browser, fields, name):
    oka = browser(OKA)
    page = oka.post("/ways/new", fields)
    assert page.status == 422
    assert page.html.select("[data-errors]")
    assert page.html.select(f"[name={name}]")
    assert page.one("[name=title]")["value"] == fields["title"]
    assert not rows()


def test_it_is_tried_and_says_what_came(browser, asking, running_provider):
    oka = browser(OKA)
    one = oka.post("/ways/new", any_kind(running_provider)).location
    page = oka.follow(oka.post(f"{one}/try"))
    assert page.says(f"{running_provider.issuer}/oauth/authorize")
    assert page.says("RS256")
    wrong = oka.post("/ways/new", any_kind(running_provider, issuer="http://127.0.0.1:9")).location
    assert oka.follow(oka.post(f"{wrong}/try")).html.select('.banner[data-kind="warn"]')
    slash = any_kind(running_provider, issuer=f"{running_provider.issuer}/")
    other = oka.post("/ways/new", slash).location
    assert "スラッシュ" in oka.follow(oka.post(f"{other}/try")).text


def test_other_offices_know_nothing_of_it(browser, asking, running_provider):
    one = browser(OKA).post("/ways/new", any_kind(running_provider)).location
    sato = browser(SATO)
    assert not sato.get("/ways").says("学校のアカウント")
    for path in (one, f"{one}/change"):
        assert sato.get(path).status == 404
    for path in ("try", "open", "release", "remove", "change"):
        assert sato.post(f"{one}/{path}", GOOGLE).status == 404
    assert len(rows()) == 1


def test_where_it_was_entered_it_stands_on_the_page_until_it_is_closed(
    browser, asking, running_provider
):
    oka = browser(OKA)
    one = oka.post("/ways/new", any_kind(running_provider)).location
    start = f"/sign-in/oidc/{one.rpartition('/')[2]}"
    offers = f'a[href^="{start}"]'
    assert browser().get("/sign-in?school=hinata-e").html.select(offers)
    assert not browser().get("/sign-in?school=hinata-j").html.select(offers)
    assert not browser().get("/sign-in?school=minato-e").html.select(offers)
    asked = browser().get("/sign-in")
    assert not asked.html.select(offers)
    other = asked.one('a[href^="/sign-in/school"]')["href"]
    found = browser().get(f"{other}?school=hinata-e")
    assert found.html.select(offers)
    assert not browser().get("/sign-in/school?school=nowhere").html.select(offers)
    oka.post(f"{one}/open", {"open": "0"})
    assert browser().get(start).status == 404
    assert not browser().get("/sign-in?school=hinata-e").html.select(offers)
    oka.post(f"{one}/open", {"open": "1"})
    assert browser().get(start).status == 303


def test_another_issuer_does_not_get_the_secret_of_the_first(browser, asking, running_provider):
    oka = browser(OKA)
    one = oka.post("/ways/new", any_kind(running_provider)).location
    moved = any_kind(running_provider, issuer="http://elsewhere.example", secret="")
    assert oka.post(f"{one}/change", moved).status == 422
    renamed = any_kind(running_provider, title="新しい名前", secret="")
    assert oka.follow(oka.post(f"{one}/change", renamed)).says("新しい名前")
    (row,) = rows()
    assert (row.issuer, row.client_secret.reveal()) == (running_provider.issuer, CLIENT_SECRET)


def test_a_person_gets_another_account_and_a_provider_is_forgotten(browser, provider, app):
    chiba = browser()
    chiba.get(Stranger().come_back(chiba.get(f"/sign-in/oidc/{PROVIDER}").location, "chiba"))
    make_it_of(OKA.school_id)
    oka = browser(OKA)
    one = f"/ways/{PROVIDER}"
    assert oka.post(f"{one}/release", {"name": "aoi@hinata.example"}).status == 422
    assert oka.post(f"{one}/release", {"name": "chiba@hinata.example"}).status == 303
    assert oka.post(f"{one}/release", {"name": "chiba@hinata.example"}).status == 422
    assert oka.post(f"{one}/remove").status == 303
    assert not rows()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("act", "fields"),
    [("open", {"open": "0"}), ("remove", {}), ("release", {"name": "chiba@hinata.example"})],
    ids=["closed", "forgotten", "let go of"],
)
def test_with_the_way_in_ends_what_is_open_by_it(browser, provider, act, fields):
    chiba, by_password = browser(), browser(CHIBA)
    chiba.get(Stranger().come_back(chiba.get(f"/sign-in/oidc/{PROVIDER}").location, "chiba"))
    assert chiba.get("/units").status == 200
    make_it_of(OKA.school_id)
    assert browser(OKA).post(f"/ways/{PROVIDER}/{act}", fields).status == 303
    assert chiba.get("/units").location.startswith("/sign-in")
    assert by_password.get("/units").status == 200
    assert traces("sessions:closed") == [(OKA.id, str(PROVIDER), "a way in was closed; 1")]


@pytest.mark.both_databases
def test_whoever_closes_the_way_by_which_they_came_can_open_it_again(browser, provider):
    oka = browser()
    oka.get(Stranger().come_back(oka.get(f"/sign-in/oidc/{PROVIDER}").location, "oka"))
    make_it_of(OKA.school_id)
    oka.prove()
    assert oka.post(f"/ways/{PROVIDER}/open", {"open": "0"}).status == 303
    assert oka.post(f"/ways/{PROVIDER}/open", {"open": "1"}).status == 303
    assert not traces("sessions:closed")


@backstage
def traces(verb) -> list[tuple]:
    with unit_of_work(SystemScope("looking"), read_only=True) as scope:
        rows = scope.session.scalars(select(AuditEntry).where(AuditEntry.verb == verb))
        return [(row.actor_id, row.object_id, row.detail) for row in rows]


@backstage
def make_it_of(school_id) -> None:
    with unit_of_work(SystemScope("otherwise")) as scope:
        scope.session.scalar(select(OidcProvider)).school_id = school_id
        audit.record(scope, "oidc_provider:changed", "")


def test_where_passwords_are_off_only_the_office_keeps_one(browser, asking, running_provider):
    oka = browser(OKA)
    assert oka.post("/ways/passwords", {"off": "1"}).status == 422, "nobody could come in"
    one = oka.post("/ways/new", any_kind(running_provider)).location
    assert oka.post("/ways/passwords", {"off": "1"}).status == 303
    typed = {"code": "hinata-e", "login_id": "aoi", "password": PASSWORD}
    page = browser().post("/sign-in", typed)
    assert page.status == 422
    assert page.html.select(f'a[href^="/sign-in/oidc/{one.rpartition("/")[2]}"]')
    assert page.one("details[open] [name=password]")
    assert browser().post("/sign-in", typed | {"code": "131234"}).status == 422
    assert browser(OKA).get("/ways").status == 200
    oka.post(f"{one}/open", {"open": "0"})
    assert browser().post("/sign-in", typed).status == 303, "nothing else is open"
    oka.post(f"{one}/open", {"open": "1"})
    oka.post("/ways/passwords", {"off": "0"})
    assert browser().post("/sign-in", typed).status == 303
