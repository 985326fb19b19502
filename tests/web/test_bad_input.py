"""Every form of the portal with what must never be taken: a clear answer, and nothing changes.

The routes are read from the app, so a new one is tried without being written down here; one that
is a single button, or that keeps whatever it is given, has to be named below.
"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.care.school_data.columns import ColumnsSaid
from aarportal.care.school_data.models import SchoolDataImport
from aarportal.core import clock
from aarportal.core.database import Base, db
from aarportal.core.permissions import GRANTS, Permission
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import Secret
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports.models import TableImport
from aarportal.cycle.action.models import LearningApp, LearningRecord, RecordDispute
from aarportal.cycle.action.translators.columns import ColumnMapping
from aarportal.cycle.anticipation.models import PlanSession
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from aarportal.insight.handover.models import (
    DeletionOrder,
    HandoverImport,
    HandoverPackage,
    TrustedIssuer,
)
from aarportal.insight.requests.models import DataRequest
from aarportal.people.accounts.oidc.models import OidcProvider
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.lti.models import LtiChoice, LtiContext, LtiPlatform
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.rest.models import RosterClient
from aarportal.people.roster.sources.models import RosterSource
from aarportal.people.school_year.models import BellSchedule, YearImport
from aarportal.web.blueprint import PERMISSIONS
from aarportal.web.guard import MAX_FORM_BYTES
from tests.care.people import appoint
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_ELSEWHERE,
    CLASS_J2_1,
    GEN,
    HANA,
    HEAD,
    HINATA,
    IWA,
    KEN,
    KIKUCHI,
    MINATO,
    NURSE,
    OKA,
    PRIMARY,
    SATO,
    SYSTEM,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    YUKARI,
    hold,
    key,
)
from tests.cycle.action.days import enter, record
from tests.insight.teaching.lessons import Told, set_clock, tell
from tests.pages import Page, check
from tests.people.directory.office import to_the_board, write

#: What machines send to; their own tests try it.
MACHINES = ("xapi.", "xapi_", "caliper.")
#: Who came, from where, and how often somebody tried; no part of what anybody wrote.
PASSING = {"sign_in_sessions", "session_touches", "sign_in_throttles", "audit_entries"}
#: Forms that are one button: with an id of one's own there is nothing in them to be wrong.
ONE_TAP = {
    "action.dispute", "action.start", "anticipation.withdraw", "anticipation.settle_plan",
    "reflection.begin", "reflection.acknowledge", "reading.mark_read", "teaching.set_attendance",
    "accounts.sign_out", "accounts.choose_language", "disputes.take_back", "disputes.seen",
    "relations.end", "pupil_view.begin", "pupil_view.end",
    "disputes.open_statement", "catalogue.remove",
    "apps.restore", "apps.revoke", "apps.rotate", "apps.send_test",
    "imports.drop", "imports.go_on", "imports.start", "imports.stop", "imports.take_back",
    "quarantine.take_back", "quarantine.take_back_merge", "quarantine.read_again",
    "timetables.remove_bells", "rosters.drop", "roster_clients.rotate", "roster_clients.revoke",
    "oidc_providers.try_out", "oidc_providers.remove",
    "sources.ask", "sources.pause", "sources.resume", "sources.remove",
    "rosters.go_on", "rosters.take_back",
    "handover.ask_own", "handover.fetch_own", "handover.ask", "handover.fetch",
    "handover.distrust", "intakes.choose_person", "intakes.confirm", "intakes.take_back",
    "intakes.drop", "deletions.release", "deletions.cancel", "deletions.without_export",
    "second_factor.begin", "second_factor.remove", "second_factor.renew_codes",
    "second_factor.remove_of", "sessions.end", "sessions.end_others", "sessions.end_of",
    "locks.open_to_person", "locks.give_password_to_person",
    "data_requests.take", "platforms.pause", "platforms.resume", "platforms.remove",
    "members.ask", "tools.remove",
    "cards.release", "cards.end_all", "locks.open_to_pupil", "locks.give_password",
    "school_data.drop", "school_data.go", "year_imports.drop", "year_imports.undo",
}  # fmt: skip
#: Autosave keeps whatever a form holds, so that nothing is lost before it is right.
KEEPS_ANYTHING = {"drafts.save", "drafts.choose"}
#: A file may be larger than any form, and an import that is over says so first; its own tests know.
TAKES_FILES = ("imports.", "year_imports.", "intakes.bring", "rosters.", "school_data.")
#: The form itself says about whom it is, so that a wrong word is about nobody; or nobody has left.
NAMES_ITS_ROW = {
    "handover.order",
    "quarantine.link", "quarantine.put_aside", "quarantine.look_again", "quarantine.trust",
    "quarantine.distrust", "quarantine.merge", "catalogue.decide", "wellbeing.take_note",
    "locks.open_to_staff",
}  # fmt: skip
#: The form says which sheet it is, and there is none that is called like this.
NAMES_ITS_SHEET = {"data_requests.ask", "data_requests.ask_in_person"}
#: What is not wrong after all: an answer without a stamp means 読んだ, odd words are words, and
#: whatever kind a UUID was made for, it is one.
WORDS = {"another kind", "below zero", "no number", "a day nobody has"}
TAKEN = {
    "identifiers.identify": {"another kind"},
    "reading.answer": {"nothing", "only spaces"},
    "reflection.revise": WORDS,
    "letters.write": WORDS,
    "cards.set_rules": {"nothing", "only spaces"},
    "roster_clients.add": WORDS,
}

#: Who sends forms -> how many of them can be wrong, counted by hand when a form comes or goes.
SENDERS = {
    AOI: 12, CHIBA: 12, OKA: 56, HEAD: 52, NURSE: 8, IWA: 20, KIKUCHI: 3, YUKARI: 3, SYSTEM: 3,
}  # fmt: skip
#: Who has hardly a form.
READERS = (KIKUCHI, YUKARI, SYSTEM)
#: Whom the office took for the same child.
PARTNERS = {AOI: BEN, BEN: AOI, HANA: AOI, KEN: HANA, GEN: SATO}
UNITS = {AOI: UNIT_DIVISION, BEN: UNIT_DIVISION, HANA: UNIT_ADDING, KEN: UNIT_EQUATIONS}
CLASSES = {
    AOI: CLASS_4_2, BEN: CLASS_4_2, HANA: CLASS_1_1, KEN: CLASS_J2_1, GEN: CLASS_ELSEWHERE,
}  # fmt: skip

#: A value for every field that some form has, good enough wherever it is asked for.
GOOD = {
    "text": "図にかいたら分かった。", "title": "けいさんドリル", "amount": "6", "unit": "items",
    "minutes": "10", "mid": "ok", "rating": "2", "next_what": "same", "kind": "task",
    "reply": "thanks", "planned_on": "2026-11-23", "slot": "home", "state": "absent",
    "subject": "sansu", "starts_on": "2026-11-01", "ends_on": "2026-12-01", "script": "ruby",
    "networks": "203.0.113.0/24",
    "text_size": "standard", "font": "standard", "language": "ja", "keep": "other",
    "decision": "voided", "explanation": "",
    "identifier": "3f2a6c1e-8b4d-4e7a-9c05-1d2e3f4a5b6c",
    "encoding": "utf-8", "person": "0", "person_kind": "username", "date": "1", "seal": "",
}  # fmt: skip
#: The button that hands a sheet in; any other one turns its pages.
GO = {"anticipation.set_goal": "start"}
WRONG = {
    "nothing": "",
    "only spaces": " \u3000 ",
    "a NUL": "\x00",
    "far too long": "あ" * 900,
    "another kind": str(uuid4()),
    "below zero": "-1",
    "no number": "1e999",
    "a day nobody has": "2026-02-30",
}


def forms(app) -> dict[str, str]:
    """Endpoint -> address, of everything that a person's browser may send."""
    return {
        rule.endpoint: re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.endpoint.startswith(MACHINES)
    }


