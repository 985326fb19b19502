"""From every number of every chart to its records: they are listed, and they add up to it.

Charts are discovered: one without a trace, or with a number that leads nowhere, fails here.
"""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from aarportal import charts
from aarportal.audit import operations as audit
from aarportal.charts.wording import NONE
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.disputes import operations as disputes
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.reflection.facts import Facts, criterion_met
from aarportal.insight.progress.traces import TRACES
from aarportal.people.accounts.models import Account
from aarportal.people.attendance.models import AbsentDay
from tests.cast import (
    AOI,
    APP_DRILL,
    CHIBA,
    CLASS_4_2,
    HANA,
    HINATA,
    KEN,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    UNIT_WATER,
    key,
    scope_of,
)
from tests.cycle.action.days import MINUTE, NOW, TODAY, by_hand, enter, record, rows, set_clock
from tests.cycle.reflection.laps import enter_lap, submit

A_DAY = 24 * 60
READER_APP = key("reader app")
#: Who -> the units they work in; two, because the map of units needs two.
PUPILS = {
    "grade 1": (HANA, [(UNIT_ADDING, "sansu"), (None, "kokugo")]),
    "grade 4": (AOI, [(UNIT_DIVISION, "sansu"), (UNIT_WATER, "rika")]),
    "grade 8": (KEN, [(UNIT_EQUATIONS, "sugaku"), (None, "eigo")]),
}
RATINGS = (3, 2, 1, 0, 3, 2)


@pytest.fixture(autouse=True)
def friday(app):
    set_clock()


@pytest.fixture
def live(app):
    """Four weeks of somebody: gaps, own durations, a day too long, days away, laps, paper."""

    def act(member, units):
        with app.app_context():
            with unit_of_work(SystemScope("test")) as scope:
                scope.session.add(
                    LearningApp(
                        id=READER_APP, district_id=HINATA, title="よみもの", access_key="reader",
                        secret_hash=b"x",
                    )
                )  # fmt: skip
                scope.session.add(
                    AbsentDay(
                        school_id=member.school_id, student_id=member.id,
                        day=TODAY - timedelta(days=3), kind="absent",
                    )
                )  # fmt: skip
                account = scope.session.scalar(select(Account).where(Account.user_id == member.id))
                account.language = "en"
                audit.record(scope, "test:entered", "life")
            laps = [enter_lap(member, days_ago=2 * n, criterion=("accuracy", 60)) for n in range(6)]
            enter(*_records(member, units, laps))
            for n, (id_, rating) in enumerate(zip(laps, RATINGS, strict=True)):
                submit(id_, member, rating=rating, **({"verdict": "worked"} if n else {}))
        return laps

    return act


def _records(member, units, laps):
    for n in range(28):
        day = A_DAY * n
        for k, (unit, subject) in enumerate(units):
            for step in range(2 + (n + k) % 3):
                right = (n + step) % 4 != 0
                yield record(
                    60 - 20 * k - 4 * step + day, member, unit_id=unit, subject=subject,
                    first_attempt_correct=int(right), own_duration=95 if k else None,
                    cycle_id=laps[n // 2] if not k and n % 2 == 0 and n // 2 < len(laps) else None,
                )  # fmt: skip
        if n % 5 == 0:
            yield record(
                15 + day, member, unit_id=units[0][0], subject=units[0][1], app_id=READER_APP,
                first_attempt_items=0, first_attempt_correct=0, retry_items=1, retry_correct=1,
            )  # fmt: skip
        if n % 6 == 1:
            paper = by_hand(
                10 + day, unit_id=units[0][0], subject=units[0][1], own_duration=600, items=4,
            )  # fmt: skip
            paper.student_id, paper.school_id = member.id, member.school_id
            yield paper
    # One day of more than four hours: a device was left open.
    for n in range(5):
        yield record(
            ended_at=NOW - timedelta(days=1, hours=6) + n * 70 * MINUTE, minutes_ago=0,
            member=member, unit_id=units[0][0], subject=units[0][1], own_duration=3600,
        )  # fmt: skip


def number(tag, name) -> int:
    return int(tag[f"data-{name}"])


class Listed:
    """What a page of records lists, and what it says this adds up to."""

    NAMES = ("records", "items", "first", "right")

    def __init__(self, page) -> None:
        assert page.status == 200
        self.lines = page.html.select("ol.entries > li[data-records]:not([data-taken-back])")
        found = page.html.select("[data-sums]")
        self.sums = found[0] if found else None
        if self.sums is None:
            assert not self.lines
            return
        for name in self.NAMES:
            assert number(self.sums, name) == sum(number(line, name) for line in self.lines), name

    def __getattr__(self, name: str) -> int:
        return 0 if self.sums is None else number(self.sums, name)

    @property
    def says(self) -> str:
        return "" if self.sums is None else " ".join(self.sums.get_text(" ").split())


def rows_of(page, chart_key):
    """Of each row of a chart's table: (column, text, address) of the cells after the first."""
    for row in page.html.select(f"#c-{chart_key} tbody tr"):
        yield [
            (place, cell.get_text(strip=True), cell.a["href"] if cell.a else "")
            for place, cell in enumerate(row.select("th, td"))
        ][1:]


def ints(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"\d+", text)]


