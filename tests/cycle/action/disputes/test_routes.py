"""Doubts in the browser: the pupil's word, the teacher's decision, and the statement itself."""

import json
from uuid import uuid4

import pytest

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.disputes.operations import MAX_EXPLANATION, REASONS
from aarportal.cycle.action.models import (
    DayRollup,
    LearningRecord,
    QuarantinedStatement,
    RecordDispute,
    StoredStatement,
)
from tests.cast import (
    AOI,
    APP_DRILL,
    BEN,
    CHIBA,
    DOI,
    GEN,
    HANA,
    HINATA,
    KEN,
    MORI,
    OKA,
    SATO,
    UNIT_ADDING,
    UNIT_WATER,
    key,
)
from tests.cycle.action.days import NOW, TODAY, by_hand, lap, record

pytestmark = pytest.mark.usefixtures("friday")

MAX_QUERIES = 12
A_DAY = 24 * 60
NEVER = ("失敗", "遅れ", "最下位", "ランキング")


@pytest.fixture
def stored(app):
    """Puts the statement behind a record into the log; one that waits when there is no record."""

    def act(id_, *, waits=False, **values):
        body = {"id": str(id_), "actor": {"name": "<b>葵</b>"}, "verb": {"id": "x:y"}}
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            scope.session.add(
                StoredStatement(
                    district_id=HINATA, id=id_, given_id=uuid4(), app_id=APP_DRILL, fingerprint=b"",
                    position=int(NOW.timestamp() * 1_000_000), body=json.dumps(body).encode(),
                    **values,
                )
            )  # fmt: skip
            if waits:
                scope.session.add(
                    QuarantinedStatement(
                        district_id=HINATA, statement_id=id_, app_id=APP_DRILL, issuer="",
                        name="", reason="unknown_actor", happened_at=NOW, received_at=NOW,
                    )
                )  # fmt: skip
            audit.record(scope, "test:stored", id_)

    return act


def doubt(browser, record_id, member=AOI, **fields) -> None:
    assert browser(member).post(f"/records/{record_id}/dispute", fields).status == 303


def entries(page):
    return [" ".join(li.get_text(" ").split()) for li in page.html.select("ol.entries > li")]


# --- the pupil says so --------------------------------------------------------------------------


def reasons(page):
    return [tag["value"] for tag in page.html.select("button[name=reason]")]


def test_a_reason_may_be_given_and_time_is_none_for_little_readers(browser, given):
    given(record(9), record(9, HANA, unit_id=UNIT_ADDING))
    page = browser(AOI).get("/records")
    assert reasons(page) == [*REASONS, ""]
    assert reasons(browser(HANA).get("/records")) == ["not_mine", "wrong_count", "other", ""]


@pytest.mark.parametrize("reason", ["", *REASONS])
def test_the_reason_reaches_the_teacher_in_words(browser, given, the, in_english, reason):
    in_english(AOI, CHIBA)
    [id_] = given(record(9))
    doubt(browser, id_, reason=reason)
    assert the(RecordDispute)[0].reason == reason
    words = {
        "": "no reason given", "not_mine": "I did not do this",
        "wrong_time": "The time is not right", "wrong_count": "The count is not right",
        "other": "Something else",
    }[reason]  # fmt: skip
    [line] = entries(browser(CHIBA).get("/disputes"))
    assert words in line


def test_a_reason_that_is_none_is_refused(browser, given, the):
    [id_] = given(record(9))
    assert browser(AOI).post(f"/records/{id_}/dispute", {"reason": "x"}).status == 422
    assert not the(RecordDispute)


# --- the teacher's page -------------------------------------------------------------------------


def test_the_page_shows_what_waits_with_everything_to_decide_it(browser, given, in_english):
    in_english(CHIBA)
    id_, *_ = given(record(12, own_duration=30), record(9, first_attempt_correct=0), by_hand(40))
    doubt(browser, id_)
    [line] = entries(browser(CHIBA).get("/disputes"))
    for words in ("髙﨑", "ドリルパーク", "1 right of 2 at the first try", "measured by the app",
                  "since the record before", "first try: not right yet"):  # fmt: skip
        assert words in line, line


def test_without_a_doubt_the_page_says_so(browser, in_english):
    in_english(CHIBA)
    page = browser(CHIBA).get("/disputes")
    assert page.says("No record is doubted.")
    assert not entries(page)


def test_a_teacher_sees_the_doubts_of_the_own_pupils_only(browser, given):
    aoi, hana, ken = given(
        record(9), record(9, HANA, unit_id=UNIT_ADDING), record(9, KEN, unit_id=None)
    )
    for id_, member in ((aoi, AOI), (hana, HANA), (ken, KEN)):
        doubt(browser, id_, member)
    for teacher, count in ((CHIBA, 1), (DOI, 1), (MORI, 1)):
        assert len(entries(browser(teacher).get("/disputes"))) == count, teacher.name