def signed_in_forms(app) -> dict[str, str]:
    return {
        name: rule for name, rule in forms(app).items() if PERMISSIONS[name] != Permission.PUBLIC
    }


@pytest.fixture
def ids(app) -> dict[str, dict[str, object]]:
    """Member -> what they have, by the names that addresses have for it."""
    set_clock()
    found = {}
    with app.app_context():
        appoint(HEAD, NURSE, *READERS)
        write(to_the_board)
        for member, class_id in CLASSES.items():
            place = {"member": member, "class_id": class_id, "unit_id": UNITS.get(member)}
            now = Told(**place, records=2, items=4)
            before = Told(**place, days_ago=1, text="できた", rating=2, next_what="time",
                          answers=[("task", "よく 見たね", 0)])  # fmt: skip
            tell(now, before)
            row = record(member=member, unit_id=UNITS.get(member))
            enter(row)
            found[member.name] = {
                "cycle_id": now.cycle_id, "goal_id": key(f"goal of {now.name}"),
                "reflection_id": before.reflection_id, "record_id": row.id,
                "feedback_id": key(f"answer 0 to {before.name}"), "plan_id": _plan(member, now),
                "dispute_id": _dispute(member, row), **_office(member),
                "class_id": class_id, "unit_id": UNITS.get(member, uuid4()),
                "student_id": member.id, "person_id": member.id, "form": "goal", "key": "new",
                "kind_key": "grades", "step": "undo", "session_id": uuid4(),
            }  # fmt: skip
        board, health = _board(), _health()
    for staff in (CHIBA, OKA, HEAD, NURSE, *READERS):
        found[staff.name] = found[BEN.name]
    found[NURSE.name] = found[BEN.name] | health
    found[IWA.name] = found[BEN.name] | board
    found["nobody"] = {
        name: value if name in {"form", "key", "kind_key", "step"} else uuid4()
        for name, value in found[AOI.name].items()
    }
    return found


