"""There and back, at a whole provider that runs in a process of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import delete, select, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account, SessionTouch, SignInSession
from aarportal.people.accounts.oidc import operations
from aarportal.people.accounts.oidc.asking import Asking
from aarportal.people.accounts.oidc.models import OidcBinding, OidcProvider
from aarportal.people.accounts.oidc.refusing import operations as refusing
from aarportal.people.accounts.routes import SHARED_SESSION
from aarportal.people.roster.models import User, UserRole
from tests.backstage import backstage, stage  # noqa: F401 - the fixture
from tests.cast import AOI, BEN, CHIBA, DOI, OKA, PRIMARY, SECONDARY
from tests.people.accounts.oidc.conftest import OTHER, PROVIDER, back, entered
from tests.people.accounts.oidc.walking import Stranger
from tests.people.directory import office

START = f"/sign-in/oidc/{PROVIDER}"


@backstage
def refusals() -> list[str]:
    with unit_of_work(SystemScope("looking"), read_only=True) as scope:
        query = select(AuditEntry.detail).where(AuditEntry.verb == "session:refused")
        return list(scope.session.scalars(query))


@backstage
def sessions() -> list[SignInSession]:
    with unit_of_work(SystemScope("looking"), read_only=True) as scope:
        query = select(SignInSession).where(SignInSession.way == "oidc")
        return list(scope.session.scalars(query))


@backstage
def accounts_of(member) -> list[Account]:
    with unit_of_work(SystemScope("looking"), read_only=True) as scope:
        return list(scope.session.scalars(select(Account).where(Account.user_id == member.id)))


@backstage
def change_by(act) -> None:
    with unit_of_work(SystemScope("otherwise")) as scope:
        act(scope.session)
        audit.record(scope, "rows:changed", "")


@backstage
def change(statement) -> None:
    with unit_of_work(SystemScope("otherwise")) as scope:
        scope.session.execute(statement)
        audit.record(scope, "rows:changed", "")


def sent_back(browser, name, *, start=START, answer="accept", stranger=None):
    """Go to the provider and sign in there; the path with which it leads back."""
    page = browser.get(start)
    assert page.status == 303, page.text
    return (stranger or Stranger()).come_back(page.location, name, answer=answer)


@pytest.mark.both_databases
@pytest.mark.parametrize("member", [AOI, CHIBA], ids=lambda one: one.name)
def test_somebody_of_the_roster_comes_in_and_goes_on_to_where_they_wanted(
    browser, provider, member
):
    one = browser()
    offer = one.get("/sign-in?school=hinata-e&next=/letters").html.select_one(f'a[href^="{START}"]')
    assert "ひなた市のアカウント" in offer.get_text()
    stranger = Stranger()
    page = one.get(sent_back(one, member.name, start=offer["href"], stranger=stranger))
    assert stranger.seen[:2] == ["/login", "/auth/password"]
    assert (page.status, page.location) == (303, "/letters")
    assert one.get("/letters").status == 200
    assert [row.user_id for row in sessions()] == [member.id]


@pytest.mark.both_databases
def test_the_account_is_bound_and_wins_over_what_the_roster_says_later(browser, provider):
    aoi = browser()
    aoi.get(sent_back(aoi, "aoi"))
    change(update(User).where(User.id == AOI.id).values(username="somebody@else.example"))
    change(update(User).where(User.id == BEN.id).values(username="aoi@hinata.example"))
    again = browser()
    again.get(sent_back(again, "aoi"))
    assert {row.user_id for row in sessions()} == {AOI.id}


def test_an_address_that_somebody_else_has_now_opens_nothing_of_whoever_had_it(browser, provider):
    """The child who had the address came in with another account."""
    aoi = browser()
    aoi.get(sent_back(aoi, "aoi"))
    change(update(OidcBinding).values(subject="the account before"))
    later = browser()
    page = later.get(sent_back(later, "aoi"))
    assert page.status == 403
    assert page.says("aoi@hinata.example")
    assert len(sessions()) == 1


def test_whoever_says_their_school_first_lands_there_and_where_they_wanted(browser, provider):
    """A teacher of two schools; the office could think of the other one as the first."""
    there = {"school_id": SECONDARY, "sourced_id": "two", "user_id": CHIBA.id}
    change_by(lambda s: s.add(UserRole(**there, role="teacher", role_type="secondary")))
    chiba = browser()
    page = chiba.get("/sign-in/school?school=hinata-j&next=/letters")
    start = page.one(f'a[href^="{START}"]')["href"]
    assert chiba.get(sent_back(chiba, "chiba", start=start)).location == "/letters"
    assert [row.school_id for row in sessions()] == [SECONDARY]


def test_a_second_try_is_under_the_same_school(browser, provider):
    zoe = browser()
    page = zoe.get(sent_back(zoe, "zoe", start=f"{START}?school=hinata-j&next=/letters"))
    (other,) = {each["href"] for each in page.html.select(f'a[href^="{START}"][href*=other]')}
    assert parse_qs(urlsplit(other).query)["school"] == ["hinata-j"]


def test_who_is_on_no_list_reads_which_account_it_was_and_what_to_do(browser, provider):
    zoe = browser()
    page = zoe.get(sent_back(zoe, "zoe"))
    assert page.status == 403
    assert page.says("zoe@hinata.example")
    other = page.one(f'a[href^="{START}"]')["href"]
    assert "prompt=select_account" in zoe.get(other).location
    assert zoe.get("/letters").status == 303
    assert refusals() == ["sign-in; oidc unknown"]
    assert not sessions()


@pytest.mark.both_databases
def test_whoever_is_on_the_list_without_a_login_comes_in_and_no_password_fits(browser, provider):
    change(delete(Account).where(Account.user_id == AOI.id))
    aoi = browser()
    page = aoi.get(sent_back(aoi, "aoi"))
    assert (page.status, page.location) == (303, "/")
    for guess in ("!", "nobody has this password", "ひまわり-2026"):
        typed = {"code": "hinata-e", "login_id": "aoi@hinata.example", "password": guess}
        assert browser().post("/sign-in", typed).status == 422


DISABLED = update(User).where(User.id == AOI.id).values(enabled=False)
OVER = update(UserRole).where(UserRole.user_id == AOI.id).values(ends_before=date(2020, 4, 1))


@pytest.mark.parametrize("ended", [DISABLED, OVER], ids=["disabled", "role over"])
def test_whose_time_is_over_does_not_come_in_nor_gets_an_account(browser, provider, ended):
    change(delete(Account).where(Account.user_id == AOI.id))
    change(ended)
    aoi = browser()
    page = aoi.get(sent_back(aoi, "aoi"))
    assert page.status == 403
    assert refusals() == ["sign-in; oidc ended"]
    assert not accounts_of(AOI)


def test_whoever_does_not_consent_stands_at_the_door_again(browser, provider):
    ben, stranger = browser(), Stranger()
    page = ben.get(sent_back(ben, "ben", answer="deny", stranger=stranger))
    assert stranger.seen[-1] == "/oauth/authorize"
    assert page.status == 400
    assert ben.get(page.one(f'a[href^="{START}"]')["href"]).status == 303
    assert refusals() == ["sign-in; oidc cancelled answered access_denied"]


def test_an_answer_opens_the_door_once(browser, provider):
    """Even with the cookie that the first time took away."""
    aoi = browser()
    path = sent_back(aoi, "aoi")
    cookie = next(each for each in aoi.client._cookies.values() if each.key.startswith("oidc-"))
    assert aoi.get(path).status == 303
    assert aoi.get(path).status == 400
    thief = browser()
    thief.client.set_cookie(cookie.key, cookie.value)
    assert thief.get(path).status == 400
    assert refusals() == ["sign-in; oidc used_already"]
    assert len(sessions()) == 1


@pytest.mark.both_databases
def test_of_many_who_bring_the_same_answer_at_once_one_comes_in(browser, provider, app):
    aoi = browser()
    path = sent_back(aoi, "aoi")
    cookie = next(each for each in aoi.client._cookies.values() if each.key.startswith("oidc-"))
    together = threading.Barrier(4)

    def bring(_number: int) -> int:
        client = app.test_client()
        client.set_cookie(cookie.key, cookie.value)
        together.wait()
        return client.get(path).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(bring, range(4)))
    assert statuses == [303, 400, 400, 400]
    assert len(sessions()) == 1


def test_an_answer_opens_nothing_in_another_browser(browser, provider):
    path = sent_back(browser(), "aoi")
    thief = browser()
    assert thief.get(path).status == 400
    assert not sessions()


def test_a_second_tab_does_not_disturb_the_first(browser, provider):
    aoi = browser()
    first, second = aoi.get(START).location, aoi.get(START).location
    stranger = Stranger()
    assert aoi.get(stranger.come_back(second, "aoi")).status == 303
    assert aoi.get(stranger.come_back(first, "aoi")).status == 303
    assert aoi.get("/letters").status == 200


def test_many_starts_do_not_fill_the_browser_with_cookies(browser, provider):
    aoi = browser()
    for _ in range(9):
        last = aoi.get(START).location
    names = [each.key for each in aoi.client._cookies.values() if each.key.startswith("oidc-")]
    assert len(names) == 4
    assert aoi.get(Stranger().come_back(last, "aoi")).status == 303


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("code", "somebody-elses", "refused_code"),
        ("code", "", "interrupted no code"),
        ("iss", "https://evil.example/", "mixed_up iss"),
        ("iss", "", "mixed_up iss"),
    ],
)
def test_an_answer_that_was_changed_on_its_way_opens_nothing(browser, provider, name, value, rule):
    aoi = browser()
    parts = urlsplit(sent_back(aoi, "aoi"))
    given = {key: each[0] for key, each in parse_qs(parts.query).items()} | {name: value}
    page = aoi.get(f"{parts.path}?{urlencode(given)}")
    assert page.status in {400, 403}
    assert refusals() == [f"sign-in; oidc {rule}"]
    assert not sessions()


def test_a_code_is_worth_nothing_without_the_verifier_of_its_own_flight(browser, provider):
    """The provider itself refuses it: PKCE."""
    aoi, ben = browser(), browser()
    theirs = {key: each[0] for key, each in parse_qs(urlsplit(sent_back(aoi, "aoi")).query).items()}
    parts = urlsplit(sent_back(ben, "chiba"))
    mine = {key: each[0] for key, each in parse_qs(parts.query).items()}
    page = ben.get(f"{parts.path}?{urlencode(mine | {'code': theirs['code']})}")
    assert page.status == 400
    assert refusals() == ["sign-in; oidc refused_code"]
    assert not sessions()


def test_an_answer_for_one_provider_is_none_of_another(browser, provider, app):
    with app.app_context():
        entered(provider.issuer, OTHER, title="もう一つ")
    aoi = browser()
    parts = urlsplit(sent_back(aoi, "aoi"))
    assert aoi.get(f"{back(OTHER)}?{parts.query}").status == 400
    assert refusals() == ["sign-in; oidc mixed_up address"]
    assert not sessions()


def test_a_slow_child_begins_anew(browser, provider, app):
    aoi = browser()
    path = sent_back(aoi, "aoi")
    clock.shift(timedelta(minutes=21))
    assert aoi.get(path).status == 400
    assert refusals() == ["sign-in; oidc too_late"]


def test_a_wrong_secret_is_told_as_what_it_is(browser, provider, app):
    with app.app_context():
        entered(provider.issuer, OTHER, client_secret=None)
    aoi = browser()
    page = aoi.get(sent_back(aoi, "aoi", start=f"/sign-in/oidc/{OTHER}"))
    assert page.status == 502
    assert refusals() == ["sign-in; oidc not_set_up refused_client"]


def test_a_provider_that_is_not_there_is_told_as_such(browser, app, asking):
    with app.app_context():
        entered("http://127.0.0.1:9/")
    page = browser().get(START)
    assert page.status == 502
    assert page.one('a[href="/sign-in"]')


def test_nothing_of_it_stands_in_a_log_nor_in_a_trace(browser, provider, caplog):
    zoe = browser()
    caplog.set_level("DEBUG")
    path = sent_back(zoe, "zoe")
    zoe.get(path)
    given = parse_qs(urlsplit(path).query)
    secrets = [given["code"][0], given["state"][0], "zoe"]
    ours = [row.getMessage() for row in caplog.records if not row.name.startswith("http")]
    assert not [line for line in [*ours, *refusals()] if any(each in line for each in secrets)]


@backstage
def make_it_of(school_id) -> None:
    with unit_of_work(SystemScope("otherwise")) as scope:
        scope.session.get(OidcProvider, PROVIDER).school_id = school_id
        audit.record(scope, "oidc_provider:changed", PROVIDER)


@pytest.mark.both_databases
def test_the_provider_of_a_school_lets_people_of_that_school_in_and_nobody_else(browser, provider):
    make_it_of(PRIMARY)
    change_by(office.to_the_board)
    for name, status in (("aoi", 303), ("ken", 403), ("iwa", 403), ("gen", 403)):
        one = browser()
        assert one.get(sent_back(one, name)).status == status, name
    assert {row.school_id for row in sessions()} == {PRIMARY}


@pytest.mark.both_databases
def test_the_provider_of_the_board_lets_in_its_district_and_no_other(browser, provider):
    change_by(office.to_the_board)
    for name, status in (("ken", 303), ("iwa", 303), ("gen", 403)):
        one = browser()
        assert one.get(sent_back(one, name)).status == status, name
    assert {row.role for row in sessions()} == {"student", "districtAdministrator"}
    assert refusals() == ["sign-in; oidc unknown"]


def test_a_provider_that_counts_in_milliseconds_is_told_as_such(browser, provider, monkeypatch):
    verified = operations.tokens.verified
    monkeypatch.setattr(
        operations.tokens,
        "verified",
        lambda *given: verified(*given) | {"auth_time": int(clock.now().timestamp() * 1000)},
    )
    chiba = browser()
    assert chiba.get(sent_back(chiba, "chiba")).status == 403
    assert refusals() == ["sign-in; oidc bad_token format"]


def test_an_authorization_address_with_a_query_keeps_it(browser, provider, monkeypatch):
    known = Asking.known

    def with_query(self, issuer):
        metadata, keys = known(self, issuer)
        return replace(
            metadata, authorization_endpoint=f"{metadata.authorization_endpoint}?realm=town"
        ), keys

    monkeypatch.setattr(Asking, "known", with_query)
    asked = parse_qs(urlsplit(browser().get(START).location).query)
    assert (asked["realm"], asked["response_type"]) == (["town"], ["code"])


@pytest.fixture
def two_factors(monkeypatch):
    """Every token of the provider says that two factors were proved."""
    verified = operations.tokens.verified

    def says_so(*given):
        return verified(*given) | {"amr": ["mfa"]}

    monkeypatch.setattr(operations.tokens, "verified", says_so)


@pytest.mark.parametrize(
    ("school_id", "status"), [(None, 200), (PRIMARY, 303)], ids=["the board's", "a school's own"]
)
def test_two_factors_at_a_provider_open_grave_pages_if_the_board_entered_it(
    browser, provider, app, two_factors, school_id, status
):
    """Else the office of a school would run one, and be the head with both factors."""
    make_it_of(school_id)
    chiba, stranger = browser(), Stranger()
    chiba.get(sent_back(chiba, "chiba", stranger=stranger))
    assert chiba.get("/health").status == status
    start = proves_again(app, CHIBA.id, "/health")
    chiba.get(sent_back(chiba, "chiba", start=start, stranger=stranger))
    assert chiba.get("/health").status == status
    (row,) = sessions()
    assert (row.strong_at is None) == (school_id is not None)


def test_letters_may_be_large_or_small(browser, provider):
    doi = browser()
    doi.get(sent_back(doi, "doi"))
    assert [row.user_id for row in sessions()] == [DOI.id]


def test_two_people_of_one_name_do_not_come_in_for_each_other(browser, provider):
    change(update(User).where(User.id == BEN.id).values(username="AOI@hinata.example"))
    aoi = browser()
    assert aoi.get(sent_back(aoi, "aoi")).status == 403
    assert refusals() == ["sign-in; oidc ambiguous"]


def test_the_user_identifier_is_compared_where_the_office_says_so(browser, provider):
    changed = {"claim": "sub", "compared_with": "master_identifier"}
    change(update(OidcProvider).values(**changed))
    change(update(User).where(User.id == BEN.id).values(master_identifier="aoi"))
    one = browser()
    one.get(sent_back(one, "aoi"))
    assert [row.user_id for row in sessions()] == [BEN.id]


def test_whoever_brings_too_many_answers_waits(browser, provider, monkeypatch):
    monkeypatch.setattr(refusing, "PER_ADDRESS", replace(refusing.PER_ADDRESS, tries=2))
    for _ in range(2):
        zoe = browser()
        assert zoe.get(sent_back(zoe, "zoe")).status == 403
    aoi = browser()
    assert aoi.get(sent_back(aoi, "aoi")).status == 429
    assert not sessions()


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_elsewhere_afterwards(browser, provider, target):
    aoi = browser()
    page = aoi.get(sent_back(aoi, "aoi", start=f"{START}?{urlencode({'next': target})}"))
    assert page.location == "/"


def test_who_sat_there_before_is_signed_out(browser, provider):
    """A shared tablet: the session that was left open is closed, not only forgotten."""
    tablet = browser(BEN)
    token = tablet.client.get_cookie("session").value
    tablet.get(sent_back(tablet, "aoi"))
    before = browser()
    before.client.set_cookie("session", token)
    assert before.get("/letters").status == 303
    assert tablet.get("/letters").status == 200


def test_on_a_shared_tablet_the_next_child_does_not_come_in_as_the_one_before(browser, provider):
    """The provider still knows the one before, and asks for their password all the same."""
    tablet, at_provider = browser(), Stranger()
    tablet.get(sent_back(tablet, "aoi", stranger=at_provider))
    tablet.post("/sign-out")
    tablet.post("/shared-device", {"shared": "1"})
    tablet.get(sent_back(tablet, "aoi", stranger=at_provider))
    assert at_provider.seen.count("/auth/password") == 2
    (row,) = sessions()
    assert row.closes_at - row.opened_at <= SHARED_SESSION


def proves_again(app, user_id, target):
    with app.app_context():
        return operations.where_to_prove_again(user_id, target)


@backstage
def an_hour_passed():
    with unit_of_work(SystemScope("time")) as scope:
        row = scope.session.scalar(select(SignInSession).where(SignInSession.way == "oidc"))
        row.proved_at -= timedelta(hours=1)
        audit.record(scope, "time:passed", "")
        return row.proved_at


def test_somebody_proves_anew_who_they_are(browser, provider, app):
    chiba, stranger = browser(), Stranger()
    chiba.get(sent_back(chiba, "chiba", stranger=stranger))
    before = an_hour_passed()
    start = proves_again(app, CHIBA.id, "/letters")
    asked = parse_qs(urlsplit(chiba.get(start).location).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["60"])
    page = chiba.get(sent_back(chiba, "chiba", start=start, stranger=stranger))
    assert stranger.seen.count("/auth/password") == 2, "the provider asks anew"
    assert (page.status, page.location) == (303, "/letters")
    (row,) = sessions()
    assert row.proved_at > before
    assert row.strong_at is None


def test_what_was_written_waits_while_it_is_proved_at_the_provider_in_another_tab(
    browser, provider
):
    chiba, stranger = browser(), Stranger()
    chiba.get(sent_back(chiba, "chiba", stranger=stranger))
    change(update(SessionTouch).values(seen_at=clock.now() - timedelta(minutes=20)))
    letters = {"script": "all", "text_size": "l", "font": "ud", "language": "en"}
    behind = {"Referer": "http://localhost/letters"}
    stopped = chiba.post("/letters", letters, headers=behind)
    form = stopped.one("main form:has([name=done])")
    assert chiba.send(form, by="done").status == 422
    start = form.select_one("a[target=_blank]")["href"]
    back = chiba.get(sent_back(chiba, "chiba", start=start, stranger=stranger))
    assert (back.status, back.location) == (303, "/letters")
    page = chiba.send(form, by="done")
    assert page.status == 200
    done = chiba.send(page.one("main form"))
    assert chiba.follow(done).html.html["data-size"] == "l"


def test_somebody_else_cannot_prove_it_for_them(browser, provider, app):
    oka = browser()
    oka.get(sent_back(oka, "oka"))
    chiba = browser()
    chiba.get(sent_back(chiba, "chiba"))
    change(delete(SignInSession).where(SignInSession.user_id == OKA.id))
    before = an_hour_passed()
    start = proves_again(app, CHIBA.id, "/letters")
    page = chiba.get(sent_back(chiba, "oka", start=start))
    assert page.status == 403
    assert [row.proved_at for row in sessions()] == [before]


def test_a_teacher_who_looks_through_a_pupils_eyes_proves_who_they_are_themselves(
    browser, provider, app
):
    chiba, stranger = browser(), Stranger()
    chiba.get(sent_back(chiba, "chiba", stranger=stranger))
    chiba.follow(chiba.post(f"/class/students/{AOI.id}/view"))
    before = an_hour_passed()
    start = proves_again(app, CHIBA.id, "/")
    page = chiba.get(sent_back(chiba, "chiba", start=start, stranger=stranger))
    assert (page.status, page.location) == (303, "/")
    (row,) = sessions()
    assert row.proved_at > before
    assert row.sees_as == AOI.id


def test_who_came_in_by_a_password_proves_it_elsewhere(browser, app):
    browser(CHIBA)
    assert proves_again(app, CHIBA.id, "/letters") is None
