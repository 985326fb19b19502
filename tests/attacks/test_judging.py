"""The judge cries: whatever a page says of others, however packed, and whosever rows it changes."""

import gzip
import json
from base64 import urlsafe_b64encode
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, inspect, select, true

from aarportal.audit import operations as audit
from aarportal.care.school_records.models import Grade
from aarportal.core import unit_of_work as guard
from aarportal.core import visibility
from aarportal.core.ownership import StudentOwned
from aarportal.core.scope import SystemScope
from aarportal.core.submissions import Submission
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.anticipation.models import Goal
from aarportal.cycle.reflection.models import TeacherFeedback
from aarportal.people.accounts.models import Account
from aarportal.people.accounts.oidc.models import OidcProvider
from aarportal.people.identity.models import PersonMerge
from aarportal.people.roster.models import User
from tests.access.filling import canary, number
from tests.attacks.aims import begun
from tests.attacks.judging import Tally
from tests.attacks.kinds import addresses
from tests.attacks.tries import Try
from tests.cast import AOI, KEN, PRIMARY, SATO, key

#: The page that says or does what is planted; everybody may call it.
PAGE = "shell.health"
GOAL = key(f"goals {KEN.name}")


def zipped(name: str, content: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def token(said: str) -> str:
    parts = ({"alg": "RS256"}, {"name": said})
    head, claims = (urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts)
    return f"{head.rstrip('=')}.{claims.rstrip('=')}.c2lnbmF0dXJl"


NAME, WORD = canary("n", KEN), canary("l", KEN)
SHEET = zipped("xl/sharedStrings.xml", f"<t>{NAME}</t>".encode())
SAID = {
    "a given name": f"<p>濵田 {NAME}</p>",
    "a given name beside another": f"<p>{NAME}{canary('n', AOI)}</p>",
    "a name in capitals": NAME.upper(),
    "a number": f"<td>{number('m', KEN)}</td>",
    "a number with a sign in it": f"<td>{number('i', KEN):,} もん</td>",
    "a number to which a little was added": f'{{"items":{number("m", KEN) + 2}}}',
    "a word in a drawing": f"<svg><title>{WORD}</title></svg>",
    "a word in a table": f"名前,めあて\r\n髙﨑,{WORD}\r\n".encode("utf-16"),
    "a name in a workbook": SHEET,
    "a word in a zip": zipped("goals.json", WORD.encode()),
    "a name of a file in a zip": zipped(f"{NAME}.html", b""),
    "a workbook in a zip": zipped("grades.xlsx", SHEET),
    "a word that is packed": gzip.compress(WORD.encode()),
    "a name in a token": f'<input name="id_token" value="{token(NAME)}">',
    "an id": f'<a href="/goals/{GOAL}">',
    "an id without signs": GOAL.hex.upper(),
}


@pytest.fixture
def plant(judge, monkeypatch):
    """Let a page say or do something, and give what the judge then says of a try."""
    monkeypatch.setattr(judge, "tally", Tally())

    def planted(view, name="aoi", tries=None):
        monkeypatch.setitem(judge.world.app.view_functions, PAGE, view)
        # Each time it says something else to the same try.
        monkeypatch.setattr(judge, "_made", set())
        judge.attempt("planted", name, tries or [Try("GET", "/healthz")])
        assert judge.owned() == judge.before, "the world is as it was"
        return judge.tally.through

    return planted


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_what_a_page_says_of_others_is_found(plant, said):
    assert plant(lambda: Response(said))


@pytest.mark.parametrize("head", ["Location", "X-Location", "Content-Disposition"])
def test_what_stands_in_a_header_is_found(plant, head):
    assert plant(lambda: Response("", headers={head: f"/goals/{GOAL}"}))


def test_what_stands_in_a_cookie_is_found(plant):
    assert plant(lambda: Response("", headers={"Set-Cookie": f"kept={token(WORD)}"}))


def test_ones_own_is_no_secret(plant):
    own = f"{canary('n', AOI)} {canary('l', AOI)} {number('m', AOI)} {key(f'goals {AOI.name}')}"
    assert not plant(lambda: Response(own))


def test_what_is_no_business_of_a_teacher_is_found(plant):
    """Of a child of theirs not everything is theirs to read."""
    assert not plant(lambda: Response(canary("l", AOI)), "subject")
    assert plant(lambda: Response(canary("h", AOI)), "subject")


def test_what_was_asked_for_is_said_once(plant):
    """An answer may say a word again that stands in the question; not in that of another try."""
    asking = Try("GET", "/healthz", (("q", NAME),))
    assert not plant(lambda: Response(NAME), tries=[asking])
    assert plant(lambda: Response(NAME), tries=[asking, Try("GET", "/healthz")])


def test_what_a_search_finds_is_found(plant):
    """Whoever looks for somebody has not said the whole name."""
    assert plant(lambda: Response(NAME), tries=[Try("GET", "/healthz", (("q", begun(NAME)),))])


def change(model, key_, **values):
    """A page that changes a row, whoever calls it."""

    def view():
        with unit_of_work(SystemScope("planted")) as scope:
            row = scope.session.get(model, key_)
            assert row is not None
            for name, value in values.items():
                setattr(row, name, value)
            audit.record(scope, "planted:change", "row")
        return Response("")

    return view


CHANGED = {
    "a goal of another child": ("aoi", change(Goal, (KEN.school_id, GOAL), text="x")),
    "how another child comes in": ("homeroom", change(Account, KEN.id, must_change=True)),
    "another child itself": ("head", change(User, KEN.id, grade="J3")),
    "to whom another child belongs": (
        "office", change(PersonMerge, key(f"merge {KEN.name}"), taken_back_by=KEN.id)
    ),
    "how a colleague comes in": ("homeroom", change(Account, SATO.id, must_change=True)),
    "who says who is who, as a teacher of the school": (
        "subject", change(OidcProvider, key(f"provider {PRIMARY}"), title="x")
    ),
    "that a form was sent": (
        "aoi", change(Submission, (KEN.school_id, KEN.id, f"idem {KEN.name}"), location="/x")
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "view"), CHANGED.values(), ids=CHANGED)
def test_what_is_changed_of_others_is_found(plant, name, view):
    assert plant(view, name)


def test_grades_of_a_pupil_of_theirs_are_not_a_teachers_to_change(plant, judge):
    """Whose rows somebody may change is said for each kind of data."""
    with judge.world.app.app_context(), unit_of_work(SystemScope("test")) as scope:
        wanted = select(Grade).where(Grade.student_id == AOI.id)
        grade = scope.session.scalars(wanted).one()
        place = inspect(grade).identity
    given = TeacherFeedback, (PRIMARY, key(f"teacher_feedback {AOI.name}"))
    assert not plant(change(*given, text="x"), "homeroom")
    assert plant(change(Grade, place, value="x"), "homeroom")


def test_what_is_deleted_of_others_is_found(plant):
    def view():
        with unit_of_work(SystemScope("planted")) as scope:
            theirs = TeacherFeedback.student_id == KEN.id
            scope.session.execute(delete(TeacherFeedback).where(theirs))
            audit.record(scope, "planted:deletion", "row")
        return Response("")

    assert plant(view)


def test_a_try_that_cannot_be_made_is_told(plant, judge):
    class Bad(Try):
        def ask(self, *_):
            raise AssertionError("it does not work")

    plant(lambda: Response(""), tries=[Bad("GET", "/healthz"), Try("GET", "/healthz")])
    assert len(judge.tally.broken) == 1
    assert judge.tally.asked("planted") == 2


def test_only_what_is_aimed_at_others_counts(plant, judge):
    """A page of one's own, asked for in vain or twice, is no attempt to reach another's data."""
    tries = [
        Try("GET", "/healthz"),
        Try("GET", f"/goals/{key(f'goals {AOI.name}')}"),
        Try("GET", f"/goals/{GOAL}"),
        Try("GET", f"/goals/{GOAL}"),
        Try("GET", "/healthz", headers=(("HX-Current-URL", f"/goals/{GOAL.hex}"),)),
        Try("GET", f"/classes/{key('J2-1')}"),
        Try("GET", "/", cookie="session=x", is_forged=True),
    ]
    plant(lambda: Response(""), tries=tries)
    tally = judge.tally
    assert tally.tries == {
        ("planted", "plain"): 2, ("planted", "child"): 2, ("planted", "place"): 1,
        ("planted", "forged"): 1,
    }  # fmt: skip


# Where the other guard says no to what was done already, a file stays open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_tries_find_a_guard_that_forgets_whose_rows_are(judge, ground, plant, monkeypatch):
    """With nothing else broken than that rows about students exist for everybody to be read."""
    usual = visibility.visible
    # What was made before is not asked for, and what is made now is not kept.
    monkeypatch.setattr(guard, "criteria_in", lambda _sight: {})
    monkeypatch.setattr(
        guard, "visible",
        lambda scope, model, tables: true() if issubclass(model, StudentOwned)
        else usual(scope, model, tables),
    )  # fmt: skip
    batch = st.lists(addresses.one(ground, "aoi"), min_size=20, max_size=20)

    @settings(
        max_examples=15, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(batch)
    def attack(tries):
        judge.attempt("addresses", "aoi", tries)

    attack()
    through = judge.tally.through
    assert any(" saw a word, l of " in each for each in through), through
    assert any(" saw the number " in each for each in through)