#: How a table begins that waits for somebody to say how it is read.
HEADS = {
    "utf-8": {
        "headers": ["ログインID", "日付"], "names": ["ログインID", "日付"], "rows": [["aoi", "1"]],
    }
}  # fmt: skip
#: A table of the school office of which one row could be taken, and another could not.
LOOKED_THROUGH = {
    "state": "checked", "encoding": "utf-8", "heads": HEADS,
    "columns": ColumnsSaid().as_json(), "rows": 2, "new_rows": 1, "problem_rows": 1,
}  # fmt: skip
#: District -> an app of its own.
APPS = {HINATA: APP_DRILL, MINATO: key("app of minato")}


def _office(member) -> dict[str, object]:
    """What the office of the member's school and district keeps."""
    with unit_of_work(SystemScope("test")) as scope:
        session, app_id = scope.session, APPS[member.district_id]
        if session.get(LearningApp, app_id) is None:
            session.add(
                LearningApp(
                    id=app_id, district_id=member.district_id, title="よそ", access_key="minato",
                    secret_hash=b"0" * 32,
                )
            )  # fmt: skip
            session.flush()
        place = {"district_id": member.district_id}
        entry = CatalogueEntry(
            **place, app_id=app_id, school_id=member.school_id, kind="title",
            value=f"of {member.name}", subject="sansu",
        )  # fmt: skip
        link = IdentityLink(
            **place, issuer="https://app.example", name=member.name, user_id=member.id
        )
        merge = PersonMerge(**place, kept_id=member.id, merged_id=PARTNERS[member].id)
        brought = TableImport(
            school_id=member.school_id, app_id=app_id, file_name="a.csv", file_sha256="",
            columns=ColumnMapping().as_json(), made_by=member.id, state="checked",
            encoding="utf-8", heads=HEADS,
        )  # fmt: skip
        bells = BellSchedule(school_id=member.school_id, title=member.name, times=[["09:00", 45]])
        table = YearImport(
            school_id=member.school_id, kind="calendar", starts_on=clock.today(), file_name="a.csv",
            encoding="utf-8", columns={"date": "日付", "kind": "区分"}, state="brought",
            data="日付,区分\n2026-11-24,休業日\n".encode(), made_by=member.id,
        )  # fmt: skip
        ordered = DeletionOrder(
            **place, school_id=member.school_id, student_id=member.id, kind="request",
            due_on=clock.today(), ordered_by=member.id, state="planned",
        )  # fmt: skip
        package = HandoverPackage(
            school_id=member.school_id, student_id=member.id, for_student=False,
            made_by=member.id, state="gone",
        )  # fmt: skip
        issuer = TrustedIssuer(
            **place, fingerprint=member.name, title="よその 学校", confirmed_by=member.id
        )
        place_of_issuer = {"code": "1", "name": "よそ"}
        intake = HandoverImport(
            **place, school_id=member.school_id, file_name="a.zip", file_sha256="",
            manifest={
                "userMasterIdentifier": "",
                "issuer": {
                    "district": place_of_issuer, "school": place_of_issuer,
                    "product": "", "installation": "",
                },
            },
            fingerprint=f"new {member.name}", made_by=member.id, state="brought",
        )  # fmt: skip
        data = SchoolDataImport(
            school_id=member.school_id, kind="grades", file_name="a.csv", file_sha256="",
            made_by=member.id, **LOOKED_THROUGH,
        )  # fmt: skip
        held = hold(
            scope, KIKUCHI, "case", school_id=member.school_id, student_id=member.id, reason="x"
        )
        asked = DataRequest(
            school_id=member.school_id, student_id=member.id, kind="deletion", state="taken_up",
            asked_as="pupil", asked_by=member.id, due_on=clock.today(),
        )  # fmt: skip
        rows = [
            entry, link, merge, brought, bells, table, ordered, package, issuer, intake, data,
            held, asked,
        ]  # fmt: skip
        session.add_all(rows)
        audit.record(scope, "test", member.id)
        session.flush()
        names = (
            "entry_id", "link_id", "merge_id", "import_id", "bells_id", "year_import_id",
            "order_id", "package_id", "issuer_id", "intake_id",
            "data_import_id", "relation_id", "request_id",
        )  # fmt: skip
        found = dict(zip(names, (row.id for row in rows), strict=True))
        whose = CHIBA if member in {AOI, BEN} else OKA
        return (
            found
            | {"app_id": app_id}
            | _rosters(scope, member.district_id, member.school_id, whose)
        )