def check_rhythm(_app, listed, column, text, last_column, days) -> None:
    if last_column == 1:
        assert listed.times == int(text)
    elif column < last_column:
        assert (text == "0" and not listed.seconds) or text in listed.says, (text, listed.says)
    else:
        minutes = int(listed.seconds / days / 300 + 0.5) * 5
        shown = 60 * int((re.findall(r"(\d+) h", text) or [0])[0])
        shown += int((re.findall(r"(\d+) min", text) or [0])[0])
        assert shown == minutes, text


def check_unit_map(_app, listed, column, text, *_) -> None:
    if column == 2:
        assert ints(text) == [listed.right, listed.first]


def check_lap(app, listed, *_) -> None:
    with app.app_context():
        laps = {row.id: row for row in rows(LearningCycle)}
    lap = laps[listed.cycle_id]
    wanted = (lap.records, lap.items, lap.first_attempt_items, lap.first_attempt_correct)
    assert wanted == tuple(getattr(listed, name) for name in Listed.NAMES)
    assert lap.active_seconds == listed.seconds


def check_goals(app, listed, column, text, *_) -> None:
    check_lap(app, listed)
    facts = Facts(listed.items, listed.first, listed.right, records=listed.records)
    words = {True: "Met", False: "Not met yet", None: "No record"}
    assert text == words[criterion_met("accuracy", 60, facts)]


def check_cycles(app, listed, *_) -> None:
    check_lap(app, listed)


#: Chart -> whether the listed records make up the number in a cell.
CHECKS = {
    "rhythm": check_rhythm,
    "goals_reached": check_goals,
    "unit_map": check_unit_map,
    "cycle_band": check_cycles,
}
#: Columns that hold a number or a fact made of records: there a cell that is not empty has a link.
NUMBERS = {
    "rhythm": lambda last: range(1, last + 1),
    "goals_reached": lambda _last: [4],
    "unit_map": lambda _last: [2, 4],
    "cycle_band": lambda _last: [2],
}


def test_every_chart_says_where_its_numbers_come_from_and_is_checked_here():
    assert set(charts.discover()) == set(TRACES) == set(CHECKS) == set(NUMBERS)


@pytest.mark.parametrize("subject", ["", "of the first unit"])
@pytest.mark.parametrize(("member", "units"), PUPILS.values(), ids=PUPILS)
def test_the_records_behind_every_number_of_every_chart_add_up_to_it(
    app, browser, live, member, units, subject
):
    live(member, units)
    pupil = browser(member)
    query = f"?subject={units[0][1]}" if subject else ""
    page = pupil.get(f"/progress{query}")
    checked = dict.fromkeys(CHECKS, 0)
    for chart_key, check in CHECKS.items():
        for cells in rows_of(page, chart_key):
            last = cells[-1][0]
            for column, text, href in cells:
                if column not in NUMBERS[chart_key](last) or text == NONE:
                    assert not href
                    continue
                assert href, f"{chart_key}: {text!r} leads nowhere"
                listed = Listed(pupil.get(href))
                listed.cycle_id = UUID(href.partition("cycle=")[2]) if "cycle=" in href else None
                check(app, listed, column, text, last, href.count("day="))
                checked[chart_key] += 1
    assert checked["rhythm"] >= 12
    assert checked["goals_reached"] == checked["cycle_band"] == 6
    if member is AOI and not subject:
        assert checked["unit_map"] == 4


@pytest.mark.parametrize(("member", "units"), PUPILS.values(), ids=PUPILS)
def test_the_sentence_of_two_weeks_rests_on_the_records_that_are_listed(
    browser, live, member, units
):
    live(member, units)
    pupil = browser(member)
    page = pupil.get("/progress")
    sentence = page.one("#c-rhythm .says").get_text(" ", strip=True)
    listed = Listed(pupil.get(page.one("#c-rhythm figcaption a")["href"]))
    if member is HANA:
        assert f"2 weeks: {listed.times}." in sentence
    else:
        [said] = re.findall(r"about (.+?)( in all)?\.", sentence)[:1]
        assert f"About {said[0]} " in listed.says


def test_a_day_left_open_counts_four_hours_here_as_on_the_chart(browser, live):
    live(*PUPILS["grade 4"])
    aoi = browser(AOI)
    day = TODAY - timedelta(days=1)
    listed = Listed(aoi.get(f"/records?day={day}"))
    assert sum(number(line, "seconds") for line in listed.lines) > listed.seconds == 4 * 60 * 60


def test_somebody_elses_lap_is_not_there(browser, live):
    laps = live(*PUPILS["grade 4"])
    for member in (HANA, KEN):
        assert browser(member).get(f"/records?cycle={laps[0]}").status == 404
    assert browser(AOI).get(f"/records?cycle={uuid4()}").status == 404