def test_taking_out_and_undoing_go_through_to_the_sums(browser, given, the, in_english):
    in_english(CHIBA, AOI)
    mine = lap()
    _, id_, _ = given(mine, record(9, cycle_id=mine.id), record(50, unit_id=UNIT_WATER))
    doubt(browser, id_)
    chiba, aoi = browser(CHIBA), browser(AOI)
    page = chiba.get("/disputes")
    action = page.one('form[action$="/decide"]')["action"]
    after = chiba.follow(chiba.post(action, {"decision": "voided", "explanation": "ごめんね。"}))
    assert after.says("The records do not count any more.")
    assert len(the(DayRollup)) == 1
    day = aoi.get("/records")
    assert day.one("[data-sums]")["data-records"] == "1"
    [gone] = day.html.select("[data-taken-back]")
    assert "Mended" in gone.get_text() and "ごめんね。" in gone.get_text()
    assert not gone.select('form[action$="/dispute"]')
    back = chiba.follow(chiba.post(after.one('form[action$="/take-back"]')["action"]))
    assert back.says("The records count again.")
    assert len(the(DayRollup)) == 2
    assert aoi.get("/records").one("[data-sums]")["data-records"] == "2"
    assert "Your teacher will look at it." in " ".join(entries(aoi.get("/records")))


def test_an_explanation_stands_at_the_line_and_the_line_stays(browser, given, the, in_english):
    in_english(AOI)
    [id_] = given(record(9))
    doubt(browser, id_)
    chiba = browser(CHIBA)
    action = chiba.get("/disputes").one('form[action$="/decide"]')["action"]
    fields = {"decision": "upheld", "explanation": "<i>2じかんめ</i>の ぶんです。"}
    assert chiba.post(action, fields).status == 303
    page = browser(AOI).get("/records")
    [line] = entries(page)
    assert "it is right" in line and "<i>2じかんめ</i>の ぶんです。" in line
    assert not page.html.select('form[action$="/dispute"]')
    assert the(LearningRecord)[0].state == "linked"


#: What a teacher sends -> the status.
DECISIONS = {
    "nothing": ({}, 422),
    "another decision": ({"decision": "x"}, 422),
    "no word of why": ({"decision": "upheld"}, 422),
    "only spaces": ({"decision": "upheld", "explanation": " \u3000"}, 422),
    "too many words": ({"decision": "upheld", "explanation": "あ" * (MAX_EXPLANATION + 1)}, 422),
    "too many words for nothing": (
        {"decision": "voided", "explanation": "あ" * (MAX_EXPLANATION + 1)}, 422,
    ),
    "all the words there may be": (
        {"decision": "upheld", "explanation": "あ" * MAX_EXPLANATION}, 303,
    ),
    "taken out without a word": ({"decision": "voided"}, 303),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "status"), DECISIONS.values(), ids=DECISIONS)
def test_what_cannot_be_decided_comes_back_with_the_words(browser, given, the, fields, status):
    first, second = given(record(9), record(59))
    doubt(browser, first)
    doubt(browser, second)
    [waiting] = [row for row in the(RecordDispute) if row.record_id == first]
    page = browser(CHIBA).post(f"/disputes/{waiting.id}/decide", fields)
    assert page.status == status
    states = {row.id: row.state for row in the(LearningRecord)}
    if status == 422:
        assert set(states.values()) == {"disputed"}
        assert len(page.html.select("[role=alert] span")) == 1
        kept = page.one(f"#e-{waiting.id}")
        assert kept["value"] == fields.get("explanation", "").strip()
    else:
        assert states[first] != "disputed"


def test_deciding_twice_is_told_and_changes_nothing(browser, given, the):
    [id_] = given(record(9))
    doubt(browser, id_)
    url = f"/disputes/{the(RecordDispute)[0].id}/decide"
    chiba = browser(CHIBA)
    assert chiba.post(url, {"decision": "voided"}).status == 303
    assert chiba.post(url, {"decision": "upheld", "explanation": "x"}).status == 409
    assert the(LearningRecord)[0].state == "voided"


def test_a_tap_too_many_is_one_decision(browser, given, the):
    [id_] = given(record(9))
    doubt(browser, id_)
    url = f"/disputes/{the(RecordDispute)[0].id}/decide"
    chiba = browser(CHIBA)
    fields = {"decision": "voided", "idem": "1"}
    assert [chiba.post(url, fields).status for _ in range(2)] == [303, 303]


