"""A platform is told who handed a reflection in: once, whatever comes in between, without a word.

The platform is of somebody else's making; its own service looks at tokens, and answers.
"""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover.erasing import operations as erasing
from aarportal.insight.linking import teller
from aarportal.people.lti.completing import operations
from aarportal.people.lti.completing import store as completions
from aarportal.people.lti.models import LtiCompletion, LtiPlatform
from tests.cast import AOI, BEN, OKA, UNIT_DIVISION, UNIT_WATER
from tests.insight.sharing import flows
from tests.people.lti.conftest import platform, private  # noqa: F401 - fixtures
from tests.people.lti.platform import PORTAL, launched

pytestmark = pytest.mark.both_databases

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
WORDS = "ひみつのことば"


class _Later(datetime):
    @classmethod
    def now(cls, tz=None):
        return clock.now().astimezone(tz)


@pytest.fixture
def one_clock(monkeypatch):
    """It gets later at the platform as it does here."""
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    for module in ("ltiplatform", "registration"):
        seconds = SimpleNamespace(time=lambda: clock.now().timestamp())
        monkeypatch.setattr(f"lti1p3platform.{module}.time", seconds)


@pytest.fixture
def registered(platform, private, one_clock):  # noqa: F811 - fixtures
    """The platform takes scores, lets line items be made, and is to be told."""
    platform.grading = {"lineitems_url": f"{platform.address}/items"}
    with private.app_context():
        tells(private, platform, True)
        # As after a start: an earlier test's thread has seen nothing.
        teller.init_app(private)
    return platform


@pytest.fixture
def grading(registered, private):  # noqa: F811 - fixtures
    """The same, where rows can be looked at."""
    with private.app_context():
        yield registered


def tells(app, platform, value):  # noqa: F811
    with unit_of_work(SystemScope("registration")) as scope:
        scope.session.get(LtiPlatform, platform.id).sends_completion = value
        operations.audit.record(scope, "lti_platform:changed", platform.id)


def open_link(browser, platform, member=AOI, unit=UNIT_DIVISION, kind="reflection"):  # noqa: F811
    platform.user_id = str(member.id)
    platform.registration.set_tool_key_set(browser().client.get("/lti/jwks").get_json())
    page = launched(browser(), platform, target=f"{PORTAL}/places/{kind}/{unit}")
    assert page.status == 303, page.text


def hand_in(member=AOI, unit=UNIT_DIVISION):
    lap_id = flows.lap_of(flows.set_goal(member, unit), member)
    flows.reflect(lap_id, member, text=WORDS)


def later(minutes):
    """That much later than it is on the portal's clock."""
    clock.shift(clock.now() - datetime.now(UTC) + timedelta(minutes=minutes))


def work(minutes=1):
    later(minutes)
    teller.here().worker.work_off()


def rows():
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        return scope.session.scalars(select(LtiCompletion).order_by(LtiCompletion.id)).all()


def states():
    return [row.state for row in rows()]


def test_a_hand_in_arrives_once_as_done_and_with_no_word_of_it(browser, grading):
    open_link(browser, grading)
    work()
    assert grading.scores == []
    hand_in()
    work()
    [(item, score)] = grading.scores
    assert score.keys() == {
        "userId", "timestamp", "activityProgress", "gradingProgress", "scoreGiven", "scoreMaximum",
    }  # fmt: skip
    assert score["userId"] == str(AOI.id)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert (score["scoreGiven"], score["scoreMaximum"]) == (1, 1)
    made = grading.items[item]
    assert (made["scoreMaximum"], made["resourceLinkId"]) == (1, "link-1")
    assert made["label"] == "ふり返りを出した"
    assert WORDS not in str(grading.scores) + str(grading.items)
    hand_in()
    open_link(browser, grading)
    work(60)
    assert len(grading.scores) == len(grading.items) == 1
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        query = select(AuditEntry.student_id).where(AuditEntry.verb == "lti_completion:sent")
        assert scope.session.scalars(query).all() == [AOI.id]


def test_a_class_shares_a_line_item_and_a_token(browser, grading):
    for member in (AOI, BEN):
        open_link(browser, grading, member)
        hand_in(member)
    work()
    assert {score["userId"] for _, score in grading.scores} == {str(AOI.id), str(BEN.id)}
    assert (len(grading.items), grading.tokens_given) == (1, 1)


def test_a_line_item_of_the_platform_gets_no_number(browser, grading):
    """Nobody here knows what it is out of."""
    grading.grading = {
        "lineitems_url": None, "lineitem_url": f"{grading.address}/items/7",
        "allow_creating_lineitems": False,
    }  # fmt: skip
    open_link(browser, grading, kind="unit")
    hand_in()
    grading.grading["lineitems_url"] = f"{grading.address}/items"
    work()
    [(item, score)] = grading.scores
    assert item == f"{grading.address}/items/7"
    assert score.keys() == {"userId", "timestamp", "activityProgress", "gradingProgress"}
    assert score["gradingProgress"] == "NotReady"


