"""A child's time at a school, told through the operations of the house and a learning app."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action import operations as action
from aarportal.cycle.action.disputes import operations as disputes
from aarportal.cycle.action.models import LearningRecord
from aarportal.cycle.action.operations import PaperWork
from aarportal.cycle.anticipation.choices import IfThenDraft
from aarportal.cycle.drafts import operations as drafts
from aarportal.cycle.drafts.operations import DraftChange
from aarportal.cycle.loop import store as cycles
from aarportal.cycle.reflection.letters import operations as letters
from aarportal.cycle.reflection.letters import store as letter_store
from aarportal.cycle.reflection.letters.operations import LetterDraft
from aarportal.cycle.reflection.letters.terms import term_of
from aarportal.people.roster.models import UserRole
from tests.cast import AOI, UNIT_DIVISION, UNIT_WATER, Member, key, scope_of
from tests.cycle.action.xapi.documents.calling import basic
from tests.insight.sharing import flows

DRILL = {
    "Authorization": basic("drill", "a-machine-secret-that-is-long-enough"),
    "X-Experience-API-Version": "1.0.3",
    "Content-Type": "application/json",
}
NOTEBOOK = "ノートに 3もん といた"
REWRITTEN = "先生の ことばを よんで かきなおした。"
BEGUN = "まだ とちゅう"
LETTER = "つぎの がっきの わたしへ"
AIM = "かい めの めあて"
FRIEND = "ともだちに きく"


def answered(member: Member, number: int, at: datetime, **more) -> dict:
    return {
        "id": str(uuid5(member.id, f"{number} {at.isoformat()}")),
        "actor": {"account": {"homePage": "https://idp.hinata.example/", "name": str(member.id)}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {
            "id": f"https://drill.example/question/{number}",
            "definition": {
                "name": {"ja-JP": f"わり算 {number}"},
                "extensions": {"https://w3id.org/japan-xapi/extensions/subject": ["算数"]},
            },
        },
        "result": {"success": number % 3 != 0},
        "timestamp": at.astimezone(UTC).isoformat(),
        **more,
    }


def words_of(member: Member, words: str) -> str:
    """What nobody else wrote."""
    return f"{words}（{member.name}）"


def send(app, statements: list[dict]) -> None:
    """As the drill sends; whoever fills the inbox here reads it."""
    response = app.test_client().post(
        "/xapi/statements", data=json.dumps(statements), headers=DRILL
    )
    assert response.status_code == 200, response.get_data(as_text=True)


def header(data: bytes, content_type: str = "image/png", **more) -> dict:
    """How a statement names a file."""
    return {
        "usageType": "http://id.tincanapi.com/attachment/supporting_media",
        "display": {"ja": "ノートの写真"},
        "contentType": content_type,
        "length": len(data),
        "sha2": sha256(data).hexdigest(),
        **more,
    }


def attach(app, member: Member, *files: bytes, sha2=sha256, **said) -> str:
    """A statement with files, as apps send them; the statement's id."""
    at = clock.now() - timedelta(minutes=1)
    told = answered(member, 77, at, **({"attachments": [*map(header, files)]} | said))
    lines = [b"--b", b"Content-Type: application/json", b"", json.dumps(told).encode()]
    for data in files:
        lines += [
            b"--b",
            b"Content-Type: application/octet-stream",
            b"Content-Transfer-Encoding: binary",
            b"X-Experience-API-Hash: " + sha2(data).hexdigest().encode(),
            b"",
            data,
        ]
    answer = app.test_client().post(
        "/xapi/statements",
        data=b"\r\n".join([*lines, b"--b--", b""]),
        headers=DRILL | {"Content-Type": "multipart/mixed; boundary=b"},
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return told["id"]


def live(app, member: Member = AOI, *, days=(40, 33, 12, 1, 0)) -> None:
    """Weeks of a child: goals, plans, records, doubts, words, answers, a draft."""
    now = clock.now()
    for number, ago in enumerate(days):
        at = now - timedelta(days=ago)
        clock.shift(-timedelta(days=ago, hours=1))
        with app.app_context():
            goal_id = flows.set_goal(
                member,
                UNIT_WATER if number % 2 else UNIT_DIVISION,
                if_then=IfThenDraft("at_home", "not_clear", words_of(member, FRIEND)),
            )
            flows.revise_goal(goal_id, words_of(member, f"{number}{AIM}"), member)
            lap_id = flows.lap_of(goal_id, member)
            flows.check_midway(lap_id, "stuck", member)
            with unit_of_work(scope_of(member)) as scope:
                lap = cycles.cycle(scope, lap_id)
                action.record_by_hand(
                    scope, lap, PaperWork(words_of(member, NOTEBOOK), 3, "items", 15)
                )
        clock.shift(timedelta(0))
        send(app, [
            answered(member, 10 * number + each, at - timedelta(minutes=40 - each))
            for each in range(7)
        ])  # fmt: skip
        clock.shift(-timedelta(days=ago))
        with app.app_context():
            reflection_id = flows.reflect(
                lap_id, member, text=words_of(member, flows.REFLECTION_TEXT)
            )
            flows.give_feedback(reflection_id)
            flows.revise_reflection(reflection_id, words_of(member, REWRITTEN), member)
        clock.shift(timedelta(0))
    with app.app_context():
        doubt(member)
        begin_a_draft(member, lap_id)


def doubt(member: Member) -> UUID:
    with unit_of_work(scope_of(member)) as scope:
        record = scope.session.scalars(
            select(LearningRecord)
            .where(LearningRecord.self_reported.is_(False), LearningRecord.state != "disputed")
            .order_by(LearningRecord.ended_at, LearningRecord.id)
        ).first()
        return disputes.dispute(scope, record.id, "not_mine").id


def begin_a_draft(member: Member, lap_id: UUID) -> None:
    with unit_of_work(scope_of(member)) as scope:
        content = {"text": [words_of(member, BEGUN)], "unit": [str(UNIT_DIVISION)], "csrf": ["x"]}
        drafts.save(scope, DraftChange("reflection", str(lap_id), 0, content))
        laps = (each.cycle_id for each in letter_store.evidence(scope, term_of(clock.today())))
        letter = LetterDraft(words_of(member, LETTER), tuple(laps)[:1], "ja")
        letters.write(scope, letter)


def leave(app, member: Member, ended_before) -> None:
    """The roster says that the child is gone."""
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        role = scope.session.get(UserRole, (member.school_id, key(f"role {member.name}")))
        role.ends_before, role.status = ended_before, "tobedeleted"
        audit.record(scope, "roster:changed", role.id)


@dataclass(frozen=True)
class Day:
    """A lap of a day, as far as the child came with it."""

    ago: int
    text: str
    answers: int
    rating: int
    minutes: int
    reflects: bool
    voids: bool


def live_through(app, member: Member, days: list[Day]) -> None:
    """Some days, the earliest first."""
    now = clock.now()
    for number, day in enumerate(sorted(days, key=lambda each: -each.ago)):
        at = now - timedelta(days=day.ago)
        clock.shift(-timedelta(days=day.ago, hours=1))
        with app.app_context():
            lap_id = flows.lap_of(flows.set_goal(member, text=day.text or "めあて"), member)
            with unit_of_work(scope_of(member)) as scope:
                lap = cycles.cycle(scope, lap_id)
                work = PaperWork(day.text or NOTEBOOK, 2, "items", day.minutes)
                action.record_by_hand(scope, lap, work)
        clock.shift(timedelta(0))
        told = [
            answered(member, 20 * number + each, at - timedelta(minutes=3 * each))
            for each in range(day.answers)
        ]
        if told:
            send(app, told)
        if told and day.voids:
            target = {"objectType": "StatementRef", "id": told[0]["id"]}
            verb = {"id": "http://adlnet.gov/expapi/verbs/voided"}
            send(app, [{"actor": told[0]["actor"], "verb": verb, "object": target}])
        if day.reflects:
            clock.shift(-timedelta(days=day.ago))
            with app.app_context():
                reflection_id = flows.reflect(lap_id, member, text=day.text, rating=day.rating)
                flows.give_feedback(reflection_id)
            clock.shift(timedelta(0))