@pytest.mark.parametrize(
    ("member", "status"), [(AOI, 403), (BEN, 403), (MORI, 404), (GEN, 403), (OKA, 403)],
    ids=lambda each: getattr(each, "name", each),
)  # fmt: skip
@pytest.mark.parametrize("step", ["decide", "take-back"])
def test_only_a_teacher_of_the_pupil_decides(browser, given, the, member, status, step):
    [id_] = given(record(9))
    doubt(browser, id_)
    url = f"/disputes/{the(RecordDispute)[0].id}/{step}"
    assert browser(member).post(url, {"decision": "voided"}).status == status
    assert the(LearningRecord)[0].state == "disputed"


@pytest.mark.parametrize("member", [AOI, OKA, GEN], ids=lambda member: member.name)
def test_the_page_is_for_teachers(browser, member):
    assert browser(member).get("/disputes").status == 403


# --- わかった -----------------------------------------------------------------------------------


def decided(browser, the, record_id, member=AOI, teacher=CHIBA, **fields):
    doubt(browser, record_id, member)
    [row] = [row for row in the(RecordDispute) if row.record_id == record_id]
    fields = {"decision": "voided", **fields}
    assert browser(teacher).post(f"/disputes/{row.id}/decide", fields).status == 303
    return row.id


def test_the_answer_is_told_on_the_next_page_until_it_was_seen(browser, given, the):
    yesterday, _ = given(record(9 + A_DAY), record(9))
    id_ = decided(browser, the, yesterday)
    aoi = browser(AOI)
    page = aoi.get("/records")
    [told] = page.html.select("[data-answer]")
    after = aoi.follow(aoi.post(told.form["action"]))
    assert not after.html.select("[data-answer]")
    assert after.html.select("[data-taken-back]"), "on the day of the line, where it still stands"
    assert not aoi.get("/records").html.select("[data-answer]")
    assert {row.id: row.seen_at is not None for row in the(RecordDispute)} == {id_: True}


def test_small_children_are_told_in_their_words(browser, given, the):
    [id_] = given(record(9, HANA, unit_id=UNIT_ADDING))
    doubt(browser, id_, HANA)
    page = browser(HANA).get("/records")
    assert not any(page.says(word) for word in NEVER)
    assert not page.says("minutes")


@pytest.mark.parametrize("member", [BEN, GEN], ids=lambda member: member.name)
def test_nobody_sees_it_for_somebody_else(browser, given, the, member):
    [record_id] = given(record(9))
    id_ = decided(browser, the, record_id)
    assert browser(member).post(f"/disputes/{id_}/seen").status == 404
    assert the(RecordDispute)[0].seen_at is None


def test_nothing_is_seen_before_it_was_decided(browser, given, the):
    [id_] = given(record(9))
    doubt(browser, id_)
    assert browser(AOI).post(f"/disputes/{the(RecordDispute)[0].id}/seen").status == 409


# --- a teacher looks at the records -------------------------------------------------------------


def test_a_teacher_sees_the_pupil_s_page_without_the_pupil_s_buttons(browser, given, in_english):
    in_english(CHIBA)
    given(lap(), record(9), record(9 + A_DAY))
    page = browser(CHIBA).get(f"/class/students/{AOI.id}/records")
    assert page.says("髙﨑") and len(entries(page)) == 1
    assert not page.html.select('form[action$="/dispute"], form[action$="/mid"]')
    [earlier] = page.html.select('a[rel="prev"]')
    assert earlier["href"].startswith(f"/class/students/{AOI.id}/records?day=")


@pytest.mark.parametrize(
    ("member", "status"),
    [(CHIBA, 200), (DOI, 200), (MORI, 404), (AOI, 403), (BEN, 403), (OKA, 403), (GEN, 403)],
    ids=lambda each: getattr(each, "name", each),
)
def test_a_pupil_s_records_are_for_the_own_teachers(browser, given, member, status):
    given(record(9))
    assert browser(member).get(f"/class/students/{AOI.id}/records").status == status


def test_the_lap_of_another_pupil_is_not_the_pupil_s(browser, given):
    [id_] = given(lap(BEN))
    assert browser(CHIBA).get(f"/class/students/{AOI.id}/records?cycle={id_}").status == 404
    assert browser(CHIBA).get(f"/class/students/{BEN.id}/records?cycle={id_}").status == 200


@pytest.mark.parametrize("who", [CHIBA.id, key("nobody"), GEN.id, KEN.id])
def test_whoever_is_no_pupil_of_the_teacher_is_not_found(browser, who):
    assert browser(CHIBA).get(f"/class/students/{who}/records").status == 404


# --- the statement ------------------------------------------------------------------------------