def test_a_chart_that_waits_for_data_has_no_links(browser):
    page = browser(AOI).get("/progress")
    assert not page.html.select("figure table a, figure figcaption a")


@pytest.fixture
def last_heard(app):
    """When an app sent its last record for anybody."""

    def act(moment):
        with app.app_context(), unit_of_work(SystemScope("test")) as scope:
            scope.session.get(LearningApp, APP_DRILL).last_record_at = moment
            audit.record(scope, "test:heard", "drill")

    return act


def quiet(page) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in page.html.select("[data-quiet]")]


#: Days since the pupil's last record, since the app's last one for anybody -> what is said.
SILENCES = {
    "today": (0, 0, []),
    "others have worked today": (1, 0, []),
    "nobody since yesterday": (1, 1, ["The records of ドリルパーク reach up to yesterday."]),
    "nobody since Tuesday": (3, 3, ["The records of ドリルパーク reach up to 17 Nov."]),
    "used too long ago to matter": (16, 16, []),
}


@pytest.mark.parametrize(("mine", "anybody", "said"), SILENCES.values(), ids=SILENCES)
def test_an_app_that_has_gone_quiet_is_named_under_the_chart(
    app, browser, last_heard, mine, anybody, said
):
    with app.app_context():
        enter(*(record(5 + A_DAY * n) for n in range(mine, mine + 12)))
        with unit_of_work(SystemScope("test")) as scope:
            account = scope.session.scalar(select(Account).where(Account.user_id == AOI.id))
            account.language = "en"
            audit.record(scope, "test:read", "aoi")
    last_heard(NOW - timedelta(days=anybody))
    assert quiet(browser(AOI).get("/progress")) == said


def test_an_app_is_quiet_only_for_the_subjects_it_was_used_for(app, browser, last_heard):
    with app.app_context():
        enter(
            *(record(5 + A_DAY * n) for n in range(1, 12)),
            *(by_hand(3 + A_DAY * n, subject="rika", unit_id=UNIT_WATER) for n in range(12)),
        )
    last_heard(NOW - timedelta(days=1))
    aoi = browser(AOI)
    assert len(quiet(aoi.get("/progress"))) == len(quiet(aoi.get("/progress?subject=sansu"))) == 1
    assert quiet(aoi.get("/progress?subject=rika")) == []


# --- the picture itself, and the pages around it ------------------------------------------------


@pytest.mark.parametrize(("member", "units"), PUPILS.values(), ids=PUPILS)
def test_each_point_of_a_picture_leads_where_its_row_leads(browser, live, member, units):
    live(member, units)
    page = browser(member).get("/progress")
    for figure in page.html.select('figure[data-state="ready"]'):
        rows = [
            next((a["href"] for a in row.select("a")), None) for row in figure.select("tbody tr")
        ]
        points = figure.select(".drawing svg a")
        # A day away has no bar; what was usual before it is in the table alone.
        drawn = {
            href
            for href in rows
            if href and (figure["id"] != "c-rhythm" or href.count("day=") == 1)
        }
        assert {a["href"] for a in points} == drawn, figure["id"]
        assert all(a["aria-label"] and a.find("rect") for a in points)
        # A picture has no parts for those who hear it: a link inside of it would not be there.
        assert not figure.select("svg[role=img] a")


def test_the_facts_of_a_lap_lead_to_its_records(app, browser, live):
    laps = live(*PUPILS["grade 4"])
    aoi, chiba = browser(AOI), browser(CHIBA)
    wanted = f"/records?cycle={laps[2]}"
    reflections = [
        a["href"] for a in aoi.get("/reflections").html.select('a[href^="/reflections/"]')
    ]
    pages = [aoi.get(href) for href in reflections]
    assert any(page.html.select(f'a[href="{wanted}"]') for page in pages)
    mine = f"/class/students/{AOI.id}/records?cycle={laps[2]}"
    side = chiba.get(f"/class/{CLASS_4_2}?student={AOI.id}")
    assert side.html.select(f'a[href="{mine}"]')
    for href in (wanted, mine):
        opened = aoi if href == wanted else chiba
        assert Listed(opened.get(href)).records > 0


def test_the_home_page_tells_of_an_answer_and_leads_to_the_lap_s_records(app, browser):
    with app.app_context():
        lap_id = enter_lap()
        first, _ = enter(record(9, cycle_id=lap_id), record(40))
        with unit_of_work(scope_of(AOI)) as scope:
            disputes.dispute(scope, first)
    aoi, chiba = browser(AOI), browser(CHIBA)
    assert aoi.get("/").html.select(f'a[href="/records?cycle={lap_id}"]')
    assert not aoi.get("/").html.select("#answered a")
    assert chiba.get(f"/class/{CLASS_4_2}").html.select('#open-disputes a[href="/disputes"]')
    form = chiba.get("/disputes").one('form[action$="/decide"]')
    assert chiba.post(form["action"], {"decision": "voided"}).status == 303
    assert aoi.get("/").html.select('#answered a[href="/records"]')
    assert not chiba.get(f"/class/{CLASS_4_2}").html.select("#open-disputes a")