NOT_ASKED = ["off", "no scores", "elsewhere", "no claim", "other unit", "before"]


@pytest.mark.parametrize("why", NOT_ASKED)
def test_nothing_is_told_that_was_not_asked_for(browser, grading, private, why):  # noqa: F811
    if why == "off":
        tells(private, grading, False)
    elif why == "no scores":
        grading.grading["scores_service_enabled"] = False
    elif why == "elsewhere":
        grading.grading["lineitems_url"] = "https://elsewhere.example/items"
    elif why == "no claim":
        grading.grading = None
    if why == "before":
        hand_in()
        later(1)
    open_link(browser, grading, unit=UNIT_WATER if why == "other unit" else UNIT_DIVISION)
    if why != "before":
        hand_in()
    work()
    tells(private, grading, True)
    work()
    assert grading.scores == []
    assert "waiting" not in states()


def test_whoever_is_killed_in_between_tells_it_once_more_and_it_is_the_same(browser, grading):
    open_link(browser, grading)
    hand_in()
    # The platform takes it, and nobody hears that it did.
    grading.is_silent = True
    work()
    assert states() == ["waiting"]
    assert len(grading.scores) == 1
    grading.is_silent = False
    work(minutes=5)
    assert states() == ["sent"]
    assert len(grading.scores) == 1


def test_one_that_was_taken_and_not_told_is_told_by_another_process(browser, grading):
    open_link(browser, grading)
    hand_in()
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert completions.is_anything_opened(scope)
    later(1)
    teller.here().look()
    [row] = rows()
    assert operations.claim(row.id) is not None
    # Whoever has it has it alone; then it is anybody's again.
    assert operations.claim(row.id) is None
    work()
    assert grading.scores == []
    work(minutes=5)
    assert states() == ["sent"]


def test_it_is_tried_again_ever_more_seldom_and_given_up_after_a_week(browser, grading):
    open_link(browser, grading)
    hand_in()
    grading.troubles = [503] * 1000
    tried = []
    for _ in range(8 * 24):
        work(minutes=60)
        tried.append(1000 - len(grading.troubles))
    assert states() == ["given_up"]
    assert rows()[0].trouble == "status 503"
    assert 14 <= tried[-1] <= 30
    assert tried[-1] - tried[-25] <= 2
    grading.troubles = []
    work(minutes=24 * 60)
    assert grading.scores == []


def test_a_line_item_that_was_taken_away_is_made_anew(browser, grading):
    open_link(browser, grading)
    hand_in()
    grading.troubles = [404]
    work()
    grading.items.clear()
    work(minutes=5)
    assert states() == ["sent"]
    assert len(grading.items) == len(grading.scores) == 1


def test_with_the_child_goes_what_was_to_be_told(browser, grading):
    open_link(browser, grading)
    hand_in()
    later(1)
    teller.here().look()
    assert states() == ["waiting"]
    with unit_of_work(SystemScope("deletion")) as scope:
        erasing.erase(scope, AOI.district_id, [AOI.id])
        operations.audit.record(scope, "student:erased", "")
    assert rows() == []
    work()
    assert grading.scores == []


def test_the_office_turns_it_on_sees_numbers_and_forgets_it(browser, registered, private):  # noqa: F811
    with private.app_context():
        tells(private, registered, False)
    oka = browser(OKA)
    path = f"/rosters/platforms/{registered.id}"
    form = {
        "title": "ポータル", "issuer": registered.address, "client_id": "portal-1",
        "deployments": "S_1234567890123", "auth_url": f"{registered.address}/auth",
        "jwks_url": f"{registered.address}/jwks", "known_by": "identifier", "sends_completion": "y",
        "token_url": "",
    }  # fmt: skip
    assert not oka.get(f"{path}/change").one("[name=sends_completion]").has_attr("checked")
    refused = oka.post(f"{path}/change", form)
    assert refused.status == 422, refused.text
    form["token_url"] = f"{registered.address}/token"
    assert oka.post(f"{path}/change", form).status == 303
    assert oka.get(f"{path}/change").one("[name=sends_completion]").has_attr("checked")
    for member in (AOI, BEN):
        open_link(browser, registered, member)
    with private.app_context():
        hand_in()
        work()
        hand_in(BEN)
        registered.troubles = [503]
        work()
    page = oka.get("/rosters/platforms")
    assert page.says("1回")
    assert page.says("1件")
    assert not page.says("あおい")
    del form["sends_completion"]
    assert oka.post(f"{path}/change", form).status == 303
    with private.app_context():
        assert states() == ["sent"]
    assert oka.post(f"{path}/remove").status == 303
    with private.app_context():
        assert rows() == []