def test_a_teacher_opens_the_statement_behind_a_record_and_that_is_on_record(
    browser, given, stored, the, in_english
):
    in_english(CHIBA)
    [id_] = given(record(9))
    stored(id_)
    chiba = browser(CHIBA)
    form = chiba.get(f"/class/students/{AOI.id}/records").one('form[action$="/statement"]')
    page = chiba.post(form["action"])
    assert page.status == 200
    shown = json.loads(page.one("pre code").get_text())
    assert shown["actor"]["name"] == "<b>葵</b>"
    for words in ("ドリルパーク", "10:30", "by the roster"):
        assert page.says(words), words
    [entry] = [row for row in the(AuditEntry) if row.verb == "statement:opened"]
    assert (entry.actor_id, entry.student_id, entry.object_id) == (CHIBA.id, AOI.id, str(id_))


def test_looking_where_it_came_from_opens_nothing(browser, given, stored, the):
    [id_] = given(record(9))
    stored(id_)
    page = browser(CHIBA).get(f"/records/{id_}/statement")
    assert page.status == 200 and not page.html.select("pre")
    assert page.one('main form[action$="/statement"]')
    assert not [row for row in the(AuditEntry) if row.verb == "statement:opened"]


#: How a record came to its pupil -> what the page says.
WHOSE = {
    "roster": ({}, "by the roster"),
    "link": ({"link_id": key("a link")}, "a name that the school has linked"),
    "merge": ({"merge_id": key("a merge")}, "two persons of the roster"),
    "taken out": ({"state": "voided"}, "does not count any more"),
}


@pytest.mark.parametrize(("values", "words"), WHOSE.values(), ids=WHOSE)
def test_it_says_who_said_whose_it_is(browser, given, stored, in_english, values, words):
    in_english(CHIBA)
    [id_] = given(record(9, **values))
    stored(id_)
    assert browser(CHIBA).get(f"/records/{id_}/statement").says(words)


def test_the_office_sees_what_waits_in_quarantine(browser, stored, in_english):
    in_english(OKA)
    stored(key("waits"), waits=True)
    assert browser(OKA).post(f"/records/{key('waits')}/statement").says("It waits in quarantine")
    assert browser(CHIBA).get(f"/records/{key('waits')}/statement").status == 404


@pytest.mark.parametrize(
    ("member", "status"),
    [(CHIBA, 200), (DOI, 200), (OKA, 200), (AOI, 403), (BEN, 403), (MORI, 404), (SATO, 404)],
    ids=lambda each: getattr(each, "name", each),
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_statement_is_for_staff_who_see_its_record(browser, given, stored, the, member, status,
                                                     method):  # fmt: skip
    [id_] = given(record(9))
    stored(id_)
    assert getattr(browser(member), method)(f"/records/{id_}/statement").status == status
    opened = [row for row in the(AuditEntry) if row.verb == "statement:opened"]
    assert len(opened) == (method == "post" and status == 200)


def test_work_on_paper_has_no_statement(browser, given):
    [id_] = given(by_hand(9))
    chiba = browser(CHIBA)
    page = chiba.get(f"/class/students/{AOI.id}/records")
    assert not page.html.select('form[action$="/statement"]')
    assert chiba.post(f"/records/{id_}/statement").status == 404


# --- what pages cost ----------------------------------------------------------------------------


def fill(browser, given, the):
    """Forty lines of two days, a few of them doubted and some of those decided."""
    made = given(*(record(25 * n, unit_id=UNIT_WATER if n % 2 else None) for n in range(40)), lap())
    for n, id_ in enumerate(made[:8]):
        if n % 2:
            decided(browser, the, id_, decision="upheld", explanation="x")
        elif n % 3:
            decided(browser, the, id_)
        else:
            doubt(browser, id_)


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize(
    ("member", "url"),
    [
        (AOI, "/records"),
        (AOI, f"/records?day={TODAY}"),
        (AOI, "/records?from=2026-11-01&to=2026-11-20"),
        (AOI, f"/records?unit={UNIT_WATER}"),
        (CHIBA, f"/class/students/{AOI.id}/records"),
        (CHIBA, f"/class/students/{AOI.id}/records?from=2026-11-01"),
        (CHIBA, "/disputes"),
    ],
    ids=str,
)
def test_no_page_asks_the_database_more_than_twelve_times(
    browser, given, the, queries, member, url, full
):
    if full:
        fill(browser, given, the)
    opened = browser(member)
    # That somebody looked is written at the first time of ten minutes.
    opened.get(url)
    with queries() as seen:
        assert opened.get(url).status == 200
    assert len(seen) <= MAX_QUERIES, seen


def test_a_statement_costs_no_more_than_a_page(browser, given, stored, queries):
    [id_] = given(record(9))
    stored(id_)
    chiba = browser(CHIBA)
    with queries() as seen:
        assert chiba.get(f"/records/{id_}/statement").status == 200
    assert len(seen) <= MAX_QUERIES, seen
