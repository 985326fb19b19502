"""When and how much: the last 14 days, beside the student's own 14 days before.

Source: pedagogy C1. Per day the active time of all apps, at most 240 minutes, rounded to five;
grades 1-2 count sessions instead. The light mark is the mean of the same weekday in the 14 days
before, and the sentence compares nothing but these two periods of one student.
"""

from typing import Final

from aarportal.charts.chart import Chart, NextStepKey, Picture, Spot, Step, Table, Trend
from aarportal.charts.history import Band
from aarportal.charts.marks import Area, Label, Mark, areas, box, circles, line
from aarportal.charts.svg import Frame, Sheet
from aarportal.charts.theme import (
    ACTION,
    ACTION_MID,
    ACTION_TINT,
    AXIS,
    CARD,
    GRID,
    INK,
    LARGE,
    QUIET,
    SMALL,
    TEXT,
    WIDTH,
    Pen,
)
from aarportal.charts.two_weeks import SPAN, TwoWeeks, read
from aarportal.charts.typeface import text_width
from aarportal.charts.wording import (
    N_,
    NONE,
    Voice,
    day,
    day_and_weekday,
    duration,
    joined,
    rounded_minutes,
    weekday,
)

_TITLE = N_("When and how much did I learn?")
_MORE = N_("days with records still to come: %(n)s")
_SUM = {
    Band.LOWER: N_("Times you learned in these 2 weeks: %(n)s."),
    Band.MIDDLE: N_("You learned on %(days)s days in these 2 weeks, about %(time)s."),
    Band.UPPER: N_("In these 2 weeks you learned on %(days)s days, about %(time)s in all."),
}
_TIMES = {
    Trend.UP: N_("That is %(n)s more than in the 2 weeks before."),
    Trend.SAME: N_("That is as many as in the 2 weeks before."),
    Trend.DOWN: N_("That is %(n)s fewer than in the 2 weeks before."),
}
_TIME = {
    Trend.UP: N_("That is about %(time)s more than in the 2 weeks before."),
    Trend.SAME: N_("That is about as long as in the 2 weeks before."),
    Trend.DOWN: N_("That is about %(time)s less than in the 2 weeks before."),
}
_ONE_APP = N_("This is only what %(app)s has recorded.")
_DAY = N_("Day")
_COUNT = N_("Times")
_ABOUT = N_("Time (estimate)")
_USUAL = N_("2 weeks before, same weekday")
_SCHOOL = N_("At school")
_HOME = N_("At home")
_ESTIMATE = N_("The time is an estimate from the records of the apps.")
_AWAY = N_("Days off and event days are not counted.")
_THESE = N_("These 2 weeks")
_LAST_WEEK = N_("Week before")
_THIS_WEEK = N_("Last 7 days")
_UNIT = N_("min")
_CHANGE = {
    Band.LOWER: N_("Change one thing next time"),
    Band.MIDDLE: N_("Change one thing in the plan"),
    Band.UPPER: N_("Move or shrink one part of the plan"),
}


def sentence(facts: TwoWeeks, voice: Voice) -> str:
    """Say how much it was and whether it was more than before."""
    say = voice.say
    amount = abs(facts.difference or 0)
    if facts.band is Band.LOWER:
        parts = [say(_SUM[facts.band], n=facts.sessions)]
        comparison = {"n": str(amount)}
        sayings = _TIMES
    else:
        parts = [say(_SUM[facts.band], days=facts.n, time=duration(voice, facts.minutes))]
        comparison = {"time": duration(voice, amount)}
        sayings = _TIME
    if facts.trend in sayings:
        parts.append(say(sayings[facts.trend], **comparison))
    if facts.only_app is not None:
        parts.append(say(_ONE_APP, app=voice.title(facts.only_app)))
    return joined(voice, parts)


def table(facts: TwoWeeks, voice: Voice) -> Table:
    """Put the same days into rows, the oldest first."""
    say = voice.say
    if facts.band is Band.LOWER:
        return Table(
            say(_TITLE),
            (say(_DAY), say(_COUNT)),
            tuple(
                (day_and_weekday(voice, slot.on), str(slot.sessions) if slot.counted else NONE)
                for slot in facts.slots
            ),
        )
    placed = all(slot.home_seconds is not None for slot in facts.slots)
    header = [say(_DAY), say(_ABOUT), *([say(_SCHOOL), say(_HOME)] if placed else []), say(_USUAL)]
    rows = []
    for slot in facts.slots:
        home = slot.home_seconds or 0
        amounts: list[float | None] = [slot.active_seconds]
        amounts += [slot.active_seconds - home, home] if placed else []
        cells = [_amount(voice, a) if slot.counted else NONE for a in amounts]
        rows.append((day_and_weekday(voice, slot.on), *cells, _amount(voice, slot.usual_seconds)))
    return Table(say(_TITLE), tuple(header), tuple(rows))


