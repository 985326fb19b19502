"""What was carried on: the last eight cycles as a chain, linked where an adjustment lived on.

Source: pedagogy C7. A bead is filled if the part is there; a line runs on to the next goal if the
adjustment was adopted, and it is strong if the student said that it worked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from matplotlib.path import Path

from aarportal.charts.chart import (
    SET_GOAL,
    Chart,
    Facts,
    NextStepKey,
    Picture,
    Spot,
    Step,
    Table,
    Window,
)
from aarportal.charts.history import Band, CycleOutcome, LearningHistory, Verdict
from aarportal.charts.marks import Area, Label, Mark, areas, circles, curve, line
from aarportal.charts.svg import Frame, Sheet
from aarportal.charts.theme import (
    ACTION,
    ANTICIPATION,
    AXIS,
    CARD,
    GRID,
    INK,
    QUIET,
    REFLECTION,
    REFLECTION_MID,
    SMALL,
    TEXT,
    WIDTH,
    Pen,
)
from aarportal.charts.typeface import text_width, wrapped
from aarportal.charts.wording import N_, NONE, Voice, day, day_and_weekday, joined

_SPAN: Final = 8
_MINIMUM_CYCLES: Final = 3

_TITLE = N_("Did my last idea live on?")
_MORE = N_("cycles still to come: %(n)s")
_CARRIED = {
    Band.LOWER: N_("%(used)s of %(n)s times you used your idea again."),
    Band.MIDDLE: N_("%(used)s of %(n)s times you used your last idea the next time."),
    Band.UPPER: N_("In %(used)s of %(n)s cycles you used the last idea in the next one."),
}
_WORKED = {
    Band.LOWER: N_("Ideas that went well: %(worked)s."),
    Band.MIDDLE: N_("Ideas of which you said that they helped: %(worked)s."),
    Band.UPPER: N_("Ideas of which you answered that they worked: %(worked)s."),
}
_STILL_TO_USE = N_("Your ideas can still be used.")
_ROWS = (N_("Goal"), N_("Did it"), N_("Looked back"), N_("Next idea"))
_DAY = N_("Day")
_NEXT = N_("Used the next time")
_ANSWER = N_("Did it help?")
_YES = N_("There")
_NO = N_("Not yet")
_VERDICTS = {
    Verdict.WORKED: N_("It helped"),
    Verdict.NO_CHANGE: N_("No change"),
    Verdict.CANNOT_SAY: N_("Cannot say yet"),
}
_USED = N_("Used")
_WAITING = N_("Not used yet")
_CARRY = N_("Use the last idea now")


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleBand(Facts):
    """The last eight cycles, the oldest first; `n` counts them."""

    cycles: tuple[CycleOutcome, ...]

    @property
    def used(self) -> int:
        """Cycles whose adjustment was adopted in the next one."""
        return sum(_adopted(cycle) for cycle in self.cycles)

    @property
    def worked(self) -> int:
        """Adopted adjustments of which the student said that they worked."""
        return sum(_worked(cycle) for cycle in self.cycles)


def _adopted(cycle: CycleOutcome) -> bool:
    return cycle.adjustment_proposed and cycle.adjustment_adopted


def _worked(cycle: CycleOutcome) -> bool:
    return _adopted(cycle) and cycle.verdict is Verdict.WORKED


def _parts(cycle: CycleOutcome) -> tuple[bool, bool, bool, bool]:
    return (cycle.goal_set, cycle.acted, cycle.reflected, cycle.adjustment_proposed)


def read(history: LearningHistory) -> CycleBand:
    """Read the last eight cycles."""
    cycles = tuple(sorted(history.cycles, key=lambda cycle: cycle.opened_on)[-_SPAN:])
    first_on = cycles[0].opened_on if cycles else history.today
    return CycleBand(
        band=history.band,
        as_of=history.today,
        window=Window(first_on, history.today),
        n=len(cycles),
        missing=max(0, _MINIMUM_CYCLES - len(cycles)),
        cycles=cycles,
    )


def sentence(facts: CycleBand, voice: Voice) -> str:
    """Say how often an adjustment was used again, and how often it worked."""
    if not facts.used:
        return voice.say(_STILL_TO_USE)
    parts = [voice.say(_CARRIED[facts.band], used=facts.used, n=facts.n)]
    if facts.worked:
        parts.append(voice.say(_WORKED[facts.band], worked=facts.worked))
    return joined(voice, parts)


def table(facts: CycleBand, voice: Voice) -> Table:
    """Put one cycle into each row, the oldest first."""
    say = voice.say
    rows = []
    for cycle in facts.cycles:
        parts = [*_parts(cycle), _adopted(cycle)]
        answer = say(_VERDICTS[cycle.verdict]) if cycle.verdict else NONE
        cells = [say(_YES if part else _NO) for part in parts]
        rows.append((day_and_weekday(voice, cycle.opened_on), *cells, answer))
    header = (say(_DAY), *(say(name) for name in _ROWS), say(_NEXT), say(_ANSWER))
    return Table(say(_TITLE), header, tuple(rows))


def step(facts: CycleBand) -> Step:
    """Offer to take up the newest adjustment that still waits."""
    for cycle in reversed(facts.cycles):
        if cycle.adjustment_proposed and not cycle.adjustment_adopted:
            return Step(NextStepKey.CARRY_ADJUSTMENT, _CARRY, cycle.cycle_id)
    return Step(NextStepKey.SET_GOAL, SET_GOAL)


_LEFT: Final = 112.0
_STEP: Final = (WIDTH - _LEFT) / _SPAN
_ROW_TOP, _ROW_STEP, _RADIUS = 24.0, 50.0, 10.0
_LAST_Y: Final = _ROW_TOP + (len(_ROWS) - 1) * _ROW_STEP
_DATE_Y: Final = _LAST_Y + 38
_LEGEND_Y: Final = _DATE_Y + 32
_COLOURS: Final = (ANTICIPATION, ACTION, REFLECTION, REFLECTION)

_STRONG: Final = Pen(line=REFLECTION, width=4.5)
_THIN: Final = Pen(line=REFLECTION_MID, width=2.5)
_STUB: Final = Pen(line=AXIS, width=1.8, dash=(3, 3))


def _row_y(row: int) -> float:
    return _ROW_TOP + row * _ROW_STEP


def _frame() -> Sheet:
    rows = [line([(_LEFT, _row_y(row)), (WIDTH, _row_y(row))]) for row in range(len(_ROWS))]
    return Sheet(_LEGEND_Y + 10, areas(rows, Pen(line=GRID)))


def _column_x(place: int) -> float:
    return _LEFT + (place + 0.5) * _STEP


def _links(facts: CycleBand) -> Iterator[Mark]:
    """Draw the way from each adjustment to the next goal, or the stub of a way."""
    thin: list[Path] = []
    strong: list[Path] = []
    stubs: list[Path] = []
    for place, cycle in enumerate(facts.cycles):
        x, reach = _column_x(place), _STEP * 0.75
        if _adopted(cycle):
            last = place == len(facts.cycles) - 1
            # The next goal of the newest cycle is not in the picture yet: the line leaves it.
            end = (x + _STEP / 2, _LAST_Y) if last else (x + _STEP, _row_y(0))
            handles = [(x + reach / 2, _LAST_Y), (end[0] - reach / 2, end[1])]
            (strong if _worked(cycle) else thin).append(curve([(x, _LAST_Y), *handles, end]))
        elif cycle.adjustment_proposed:
            corner, tip = (x + _STEP / 2, _LAST_Y), (x + _STEP / 2 + 2, _LAST_Y - 30)
            stubs.append(curve([(x + _RADIUS, _LAST_Y), corner, corner, tip]))
    yield from areas(stubs, _STUB)
    yield from areas(thin, _THIN)
    yield from areas(strong, _STRONG)


def _beads(facts: CycleBand) -> Iterator[Mark]:
    for row, colour in enumerate(_COLOURS):
        y = _row_y(row)
        here = [(_column_x(place), _parts(c)[row]) for place, c in enumerate(facts.cycles)]
        filled = circles((x, y, _RADIUS) for x, there in here if there)
        yield from areas(filled, Pen(fill=colour, line=CARD, width=2))
        empty = circles((x, y, _RADIUS - 1.5) for x, there in here if not there)
        yield from areas(empty, Pen(fill=CARD, line=AXIS, width=1.4, dash=(2.5, 2.5)))
    good = [_column_x(place) for place, cycle in enumerate(facts.cycles) if _worked(cycle)]
    yield from areas(circles((x, _LAST_Y, 4.5) for x in good), Pen(fill=CARD))


def _strings(facts: CycleBand) -> Iterator[Mark]:
    """Draw the string inside each cycle, from bead to bead as far as the next one is there."""
    strings = [
        line([(_column_x(place), _row_y(row)), (_column_x(place), _row_y(row + 1))])
        for place, cycle in enumerate(facts.cycles)
        for row in range(len(_ROWS) - 1)
        if _parts(cycle)[row] and _parts(cycle)[row + 1]
    ]
    yield from areas(strings, Pen(line=AXIS, width=2.5))


def _legend(voice: Voice) -> Iterator[Mark]:
    x, y = WIDTH, _LEGEND_Y - 5
    keys = ((_VERDICTS[Verdict.WORKED], _STRONG), (_USED, _THIN), (_WAITING, _STUB))
    for name, pen in reversed(keys):
        text = voice.say(name)
        x -= text_width(text, SMALL)
        yield Label(x, _LEGEND_Y, text, SMALL, QUIET)
        yield Area(line([(x - 32, y), (x - 8, y)]), pen)
        x -= 46


def picture(facts: CycleBand, voice: Voice) -> Picture:
    """Draw a column of four beads for each cycle, and the links between the columns."""
    marks: list[Mark] = [*_strings(facts), *_links(facts), *_beads(facts)]
    for row, name in enumerate(_ROWS):
        lines = wrapped(voice.say(name), width=_LEFT - 10, size=TEXT, most=2)
        for place, text in enumerate(lines):
            y = _row_y(row) + 5 - (len(lines) - 1) * 9 + place * 18
            marks.append(Label(_LEFT - 10, y, text, TEXT, INK, "right"))
    for place, cycle in enumerate(facts.cycles):
        text = day(voice, cycle.opened_on)
        marks.append(Label(_column_x(place), _DATE_Y, text, SMALL, QUIET, "center"))
    return Picture(Frame(_frame), (*marks, *_legend(voice)))


def spots(facts: CycleBand, _voice: Voice) -> tuple[Spot, ...]:
    """The column of each lap."""
    top = _ROW_TOP - _RADIUS - 6
    return tuple(
        Spot(place, _column_x(place) - _STEP / 2, top, _STEP, _DATE_Y + 8 - top)
        for place in range(facts.n)
    )


CHART: Final = Chart(
    key="cycle_band",
    place=7,
    title=_TITLE,
    more=_MORE,
    method_version="cycle_band/1",
    needs=frozenset({"cycles"}),
    words=(
        *_CARRIED.values(),
        *_WORKED.values(),
        *_ROWS,
        *_VERDICTS.values(),
        *(_DAY, _NEXT, _ANSWER, _YES, _NO, _USED, _WAITING, _CARRY, _STILL_TO_USE),
    ),
    read=read,
    picture=picture,
    sentence=sentence,
    table=table,
    spots=spots,
    step=step,
    notes=lambda _facts: (),
    frames=(Frame(_frame),),
)
