"""What a chart is: one value in; a picture, a sentence, a table and one next step out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from aarportal.charts import wording
from aarportal.charts.history import Band, LearningHistory
from aarportal.charts.marks import Mark
from aarportal.charts.svg import Frame, height_of, svg
from aarportal.charts.theme import WIDTH
from aarportal.charts.wording import N_, Voice, Words


class NextStepKey(StrEnum):
    """What the one button under a chart does; the caller knows the page for each."""

    SET_GOAL = "set_goal"
    """Open a new goal."""
    CHANGE_PLAN = "change_plan"
    """Move or shrink one part of the plan."""
    SMALLER_GOAL = "smaller_goal"
    """Open a new goal that is smaller than the last."""
    BIGGER_GOAL = "bigger_goal"
    """Open a new goal that is a little bigger than the last."""
    PRACTISE_UNIT = "practise_unit"
    """Plan the unit in `target`."""
    CARRY_ADJUSTMENT = "carry_adjustment"
    """Take the adjustment of the cycle in `target` over into the next goal."""


class Trend(StrEnum):
    """The direction a chart shows, in the four answers a student may give about it."""

    UP = "up"
    SAME = "same"
    DOWN = "down"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class Window:
    """The days a chart speaks about, first and last included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart in words; every cell may carry the ruby notation."""

    caption: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """Each row is as long as the header; its first cell names the row."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one button of a chart."""

    key: NextStepKey
    label: str
    """May carry the ruby notation."""
    target: str | None = None
    """Id of the unit or the cycle the key speaks about."""


@dataclass(frozen=True, slots=True)
class Step:
    """A next step before its words are known."""

    key: NextStepKey
    msgid: str
    target: str | None = None
    unit_title: str | None = None
    """Fills `unit` in the msgid."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The part of a picture that stands for one row of the table, in SVG units."""

    row: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every chart reads out of a history, before a word is said about it."""

    band: Band
    as_of: date
    window: Window
    n: int
    """Number of records the chart rests on; each chart says what it counts."""
    missing: int
    """Records still to come before the chart may speak; 0 when it may."""
    trend: Trend | None = None
    """None for a chart without a direction."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The marks of one student on the frame they share with others."""

    frame: Frame
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart for one student; all texts are in the notation that `Words.say` returns."""

    key: str
    title: str
    state: Literal["ready", "not_yet"]
    svg: str | None
    """None until there is enough data."""
    size: tuple[float, float]
    """Width and height of the picture, in SVG units."""
    spots: tuple[Spot, ...]
    """Where in the picture the rows of the table are; a page may make them links."""
    sentence: str
    """What is to be seen, or how many records are still to come."""
    notes: tuple[str, ...]
    """How the numbers came about: estimates, days that are not counted."""
    table: Table
    """Empty until there is enough data."""
    next_step: NextStep
    missing: int
    n: int
    window: Window
    as_of: date
    method_version: str
    trend: Trend | None


F = TypeVar("F", bound=Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Generic[F]):
    """A chart in one file: what it reads, how it looks and what it says."""

    key: str
    """The name of the file."""
    place: int
    """Number of the chart in the specification; pages show charts in this order."""
    title: str
    """The question to the student, as msgid."""
    more: str
    """How many records are missing, as msgid with `n`."""
    method_version: str
    """Changes with every formula, so that two numbers are compared only if they mean the same."""
    needs: frozenset[str]
    """Fields of the history, besides grade, band and today, on which the chart depends."""
    words: tuple[str, ...]
    """Every msgid this chart alone says; `all_words` adds those that all charts share."""
    read: Callable[[LearningHistory], F]
    picture: Callable[[F, Voice], Picture]
    sentence: Callable[[F, Voice], str]
    table: Callable[[F, Voice], Table]
    spots: Callable[[F, Voice], tuple[Spot, ...]]
    """Where the rows of the table are drawn; a row may have none."""
    step: Callable[[F], Step]
    notes: Callable[[F], tuple[str, ...]]
    """Msgids of the notes."""
    frames: tuple[Frame, ...]
    """The frames worth drawing before anybody asks."""
    bands: frozenset[Band] = field(default_factory=lambda: frozenset(Band))

    @property
    def all_words(self) -> tuple[str, ...]:
        """Every msgid the chart may say, in a fixed order."""
        return (self.title, self.more, *self.words, *wording.WORDS, *_WORDS)

    def draw(self, history: LearningHistory, words: Words, *, dom_id: str | None = None) -> Drawn:
        """Draw the chart of one student.

        Args:
            history: The student's own record.
            words: How to say the chart's msgids.
            dom_id: Prefix of the ids inside the SVG; needed when a page shows a chart twice.
        """
        facts = self.read(history)
        if facts.missing:
            return self._not_yet(facts, words)
        plain, shown = words.plain, words.shown
        picture = self.picture(facts, plain)
        drawing = svg(
            picture.frame,
            picture.marks,
            dom_id=dom_id or f"chart-{self.key}",
            title=plain.say(self.title),
            summary=self.sentence(facts, plain),
        )
        step = self.step(facts)
        values = {} if step.unit_title is None else {"unit": shown.title(step.unit_title)}
        return Drawn(
            key=self.key,
            title=shown.say(self.title),
            state="ready",
            svg=drawing,
            size=(WIDTH, height_of(picture.frame)),
            spots=self.spots(facts, plain),
            sentence=self.sentence(facts, shown),
            notes=tuple(shown.say(note) for note in self.notes(facts)),
            table=self.table(facts, shown),
            next_step=NextStep(step.key, shown.say(step.msgid, **values), step.target),
            missing=0,
            n=facts.n,
            window=facts.window,
            as_of=facts.as_of,
            method_version=self.method_version,
            trend=facts.trend,
        )

    def _not_yet(self, facts: F, words: Words) -> Drawn:
        say = words.shown.say
        return Drawn(
            key=self.key,
            title=say(self.title),
            state="not_yet",
            svg=None,
            size=(0.0, 0.0),
            spots=(),
            sentence=say(_NOT_YET[facts.band], more=say(self.more, n=facts.missing)),
            notes=(),
            table=Table(),
            next_step=NextStep(NextStepKey.SET_GOAL, say(SET_GOAL)),
            missing=facts.missing,
            n=facts.n,
            window=facts.window,
            as_of=facts.as_of,
            method_version=self.method_version,
            trend=None,
        )


SET_GOAL = N_("Set the next goal")
_NOT_YET = {
    Band.LOWER: N_("Only a few records yet. You can see it soon (%(more)s)."),
    Band.MIDDLE: N_("There are few records yet. You can see it after some more (%(more)s)."),
    Band.UPPER: N_("Not shown yet, because there are few records (%(more)s)."),
}
_WORDS = (SET_GOAL, *_NOT_YET.values())
