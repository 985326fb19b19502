"""Under which names the portal answers, and whose word about a caller's address counts."""

import pytest
from sqlalchemy import select

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import SignInThrottle
from aarportal.web.guard import headers_of
from tests.cast import AOI, CODES, OKA, PRIMARY
from tests.pages import Browser

TRAPS = ("evil.example", "portal.school.jp.evil.example", "evil.example#portal.school.jp", "")


@pytest.mark.parametrize(
    "given",
    [
        {"hosts": ("portal.school.jp", ".board.jp")},
        {"public_url": "https://portal.school.jp/"},
    ],
)
def test_only_the_own_names_are_answered(another, given):
    portal = another(**given)
    client = portal.test_client()
    assert client.get("/sign-in", headers={"Host": "portal.school.jp:8443"}).status_code == 200
    paths = ("/sign-in", f"/static/{portal.config['ASSET_VERSION']}/css/portal.css", "/xapi/about")
    for host in TRAPS:
        for path in paths:
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 421, (host, path)
            assert set(headers_of(portal.config["SETTINGS"])) <= set(answer.headers)


def test_names_below_a_name_are_answered(another):
    client = another(hosts=("portal.school.jp", ".board.jp")).test_client()
    assert client.get("/sign-in", headers={"Host": "a.board.jp"}).status_code == 200


def test_a_monitor_may_ask_by_number(another):
    client = another(hosts=("portal.school.jp",)).test_client()
    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).get_json() == {"ok": True}


def counted(app, forwarded):
    """How many addresses were counted for tries from these addresses."""
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    fields = {"code": CODES[PRIMARY], "login_id": AOI.login_id, "password": "no"}
    for said in forwarded:
        client.post("/sign-in", data=fields, headers={"X-Forwarded-For": said})
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        keys = scope.session.scalars(select(SignInThrottle.key)).all()
    return len([key for key in keys if key.startswith("address:")])


def test_a_forged_address_is_not_believed(another):
    assert counted(another(), ["198.51.100.1", "198.51.100.2", "198.51.100.3"]) == 1


def test_behind_a_proxy_only_what_the_proxy_added_is_believed(another):
    said = ["203.0.113.1, 198.51.100.7", "203.0.113.2, 198.51.100.7", "203.0.113.3, 198.51.100.8"]
    assert counted(another(proxies=1), said) == 2


def test_a_forwarded_host_is_never_believed(another):
    client = another(proxies=1, hosts=("portal.school.jp",)).test_client()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "portal.school.jp"}
    assert client.get("/sign-in", headers=headers).status_code == 421


def test_behind_a_proxy_its_word_about_tls_counts(another):
    """What the office tells a platform about the portal is right, or no launch arrives."""

    def told(app, **headers):
        page = Browser(app).sign_in(OKA).get("/rosters/platforms/new", headers=headers)
        assert page.status == 200
        return {word for word in page.html.get_text(" ").split() if word.endswith("/lti/launch")}

    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1"}
    assert told(another(proxies=1), **forwarded) == {"https://localhost/lti/launch"}
    assert told(another(proxies=1)) == {"http://localhost/lti/launch"}
    assert told(another(), **forwarded) == {"http://localhost/lti/launch"}, "nobody's proxy"