def _amount(voice: Voice, seconds: float | None) -> str:
    if seconds is None:
        return NONE
    return "0" if seconds == 0 else duration(voice, rounded_minutes(seconds))


def step(facts: TwoWeeks) -> Step:
    """Offer to change one part of the plan."""
    return Step(NextStepKey.CHANGE_PLAN, _CHANGE[facts.band])


def notes(facts: TwoWeeks) -> tuple[str, ...]:
    """Say that minutes are an estimate, and that days off do not count when there were some."""
    estimate = () if facts.band is Band.LOWER else (_ESTIMATE,)
    return (*estimate, _AWAY) if facts.some_away else estimate


# --- bars: 14 columns of minutes -----------------------------------------------------------------

_TOPS: Final = (30, 60, 90, 120, 180, 240)
_LEFT, _TOP, _BASE, _FOOT = 36.0, 58.0, 206.0, 252.0
_STEP: Final = (WIDTH - _LEFT - 4) / SPAN


def _height(minutes: float, top: int) -> float:
    return minutes / top * (_BASE - _TOP)


def _bar_frame(top: int) -> Sheet:
    levels = (0, top // 2, top)
    marks: list[Mark] = []
    for level in levels[1:]:
        y = _BASE - _height(level, top)
        marks.append(Area(line([(_LEFT, y), (WIDTH, y)]), Pen(line=GRID)))
    marks.append(Area(line([(_LEFT, _BASE), (WIDTH, _BASE)]), Pen(line=AXIS, width=1.5)))
    for level in levels:
        y = _BASE - _height(level, top) + 5
        marks.append(Label(_LEFT - 8, y, str(level), colour=QUIET, anchor="right"))
    marks.append(Area(box(_LEFT, 9, 14, 14, (3, 3)), Pen(fill=ACTION)))
    return Sheet(_FOOT, tuple(marks))


_USUAL_PEN: Final = Pen(fill=ACTION_TINT, line=ACTION_MID, width=1.2, dash=(3, 2))


def _weekday_names(facts: TwoWeeks, voice: Voice, room: float) -> list[str]:
    """Return the names under the columns, cut to one letter each when one of them is too wide."""
    names = [weekday(voice, slot.on) for slot in facts.slots]
    fits = all(text_width(name, SMALL) <= room for name in names)
    return names if fits else [name[:1] for name in names]


def _bars(facts: TwoWeeks, voice: Voice) -> Picture:
    usual = [rounded_minutes(slot.usual_seconds or 0) for slot in facts.slots]
    highest = max(*usual, *(slot.minutes for slot in facts.slots))
    top = next(top for top in _TOPS if top >= highest)
    wide, narrow = [], []
    labels: list[Label] = []
    names = _weekday_names(facts, voice, _STEP - 2)
    for place, (slot, name) in enumerate(zip(facts.slots, names, strict=True)):
        middle = _LEFT + (place + 0.5) * _STEP
        before, now = _height(usual[place], top), _height(slot.minutes, top)
        if before:
            wide.append(box(middle - 12, _BASE - before, 24, before, (4, 0)))
        if slot.counted:
            # A day of a minute or two is not nothing: it keeps a foot of its bar.
            tall = max(now, 3.0) if slot.active_seconds else 0.0
            narrow += [box(middle - 8, _BASE - tall, 16, tall, (4, 0))] if tall else []
            text = str(slot.minutes) if slot.minutes else "0" if not slot.active_seconds else ""
            # The number must not sit on the outline of the earlier bar.
            above = before if tall - 4 <= before <= tall + 22 else tall
            labels.append(Label(middle, _BASE - above - 6, text, SMALL, INK, "center", bold=True))
        today = slot.on == facts.as_of
        colour = INK if today else QUIET
        labels.append(Label(middle, _BASE + 18, name, SMALL, colour, "center", bold=today))
        if slot.on.weekday() == 0 and place < SPAN - 1:
            labels.append(Label(middle, _BASE + 37, day(voice, slot.on), SMALL, QUIET, "center"))
    return Picture(
        Frame(_bar_frame, (top,)),
        (
            *areas(wide, _USUAL_PEN),
            *areas(narrow, Pen(fill=ACTION)),
            *(label for label in labels if label.text),
            Label(_LEFT - 8, _TOP - 12, voice.say(_UNIT), colour=QUIET, anchor="right"),
            *_legend(voice, with_before=bool(wide)),
        ),
    )


def _legend(voice: Voice, *, with_before: bool) -> list[Mark]:
    these = voice.say(_THESE)
    marks: list[Mark] = [Label(_LEFT + 20, 21, these, SMALL, INK)]
    if with_before:
        x = _LEFT + 20 + text_width(these, SMALL) + 24
        marks.append(Area(box(x, 9, 14, 14, (3, 3)), _USUAL_PEN))
        marks.append(Label(x + 20, 21, voice.say(_USUAL), SMALL, QUIET))
    return marks


# --- pictograph: two rows of seven days, a circle for each session -------------------------------

_ROWS: Final = 2
_CELL_TOP, _CELL_STEP, _CELL_HEIGHT = 34.0, 86.0, 78.0


def _pictograph_frame() -> Sheet:
    between = _CELL_TOP + _CELL_STEP - (_CELL_STEP - _CELL_HEIGHT) / 2
    return Sheet(
        _CELL_TOP + _ROWS * _CELL_STEP,
        (Area(line([(0, between), (WIDTH, between)]), Pen(line=GRID)),),
    )


def _circles(count: int, x: float, y: float, width: float) -> list[tuple[float, float, float]]:
    """Place up to 16 circles on the floor of a cell, row upon row; return (x, y, radius) of each.

    Args:
        count: Circles wanted.
        x: Left side of the cell.
        y: Floor of the cell.
        width: Of the cell; it is higher than wide.
    """
    across = next(across for across in (2, 3, 4) if count <= across * (across + 1) or across == 4)
    pitch = width / across
    return [
        (x + pitch * (place % across + 0.5), y - pitch * (place // across + 0.5), pitch * 0.42)
        for place in range(min(count, 16))
    ]


def _columns(voice: Voice) -> tuple[float, float]:
    """Where the cells of the pictograph begin, and how wide one is."""
    names = (voice.say(_LAST_WEEK), voice.say(_THIS_WEEK))
    left = min(110.0, max(text_width(name, TEXT) for name in names) + 10)
    return left, (WIDTH - left) / 7


def _pictograph(facts: TwoWeeks, voice: Voice) -> Picture:
    rows = [voice.say(_LAST_WEEK), voice.say(_THIS_WEEK)]
    left, width = _columns(voice)
    outlines, rounds = [], []
    labels: list[Label] = [
        Label(0, _CELL_TOP + row * _CELL_STEP + _CELL_HEIGHT / 2 + 5, name, TEXT, INK)
        for row, name in enumerate(rows)
    ]
    marks: list[Mark] = []
    for place, slot in enumerate(facts.slots):
        row, column = divmod(place, 7)
        x, y = left + column * width, _CELL_TOP + row * _CELL_STEP
        if row == 0:
            name = weekday(voice, slot.on)
            labels.append(Label(x + width / 2, 22, name, LARGE, INK, "center"))
        if not slot.counted:
            continue
        cell = box(x + 2, y, width - 4, _CELL_HEIGHT, (8, 8))
        if slot.on == facts.as_of:
            marks.append(Area(cell, Pen(fill=CARD, line=INK, width=2.5)))
        else:
            outlines.append(cell)
        floor = y + _CELL_HEIGHT - 5
        rounds += _circles(slot.sessions, x + 5, floor, width - 10)
        if slot.sessions > 16:
            text = str(slot.sessions)
            labels.append(Label(x + width / 2, y + 20, text, SMALL, INK, "center", bold=True))
    return Picture(
        Frame(_pictograph_frame),
        (
            *areas(outlines, Pen(fill=CARD, line=GRID, width=1.5)),
            *marks,
            *areas(circles(rounds), Pen(fill=ACTION)),
            *labels,
        ),
    )


def picture(facts: TwoWeeks, voice: Voice) -> Picture:
    """Draw circles for grades 1-2, bars for everybody else."""
    return _pictograph(facts, voice) if facts.band is Band.LOWER else _bars(facts, voice)


def spots(facts: TwoWeeks, voice: Voice) -> tuple[Spot, ...]:
    """A cell of the pictograph, or a column of bars, for each day that counts."""
    counted = [(place, slot) for place, slot in enumerate(facts.slots) if slot.counted]
    if facts.band is not Band.LOWER:
        top = _TOP - 22
        return tuple(
            Spot(place, _LEFT + place * _STEP, top, _STEP, _FOOT - top) for place, _ in counted
        )
    left, width = _columns(voice)
    return tuple(
        Spot(
            place,
            left + place % 7 * width + 2,
            _CELL_TOP + place // 7 * _CELL_STEP,
            width - 4,
            _CELL_HEIGHT,
        )
        for place, _ in counted
    )


CHART: Final = Chart(
    key="rhythm",
    place=1,
    title=_TITLE,
    more=_MORE,
    method_version="rhythm/1",
    needs=frozenset({"school_days", "away_days", "days", "apps"}),
    words=(
        *_SUM.values(),
        *_TIMES.values(),
        *_TIME.values(),
        *_CHANGE.values(),
        *(_ONE_APP, _DAY, _COUNT, _ABOUT, _USUAL, _SCHOOL, _HOME, _ESTIMATE, _AWAY),
        *(_THESE, _LAST_WEEK, _THIS_WEEK, _UNIT),
    ),
    read=read,
    picture=picture,
    sentence=sentence,
    table=table,
    spots=spots,
    step=step,
    notes=notes,
    frames=(*(Frame(_bar_frame, (top,)) for top in _TOPS), Frame(_pictograph_frame)),
)