def _rosters(scope, district_id, school_id, staff) -> dict[str, object]:
    """What a school's office, or a board, has of rosters, and one of their staff of a platform."""
    of = {"district_id": district_id, "school_id": school_id, "title": "よその しくみ"}
    name = f"{district_id} {school_id} {uuid4()}"
    roster = RosterImport(
        district_id=district_id, school_id=school_id, file_name="a.zip", state="checked",
        outcome={"doubts": [["many_leave", "", 30, 40]]},
    )  # fmt: skip
    client = RosterClient(**of, client_id=name, secret_hash=b"0" * 32, school_ids=None)
    source = RosterSource(
        **of, base_url="https://other.example", token_url="https://other.example/token",
        client_id="1", client_secret=Secret("x"), pull_hour=3,
    )  # fmt: skip
    provider = OidcProvider(
        **of, kind="any", issuer="https://other.example", client_id="1", claim="sub",
        compared_with="username",
    )  # fmt: skip
    platform = LtiPlatform(
        **of, issuer="https://lms.example", client_id=name, auth_url="https://lms.example/auth",
        jwks_url="https://lms.example/keys", deployments=["1"], known_by="username",
    )  # fmt: skip
    scope.session.add(platform)
    scope.session.flush()
    context = LtiContext(district_id=district_id, platform_id=platform.id, context_id=name)
    choice = LtiChoice(
        district_id=district_id, platform_id=platform.id, user_id=staff.id, deployment_id="1",
        return_url="https://lms.example/back", expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    rows = {
        "roster_id": roster, "client_id": client, "source_id": source, "provider_id": provider,
        "platform_id": platform, "context_id": context, "choice_id": choice,
    }  # fmt: skip
    scope.session.add_all(rows.values())
    scope.session.flush()
    return {name: row.id for name, row in rows.items()}


def _health() -> dict[str, object]:
    """What a nurse brings."""
    with unit_of_work(SystemScope("test")) as scope:
        audit.record(scope, "test", NURSE.id)
        data = SchoolDataImport(
            school_id=PRIMARY, kind="health_observation", file_name="a.csv", file_sha256="",
            made_by=NURSE.id, **LOOKED_THROUGH,
        )  # fmt: skip
        scope.session.add(data)
        scope.session.flush()
        return {"kind_key": data.kind, "data_import_id": data.id}


def _board() -> dict[str, object]:
    with unit_of_work(SystemScope("test")) as scope:
        audit.record(scope, "test", IWA.id)
        return _rosters(scope, HINATA, None, IWA)


def _dispute(member, row):
    """The member doubts the record."""
    with unit_of_work(SystemScope("test")) as scope:
        doubt = RecordDispute(
            school_id=member.school_id, student_id=member.id, record_id=row.id,
            made_at=clock.now(),
        )  # fmt: skip
        scope.session.add(doubt)
        scope.session.get(LearningRecord, (member.school_id, row.id)).state = "disputed"
        audit.record(scope, "test", row.id)
        scope.session.flush()
        return doubt.id


def _plan(member, lap):
    with unit_of_work(SystemScope("test")) as scope:
        row = PlanSession(
            school_id=member.school_id, student_id=member.id, cycle_id=lap.cycle_id,
            planned_on=clock.today(), slot="home", planned_amount=8, state="planned",
        )  # fmt: skip
        scope.session.add(row)
        audit.record(scope, "test", lap.cycle_id)
        scope.session.flush()
        return row.id


def everything(app) -> dict[str, list]:
    """Every row of every table, but for what is only passing."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in PASSING
        }


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("sender", "owners"),
    [
        (AOI, ("ben", "hana", "ken", "gen", "nobody")),
        (CHIBA, ("hana", "ken", "gen", "nobody")),
        (OKA, ("gen", "nobody")),
    ],
    ids=["a pupil", "a teacher", "an administrator"],
)
def test_what_belongs_to_somebody_else_is_not_there(app, browser, ids, sender, owners):
    """Of the same class, another class, another school, another district; or of nobody."""
    window, before = browser(sender), everything(app)
    for endpoint, rule in signed_in_forms(app).items():
        for owner in owners if "_id}" in rule else ():
            if "{entry_id}" in rule and owner == HANA.name:
                continue  # a catalogue is the school's, and she is at Ms Chiba's
            page = window.post(rule.format(**ids[owner]), GOOD)
            allowed = PERMISSIONS[endpoint] in GRANTS[sender.role]
            assert page.status == (404 if allowed else 403), (endpoint, owner)
            assert page.html.select("main h1"), endpoint
    assert everything(app) == before


def _refusals(endpoint, wrong):
    """What may be answered; a row that does not go on (409) would be no answer to what is wrong."""
    if wrong == "a NUL" or endpoint in NAMES_ITS_SHEET:
        return {400}
    return {404, 422} if endpoint in NAMES_ITS_ROW else {422}


@pytest.mark.both_databases
@pytest.mark.parametrize("sender", SENDERS, ids=lambda member: member.name)
def test_a_wrong_value_is_said_and_changes_nothing(app, browser, ids, sender):
    window, before = browser(sender), everything(app)
    token = {"X-CSRFToken": window.get("/csrf").response.json["token"]}
    tried = set()
    for wrong, value in WRONG.items():
        for endpoint, rule in signed_in_forms(app).items():
            if endpoint in ONE_TAP | KEEPS_ANYTHING or wrong in TAKEN.get(endpoint, ()):
                continue
            if PERMISSIONS[endpoint] not in GRANTS[sender.role]:
                continue
            sent = dict.fromkeys(GOOD, value) | {"go": GO.get(endpoint, "done")}
            url = rule.format(**ids[sender.name])
            page = check(Page(window.client.post(url, data=sent, headers=token)))
            assert page.status in _refusals(endpoint, wrong), (wrong, endpoint, page.status)
            assert page.html.select("main h1"), (wrong, endpoint)
            tried.add(endpoint)
        assert everything(app) == before, wrong
    assert len(tried) >= SENDERS[sender]


@pytest.mark.parametrize("sender", SENDERS, ids=lambda member: member.name)
def test_a_huge_form_is_refused(app, browser, ids, sender):
    window, before = browser(sender), everything(app)
    huge = GOOD | {"text": "x" * (MAX_FORM_BYTES + 1)}
    for endpoint, rule in signed_in_forms(app).items():
        if endpoint.startswith(TAKES_FILES):
            continue
        allowed = PERMISSIONS[endpoint] in GRANTS[sender.role]
        status = window.post(rule.format(**ids[sender.name]), huge).status
        assert status == 413 or (status == 403 and not allowed), endpoint
    assert everything(app) == before


@pytest.mark.parametrize("sender", SENDERS, ids=lambda member: member.name)
def test_a_stale_form_is_refused(app, browser, ids, sender):
    """The token of another session, or none: nobody else can make a browser send a form."""
    window, before = browser(sender), everything(app)
    anothers = browser(BEN).get("/csrf").response.json["token"]
    for token in ("", anothers):
        sent = GOOD | {"csrf_token": token}
        for endpoint, rule in forms(app).items():
            answer = window.client.post(rule.format(**ids[sender.name]), data=sent)
            assert answer.status_code == 400, (endpoint, token)
        assert everything(app) == before, token


@pytest.mark.both_databases
def test_what_no_keyboard_makes_is_not_there(browser):
    """PostgreSQL does not even compare it with a text that it keeps."""
    aoi = browser(AOI)
    assert aoi.post("/drafts/goal/%00").status == 404
    assert aoi.get("/?words=a%00").status == 400


def test_every_role_is_tried():
    assert {member.role for member in SENDERS} == set(GRANTS)
