"""How far the last eight goals were reached: the student's own rating, and the fact beside it.

Source: pedagogy C2. Counts only; the rating is the student's word, the check mark is what the
records say about the criterion, and neither is turned into a share of anything.
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
from aarportal.charts.history import Band, GoalOutcome, LearningHistory
from aarportal.charts.marks import Area, Label, Mark, areas, box, circle, circles, line, polygon
from aarportal.charts.svg import Frame, Sheet
from aarportal.charts.theme import (
    ACTION,
    AXIS,
    CARD,
    GRID,
    INK,
    LARGE,
    QUIET,
    REFLECTION,
    REFLECTION_MID,
    REFLECTION_TINT,
    SMALL,
    TEXT,
    WIDTH,
    Pen,
)
from aarportal.charts.typeface import text_width, wrapped
from aarportal.charts.wording import N_, NONE, Voice, day, day_and_weekday, joined, listed

_SPAN: Final = 8
_MINIMUM_GOALS: Final = 4
_MANY: Final = 6
_EASY: Final = 0.7
_RATINGS: Final = 4

_TITLE = N_("How far did I reach my goals?")
_MORE = N_("goals to look back on: %(n)s")
_NAMES = (N_("Not yet"), N_("A little more"), N_("With a hint"), N_("By myself"))
_COUNTS = (
    N_("not yet: %(n)s"),
    N_("a little more: %(n)s"),
    N_("with a hint: %(n)s"),
    N_("by myself: %(n)s"),
)
_SENTENCE = {
    Band.LOWER: N_("Your last %(n)s goals – %(counts)s."),
    Band.MIDDLE: N_("Looking back on your last %(n)s goals – %(counts)s."),
    Band.UPPER: N_("Of your last %(n)s goals – %(counts)s."),
}
_FACTS = N_("Goals that met the mark in the records: %(n)s.")
_DAY = N_("Day")
_SUBJECT = N_("Subject")
_UNIT = N_("Unit")
_RATING = N_("My rating")
_FACT = N_("The mark")
_MET = N_("Met")
_OPEN = N_("Not met yet")
_UNKNOWN = N_("No record")
_SMALLER = N_("Make the next goal smaller")
_BIGGER = N_("Make the next goal a little bigger")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalsReached(Facts):
    """The last eight rated goals, the oldest first; `n` counts them."""

    goals: tuple[GoalOutcome, ...]
    grade: int

    def rated(self, rating: int) -> int:
        """Return how many goals have this rating."""
        return sum(goal.rating == rating for goal in self.goals)

    @property
    def met(self) -> int:
        """Goals whose criterion was met as the records show it."""
        return sum(goal.criterion_met is True for goal in self.goals)


def read(history: LearningHistory) -> GoalsReached:
    """Read the last eight rated goals."""
    rated = [goal for goal in history.goals if goal.rating is not None]
    goals = tuple(sorted(rated, key=lambda goal: goal.opened_on)[-_SPAN:])
    first_on = goals[0].opened_on if goals else history.today
    return GoalsReached(
        band=history.band,
        as_of=history.today,
        window=Window(first_on, history.today),
        n=len(goals),
        missing=max(0, _MINIMUM_GOALS - len(goals)),
        goals=goals,
        grade=history.grade,
    )


def sentence(facts: GoalsReached, voice: Voice) -> str:
    """Count each rating that occurs, the best first, then the facts."""
    say = voice.say
    counts = [
        say(_COUNTS[rating], n=facts.rated(rating))
        for rating in reversed(range(_RATINGS))
        if facts.rated(rating)
    ]
    parts = [say(_SENTENCE[facts.band], n=facts.n, counts=listed(voice, counts))]
    if facts.met and facts.band is not Band.LOWER:
        parts.append(say(_FACTS, n=facts.met))
    return joined(voice, parts)


def _fact_name(goal: GoalOutcome) -> str:
    if goal.criterion_met is None:
        return _UNKNOWN
    return _MET if goal.criterion_met else _OPEN


def table(facts: GoalsReached, voice: Voice) -> Table:
    """Put one goal into each row, the oldest first."""
    say = voice.say
    return Table(
        say(_TITLE),
        (say(_DAY), say(_SUBJECT), say(_UNIT), say(_RATING), say(_FACT)),
        tuple(
            (
                day_and_weekday(voice, goal.opened_on),
                voice.title(goal.subject),
                voice.title(goal.unit_title) or NONE,
                say(_NAMES[goal.rating or 0]),
                say(_fact_name(goal)),
            )
            for goal in facts.goals
        ),
    )


def step(facts: GoalsReached) -> Step:
    """Offer a smaller goal after six weak ones of eight, a bigger one after eight easy ones."""
    if facts.rated(0) + facts.rated(1) >= _MANY:
        return Step(NextStepKey.SMALLER_GOAL, _SMALLER)
    ratios = [g.difficulty_ratio for g in facts.goals if g.difficulty_ratio is not None]
    # Half of the eight must be measured: the mean of one goal says nothing about the others.
    measured = len(ratios) >= _MINIMUM_GOALS
    if facts.rated(3) == _SPAN and measured and sum(ratios) / len(ratios) < _EASY:
        return Step(NextStepKey.BIGGER_GOAL, _BIGGER)
    return Step(NextStepKey.SET_GOAL, SET_GOAL)


# --- tiles: a column for each goal, a row for each rating ----------------------------------------

_LEFT: Final = 112.0
_ROW_TOP, _ROW_STEP, _TILE = 6.0, 42.0, 30.0
_FACT_Y: Final = _ROW_TOP + _RATINGS * _ROW_STEP + 22
_DATE_Y: Final = _FACT_Y + 38
_LEGEND_Y: Final = _DATE_Y + 32
_STEP: Final = (WIDTH - _LEFT) / _SPAN

_TILE_PENS: Final = (
    Pen(fill=CARD, line=REFLECTION, width=1.5, dash=(3, 2.5)),
    Pen(fill=REFLECTION_TINT, line=REFLECTION, width=1.5),
    Pen(fill=REFLECTION_MID, line=REFLECTION, width=1.5),
    Pen(fill=REFLECTION, line=REFLECTION, width=1.5),
)
_SIGN_PENS: Final = (
    Pen(fill=REFLECTION),
    Pen(line=REFLECTION, width=2.2),
    Pen(line=REFLECTION, width=2.4),
    Pen(line=CARD, width=2.2),
)


def _sign(rating: int, x: float, y: float, size: float = 1.0) -> tuple[Path, ...]:
    """Return the sign of a rating: dot, triangle, circle, double circle."""
    if rating == 0:
        return (circle(x, y, 2.5 * size),)
    if rating == 1:
        half, up, down = 7 * size, 7 * size, 5 * size
        return (polygon([(x - half, y + down), (x, y - up), (x + half, y + down)]),)
    if rating == 2:
        return (circle(x, y, 7 * size),)
    return (circle(x, y, 8 * size), circle(x, y, 3.5 * size))


def _check(x: float, y: float) -> Path:
    return line([(x - 5, y), (x - 1.5, y + 4), (x + 5.5, y - 4.5)])


def _fact_marks(facts: list[tuple[float, float, bool | None]]) -> Iterator[Mark]:
    """Draw the fact beside each rating: a filled check, an empty circle, a short line."""
    met = [(x, y) for x, y, fact in facts if fact is True]
    yield from areas(circles((x, y, 10) for x, y in met), Pen(fill=ACTION))
    yield from areas((_check(x, y) for x, y in met), Pen(line=CARD, width=2.2))
    still = circles((x, y, 9) for x, y, fact in facts if fact is False)
    yield from areas(still, Pen(fill=CARD, line=ACTION, width=1.8))
    unknown = (line([(x - 5, y), (x + 5, y)]) for x, y, fact in facts if fact is None)
    yield from areas(unknown, Pen(line=AXIS, width=1.8))


def _row_y(rating: int) -> float:
    return _ROW_TOP + (_RATINGS - 1 - rating) * _ROW_STEP + _ROW_STEP / 2


def _tile_frame() -> Sheet:
    rows = [line([(_LEFT, _row_y(rating)), (WIDTH, _row_y(rating))]) for rating in range(_RATINGS)]
    return Sheet(
        _LEGEND_Y + 10,
        (
            *areas(rows, Pen(line=GRID)),
            Area(
                box(0, _FACT_Y - 16, WIDTH, 32, (10, 10)),
                Pen(fill=CARD, line=GRID, width=1.2),
            ),
        ),
    )


def _fact_legend(voice: Voice) -> Iterator[Mark]:
    places: list[tuple[float, float, bool | None]] = []
    x = WIDTH
    for fact, name in ((None, _UNKNOWN), (False, _OPEN), (True, _MET)):
        text = voice.say(name)
        x -= text_width(text, SMALL)
        yield Label(x, _LEGEND_Y, text, SMALL, QUIET)
        x -= 16
        places.append((x, _LEGEND_Y - 5, fact))
        x -= 28
    yield from _fact_marks(places)


def _row_label(text: str, y: float, *, bold: bool = False) -> Iterator[Label]:
    lines = wrapped(text, width=_LEFT - 14, size=TEXT, most=2)
    for place, part in enumerate(lines):
        up = (len(lines) - 1) * 9 - place * 18
        yield Label(_LEFT - 14, y + 5 - up, part, TEXT, INK, "right", bold)


def _tiles(facts: GoalsReached, voice: Voice) -> Picture:
    spots = [
        (_LEFT + (place + 0.5) * _STEP, _row_y(goal.rating or 0), goal)
        for place, goal in enumerate(facts.goals)
    ]
    marks: list[Mark] = []
    # Lines come with grade 4 of the arithmetic course; before, the tiles stand alone.
    if facts.grade >= 4:
        path = line([(x, y) for x, y, _ in spots])
        marks.append(Area(path, Pen(line=REFLECTION_MID, width=2.5)))
    for rating in range(_RATINGS):
        here = [(x, y) for x, y, goal in spots if goal.rating == rating]
        tiles = (box(x - _TILE / 2, y - _TILE / 2, _TILE, _TILE, (8, 8)) for x, y in here)
        marks += areas(tiles, _TILE_PENS[rating])
        marks += areas((s for x, y in here for s in _sign(rating, x, y)), _SIGN_PENS[rating])
        marks += _row_label(voice.say(_NAMES[rating]), _row_y(rating))
    marks += _fact_marks([(x, _FACT_Y, goal.criterion_met) for x, _, goal in spots])
    marks += _row_label(voice.say(_FACT), _FACT_Y)
    marks += [
        Label(x, _DATE_Y, day(voice, goal.opened_on), SMALL, QUIET, "center")
        for x, _, goal in spots
    ]
    marks += _fact_legend(voice)
    return Picture(Frame(_tile_frame), tuple(marks))


# --- pictograph: a row for each rating, a sign for each goal -------------------------------------

_LINE_STEP: Final = 52.0
_SIGN_SIZE: Final = 1.45


def _tally_frame() -> Sheet:
    rows = [line([(0, y * _LINE_STEP), (WIDTH, y * _LINE_STEP)]) for y in range(1, _RATINGS)]
    return Sheet(_RATINGS * _LINE_STEP, areas(rows, Pen(line=GRID)))


def _tally(facts: GoalsReached, voice: Voice) -> Picture:
    marks: list[Mark] = []
    for rating in range(_RATINGS):
        y = (_RATINGS - 1 - rating + 0.5) * _LINE_STEP
        marks += _row_label(voice.say(_NAMES[rating]), y)
        signs = (
            path
            for place in range(facts.rated(rating))
            for path in _sign(rating, _LEFT + 18 + place * 34, y, _SIGN_SIZE)
        )
        fill = REFLECTION if rating == 0 else None
        marks += areas(signs, Pen(fill=fill, line=REFLECTION, width=3.2))
        count = str(facts.rated(rating))
        marks.append(Label(WIDTH - 6, y + 6, count, LARGE, INK, "right", bold=True))
    return Picture(Frame(_tally_frame), tuple(marks))


def picture(facts: GoalsReached, voice: Voice) -> Picture:
    """Draw a pictograph for grades 1-2, tiles in the order of time for everybody else."""
    return _tally(facts, voice) if facts.band is Band.LOWER else _tiles(facts, voice)


def spots(facts: GoalsReached, _voice: Voice) -> tuple[Spot, ...]:
    """The sign of each goal in the pictograph, or its column of tile, fact and day."""
    if facts.band is not Band.LOWER:
        return tuple(
            Spot(place, _LEFT + place * _STEP, _ROW_TOP, _STEP, _DATE_Y + 8 - _ROW_TOP)
            for place in range(facts.n)
        )
    found, drawn = [], [0] * _RATINGS
    for place, goal in enumerate(facts.goals):
        rating = goal.rating or 0
        x = _LEFT + 18 + drawn[rating] * 34
        y = (_RATINGS - 1 - rating) * _LINE_STEP
        found.append(Spot(place, x - 17, y + 4, 34, _LINE_STEP - 8))
        drawn[rating] += 1
    return tuple(found)


CHART: Final = Chart(
    key="goals_reached",
    place=2,
    title=_TITLE,
    more=_MORE,
    method_version="goals_reached/1",
    needs=frozenset({"goals"}),
    words=(
        *_NAMES,
        *_COUNTS,
        *_SENTENCE.values(),
        *(_FACTS, _DAY, _SUBJECT, _UNIT, _RATING, _FACT, _MET, _OPEN, _UNKNOWN),
        *(_SMALLER, _BIGGER),
    ),
    read=read,
    picture=picture,
    sentence=sentence,
    table=table,
    spots=spots,
    step=step,
    notes=lambda _facts: (),
    frames=(Frame(_tile_frame), Frame(_tally_frame)),
)
