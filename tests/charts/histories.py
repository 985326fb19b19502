"""Small histories for the chart tests, and words that say their own msgid."""

from datetime import date, timedelta

from aarportal.charts.history import (
    Band,
    CycleOutcome,
    DayOfLearning,
    FirstAttempts,
    GoalOutcome,
    LearningHistory,
    UnitHistory,
    Verdict,
)
from aarportal.charts.wording import Words

TODAY = date(2026, 11, 20)  # a Friday
GRADES = {Band.LOWER: 2, Band.MIDDLE: 4, Band.UPPER: 6}
BANDS = tuple(Band)


def ago(days):
    return TODAY - timedelta(days=days)


def say(msgid, /, **values):
    return msgid % values if values else msgid


class Listener:
    """A translator that remembers what it was asked for."""

    def __init__(self):
        self.heard = set()

    def __call__(self, msgid, /, **values):
        self.heard.add(msgid)
        return say(msgid, **values)


def plain_title(title):
    return title.replace("{筆算|ひっさん}", "筆算")


WORDS = Words(say=say, say_plain=say, plain_title=plain_title)


def school_days(days=100):
    return frozenset(ago(n) for n in range(days) if ago(n).weekday() < 5)


def learned(days_ago, minutes=20, *, sessions=1, app="drill", home=None, seconds=None):
    return DayOfLearning(
        on=ago(days_ago),
        subject="算数",
        unit_id="u1",
        app=app,
        active_seconds=minutes * 60 if seconds is None else seconds,
        sessions=sessions,
        at_home_seconds=None if home is None else home * 60,
    )


def goal(days_ago, rating, *, met=None, ratio=None, subject="算数"):
    return GoalOutcome(ago(days_ago), subject, "{筆算|ひっさん}", rating, met, ratio)


def cycle(days_ago, parts="GARN", *, adopted=False, verdict=None, subject="算数"):
    return CycleOutcome(
        cycle_id=f"cycle-{days_ago}",
        opened_on=ago(days_ago),
        subject=subject,
        goal_set="G" in parts,
        acted="A" in parts,
        reflected="R" in parts,
        adjustment_proposed="N" in parts,
        adjustment_adopted=adopted,
        verdict=verdict,
    )


def unit(name, *attempts, subject="算数", test_in=None):
    return UnitHistory(
        unit_id=name,
        title=name,
        subject=subject,
        attempts=tuple(
            FirstAttempts(ago(days), items, correct) for days, items, correct in attempts
        ),
        next_test_on=None if test_in is None else TODAY + timedelta(days=test_in),
    )


def history(band=Band.UPPER, **fields):
    fields.setdefault("grade", GRADES[band])
    fields.setdefault("school_days", school_days())
    fields.setdefault("apps", ("drill", "reader"))
    return LearningHistory(band=band, today=TODAY, **fields)


def full(band=Band.UPPER, **fields):
    """A history on which every chart is ready."""
    fields.setdefault(
        "days", tuple(learned(n, 10 + n, sessions=n % 4 + 1, home=5) for n in range(28))
    )
    fields.setdefault(
        "goals", tuple(goal(n, n % 4, met=(None, True, False)[n % 3]) for n in range(9))
    )
    fields.setdefault(
        "cycles",
        (
            cycle(9, "GA"),
            cycle(8, adopted=True, verdict=Verdict.WORKED),
            cycle(6, adopted=True, verdict=Verdict.NO_CHANGE),
            cycle(4),
            cycle(2, adopted=True, verdict=Verdict.WORKED),
        ),
    )
    fields.setdefault(
        "units",
        (
            unit("{筆算|ひっさん}", (1, 10, 4)),
            unit("平均", (2, 12, 11)),
            unit("面積", (30, 10, 9)),
            unit("角", (3, 10, 7)),
            unit("小数", (1, 3, 2)),
            unit("分数"),
        ),
    )
    return history(band, **fields)
