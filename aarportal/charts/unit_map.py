"""Which units are strong and which need more: counts of first answers, unit by unit.

Source: pedagogy C3. The status comes from `unit_states`; the chart shows the counts it rests on
and never a share in per cent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from matplotlib.path import Path

from aarportal.charts.chart import Chart, Facts, NextStepKey, Picture, Spot, Step, Table, Window
from aarportal.charts.history import Band, LearningHistory
from aarportal.charts.marks import Area, Label, Mark, areas, box, circle, circles, line, polygon
from aarportal.charts.svg import Frame, Sheet
from aarportal.charts.theme import (
    ACTION,
    ACTION_MID,
    ACTION_TINT,
    AXIS,
    CARD,
    GRID,
    INK,
    QUIET,
    SMALL,
    TEXT,
    WIDTH,
    Pen,
)
from aarportal.charts.typeface import wrapped
from aarportal.charts.unit_states import (
    MINIMUM_ITEMS,
    WINDOW_DAYS,
    UnitState,
    UnitStatus,
    unit_state,
)
from aarportal.charts.wording import N_, NONE, Voice, day, joined

_MINIMUM_UNITS: Final = 2
_MOST_DRAWN: Final = 8

_TITLE = N_("Which units am I strong in?")
_MORE_ITEMS = N_("questions still to come: %(n)s")
_STATUS = {
    UnitStatus.FEW: N_("Few records"),
    UnitStatus.MORE: N_("A little more"),
    UnitStatus.FINE: N_("All right"),
    UnitStatus.STRONG: N_("Strong"),
    UnitStatus.FADING: N_("Time to remember"),
}
_SIMPLE = {
    UnitStatus.MORE: N_("%(unit)s: %(correct)s of %(items)s. A little more."),
    UnitStatus.FINE: N_("%(unit)s: %(correct)s of %(items)s. That is all right."),
    UnitStatus.STRONG: N_("%(unit)s: %(correct)s of %(items)s. You are strong in it."),
    UnitStatus.FADING: N_("%(unit)s: %(correct)s of %(items)s. Time to remember it."),
}
_FULL = {
    UnitStatus.MORE: N_("In %(unit)s %(correct)s of %(items)s were right: a little more."),
    UnitStatus.FINE: N_("In %(unit)s %(correct)s of %(items)s were right: all right."),
    UnitStatus.STRONG: N_("In %(unit)s %(correct)s of %(items)s were right: you are strong in it."),
    UnitStatus.FADING: N_(
        "In %(unit)s %(correct)s of %(items)s were right, some time ago: time to remember it."
    ),
}
_OTHERS = N_("More units in the table: %(n)s.")
_OF = N_("%(correct)s of %(items)s")
_STILL = N_("%(n)s more")
_FIRST_TRY = N_("Right at the first try")
_UNIT = N_("Unit")
_SUBJECT = N_("Subject")
_STATE = N_("How it stands")
_LAST = N_("Last time")
_NOTE = N_("Only first tries of the last 60 days count.")
_AWAY = N_("Days off and event days are not counted.")
_REPAIR = N_("Try this unit a little more: %(unit)s")
_REVIEW = N_("Remember this unit: %(unit)s")
_GO_ON = N_("Go on with this unit: %(unit)s")
_STEPS = {UnitStatus.MORE: _REPAIR, UnitStatus.FADING: _REVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMap(Facts):
    """Every unit of the history, in the order of the course; `n` counts first answers."""

    units: tuple[UnitState, ...]
    some_away: bool

    @property
    def ready(self) -> tuple[UnitState, ...]:
        """Units with enough first answers."""
        return tuple(unit for unit in self.units if unit.status is not UnitStatus.FEW)

    @property
    def focus(self) -> UnitState:
        """The unit to start: what needs more, then what fades, then the newest."""
        order = (UnitStatus.MORE, UnitStatus.FADING, UnitStatus.FINE, UnitStatus.STRONG)
        return min(self.ready, key=lambda unit: (order.index(unit.status), _age_key(unit)))


def _age_key(unit: UnitState) -> int:
    return -unit.last_on.toordinal() if unit.last_on else 0


def read(history: LearningHistory) -> UnitMap:
    """Read the first answers of the last 60 days."""
    units = tuple(unit_state(unit, history) for unit in history.units)
    # The fewest answers that would bring two units to five each; a unit not begun needs all five.
    lacking = sorted(unit.missing for unit in units)[:_MINIMUM_UNITS]
    lacking += [MINIMUM_ITEMS] * (_MINIMUM_UNITS - len(lacking))
    first_on = history.today - timedelta(days=WINDOW_DAYS)
    return UnitMap(
        band=history.band,
        as_of=history.today,
        window=Window(first_on, history.today),
        n=sum(unit.items for unit in units),
        missing=sum(lacking),
        units=units,
        some_away=any(first_on <= on <= history.today for on in history.away_days),
    )


def sentence(facts: UnitMap, voice: Voice) -> str:
    """Say the unit to start and one that is strong; the table has the others."""
    sayings = _FULL if facts.band is Band.UPPER else _SIMPLE
    focus = facts.focus
    others = [unit for unit in facts.ready if unit is not focus]
    best = min(others, key=lambda unit: (unit.status is not UnitStatus.STRONG, _age_key(unit)))
    parts = [
        voice.say(
            sayings[unit.status],
            unit=voice.title(unit.title),
            correct=unit.correct,
            items=unit.items,
        )
        for unit in (focus, best)
    ]
    if len(others) > 1:
        parts.append(voice.say(_OTHERS, n=len(others) - 1))
    return joined(voice, parts)


def _count(unit: UnitState, voice: Voice) -> str:
    return voice.say(_OF, correct=unit.correct, items=unit.items)


def table(facts: UnitMap, voice: Voice) -> Table:
    """Put every unit into a row, in the order of the course."""
    say = voice.say
    header = (say(_UNIT), say(_SUBJECT), say(_FIRST_TRY), say(_STATE), say(_LAST))
    rows = tuple(
        (
            voice.title(unit.title),
            voice.title(unit.subject),
            _count(unit, voice) if unit.items else NONE,
            say(_STATUS[unit.status]),
            day(voice, unit.last_on) if unit.last_on else NONE,
        )
        for unit in facts.units
    )
    return Table(say(_TITLE), header, rows)


def step(facts: UnitMap) -> Step:
    """Offer one unit to start."""
    focus = facts.focus
    msgid = _STEPS.get(focus.status, _GO_ON)
    return Step(NextStepKey.PRACTISE_UNIT, msgid, focus.unit_id, focus.title)


def notes(facts: UnitMap) -> tuple[str, ...]:
    """Say what counts, and that days off do not when there were some."""
    return (_NOTE, _AWAY) if facts.some_away else (_NOTE,)


# --- one row a unit: its name and status above, a bar or circles and the counts below ------------

_RIGHT: Final = 288.0
_TITLE_SIZE: Final = 16.0
_LINE: Final = 21.0
_PADDING: Final = 12.0
_BAR: Final = 16.0
_FULL_ROW: Final = 30
_PITCH: Final = 24.0
_PER_ROW: Final = 10


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a unit stands in the picture."""

    unit: UnitState
    lines: tuple[str, ...]
    status: tuple[str, ...]
    count: tuple[str, ...]
    top: float
    body: float
    """Top of the bar or the circles."""
    bottom: float


def _drawn_units(units: Sequence[UnitState]) -> list[UnitState]:
    """Take the units practised last, and leave them in the order of the course."""
    begun = [unit for unit in units if unit.items]
    newest = sorted(begun, key=_age_key)[:_MOST_DRAWN]
    return [unit for unit in begun if unit in newest]


def _right_side(unit: UnitState, voice: Voice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of the status and of the count, or of what is missing for a status."""
    room = WIDTH - _RIGHT - 22
    # Bold letters are about a tenth wider than the ones that are measured.
    status = wrapped(voice.say(_STATUS[unit.status]), width=room * 0.9, size=TEXT, most=2)
    text = voice.say(_STILL, n=unit.missing) if unit.missing else _count(unit, voice)
    return status, wrapped(text, width=room, size=SMALL, most=2)


def _rows(facts: UnitMap, voice: Voice) -> list[_Row]:
    several = len({unit.subject for unit in facts.units}) > 1
    rows, top = [], 0.0
    for unit in _drawn_units(facts.units):
        name = voice.title(unit.title)
        if several:
            name = f"{voice.title(unit.subject)}  {name}"
        lines = wrapped(name, width=_RIGHT - 12, size=_TITLE_SIZE, most=5)
        body = top + _PADDING + len(lines) * _LINE
        status, count = _right_side(unit, voice)
        high = -(-unit.items // _PER_ROW) * _PITCH if facts.band is Band.LOWER else _BAR + 4
        right = top + _PADDING + (len(status) + len(count)) * _LINE
        bottom = max(body + high, right) + _PADDING
        rows.append(_Row(unit, lines, status, count, top, body, bottom))
        top = bottom
    return rows


def _frame(*bottoms: float) -> Sheet:
    between = [line([(0, y), (WIDTH, y)]) for y in bottoms[:-1]]
    return Sheet(bottoms[-1], areas(between, Pen(line=GRID)))


def _sign(status: UnitStatus, x: float, y: float) -> tuple[Path, ...]:
    """Return the sign of a status: dot, triangle, circle, double circle, clock."""
    if status is UnitStatus.FEW:
        return (circle(x, y, 2),)
    if status is UnitStatus.MORE:
        return (polygon([(x - 7, y + 6), (x, y - 7), (x + 7, y + 6)]),)
    inside = {
        UnitStatus.FINE: (),
        UnitStatus.STRONG: (circle(x, y, 3),),
        UnitStatus.FADING: (line([(x, y - 4), (x, y), (x + 3.5, y + 2)]),),
    }
    return (circle(x, y, 7), *inside[status])


def _bar(row: _Row, length: float) -> Iterator[Mark]:
    unit = row.unit
    yield Area(box(1, row.body, length, _BAR, (5, 5)), Pen(fill=CARD, line=AXIS, width=1.3))
    if not unit.correct:
        return
    fills = {
        UnitStatus.FEW: Pen(fill=CARD, line=ACTION, width=1.3, dash=(3, 2)),
        UnitStatus.MORE: Pen(fill=ACTION_MID, line=ACTION, width=1.3),
        UnitStatus.FADING: Pen(fill=ACTION_TINT, line=ACTION, width=1.3, hatch="//"),
    }
    part = box(1, row.body, length * unit.correct / unit.items, _BAR, (5, 5))
    yield Area(part, fills.get(unit.status, Pen(fill=ACTION, line=ACTION, width=1.3)))


def _circles(row: _Row) -> Iterator[Mark]:
    right = row.unit.correct
    spots = [
        (
            11 + place % _PER_ROW * _PITCH,
            row.body + _PITCH / 2 + place // _PER_ROW * _PITCH,
            9 if place < right else 8.2,
        )
        for place in range(row.unit.items)
    ]
    yield from areas(circles(spots[:right]), Pen(fill=ACTION))
    yield from areas(circles(spots[right:]), Pen(fill=CARD, line=AXIS, width=1.6))


def _words(row: _Row) -> Iterator[Mark]:
    unit = row.unit
    for place, text in enumerate(row.lines):
        y = row.top + _PADDING + place * _LINE + 14
        yield Label(0, y, text, _TITLE_SIZE, INK)
    y = row.top + _PADDING + 8
    filled = unit.status in {UnitStatus.FEW, UnitStatus.MORE}
    yield from areas(
        _sign(unit.status, _RIGHT + 8, y),
        Pen(fill=ACTION if filled else None, line=ACTION, width=2),
    )
    for place, text in enumerate(row.status):
        yield Label(_RIGHT + 22, y + 5.5 + place * 19, text, TEXT, INK, bold=True)
    for place, text in enumerate(row.count, start=len(row.status)):
        yield Label(_RIGHT + 22, y + 5.5 + place * 19, text, SMALL, QUIET)


def picture(facts: UnitMap, voice: Voice) -> Picture:
    """Draw a circle for each answer in grades 1-2, a bar as long as the count in 3-4, a band after.

    A band of full length says how a whole is shared, which is not taught before grade 5.
    """
    rows = _rows(facts, voice)
    marks: list[Mark] = []
    longest = max(_FULL_ROW, *(row.unit.items for row in rows))
    for row in rows:
        if facts.band is Band.LOWER:
            marks += _circles(row)
        else:
            whole = facts.band is Band.UPPER and row.unit.status is not UnitStatus.FEW
            marks += _bar(row, _RIGHT - 20 if whole else (_RIGHT - 20) * row.unit.items / longest)
        marks += _words(row)
    return Picture(Frame(_frame, tuple(row.bottom for row in rows)), tuple(marks))


def spots(facts: UnitMap, voice: Voice) -> tuple[Spot, ...]:
    """The row of each unit that is drawn."""
    places = {unit.unit_id: place for place, unit in enumerate(facts.units)}
    return tuple(
        Spot(places[row.unit.unit_id], 0, row.top + 2, WIDTH, row.bottom - row.top - 4)
        for row in _rows(facts, voice)
    )


_SHORT_ROW: Final = 2 * _PADDING + 2 * _LINE

CHART: Final = Chart(
    key="unit_map",
    place=3,
    title=_TITLE,
    more=_MORE_ITEMS,
    method_version="unit_map/1",
    needs=frozenset({"away_days", "units"}),
    words=(
        *_STATUS.values(),
        *_SIMPLE.values(),
        *_FULL.values(),
        *(_OTHERS, _OF, _STILL, _FIRST_TRY, _UNIT, _SUBJECT, _STATE, _LAST, _NOTE, _AWAY),
        *(_REPAIR, _REVIEW, _GO_ON),
    ),
    read=read,
    picture=picture,
    sentence=sentence,
    table=table,
    spots=spots,
    step=step,
    notes=notes,
    frames=tuple(
        Frame(_frame, tuple(_SHORT_ROW * (place + 1) for place in range(count)))
        for count in range(_MINIMUM_UNITS, _MOST_DRAWN + 1)
    ),
)
