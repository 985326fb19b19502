"""The catalogue of ways to learn, and the pieces of an if-then plan: codes -> English texts.

Source: the project's pedagogy text, section A.2 (start set of strategies).
"""

from dataclasses import dataclass

from aarportal.core.words import mark

#: A goal carries at most this many ways; more cannot be tried at once.
MAX_STRATEGIES = 2


@dataclass(frozen=True)
class Strategy:
    """One way to learn, in the words of grades 1-4 and in those of grades 5-9."""

    label: str
    upper_label: str

    def label_for(self, band: str) -> str:
        """The English text for a band (L, M or U; anything else reads like M)."""
        return self.upper_label if band == "U" else self.label


STRATEGIES: dict[str, Strategy] = {
    "recall": Strategy(
        mark("Remember it without looking"), mark("Recall it with nothing in sight")
    ),
    "space": Strategy(mark("Do it again on another day"), mark("Review it at intervals")),
    "errors": Strategy(mark("Write why it was wrong"), mark("Study my mistakes")),
    "explain": Strategy(mark("Explain it to somebody"), mark("Explain it in my own words")),
    "picture": Strategy(mark("Draw a picture or a table"), mark("Put it into figures or graphs")),
    "model": Strategy(mark("Follow an example"), mark("Trace an example step by step")),
    "rehearse": Strategy(mark("Say it aloud, write it again"), mark("Read aloud and repeat")),
    "group": Strategy(mark("Sort it into groups"), mark("Classify and sum up")),
    "link": Strategy(mark("Link it to what I know"), mark("Relate it to lessons and life")),
    "ask": Strategy(mark("Ask a teacher or a friend"), mark("Decide what to ask, then ask")),
    "split": Strategy(mark("Do it in small parts"), mark("Split it into small steps")),
    "place": Strategy(mark("Change the place"), mark("Change place, time or setting")),
    "together": Strategy(mark("Do it with a friend"), mark("Work on it together")),
    "rest": Strategy(mark("Take a short rest"), mark("Plan a break")),
}

#: 〔いつ〕: the moment an if-then plan waits for.
CUES: dict[str, str] = {
    "at_start": mark("When I begin"),
    "half_way": mark("Half way through"),
    "after_lesson": mark("After the lesson"),
    "at_home": mark("At home"),
}

#: 〔こまりそうなこと〕: what may get in the way.
OBSTACLES: dict[str, str] = {
    "not_clear": mark("I do not understand"),
    "mistakes": mark("I make many mistakes"),
    "no_drive": mark("I do not feel like it"),
    "distracted": mark("My mind wanders"),
    "short_time": mark("There is too little time"),
}

#: 〔そのときする こと〕 beside the strategies that can answer an obstacle.
RESPONSES: dict[str, str] = {
    "look_back": mark("Look back in the book"),
    "hint": mark("Look at a hint"),
    "next_one": mark("Skip it and come back"),
    "smaller_goal": mark("Make my goal smaller"),
}

#: Strategies that are also answers to an obstacle, in the order in which they are offered.
RESPONSE_STRATEGIES = ("ask", "model", "split", "rest", "place")


def strategy_label(code: str, band: str) -> str:
    """The English text of a strategy; empty for a code that is not in the catalogue."""
    known = STRATEGIES.get(code)
    return known.label_for(band) if known else ""


def responses(band: str) -> dict[str, str]:
    """What may be done against an obstacle: code -> English text for the band."""
    own = {code: STRATEGIES[code].label_for(band) for code in RESPONSE_STRATEGIES}
    return {"look_back": RESPONSES["look_back"], **own, **RESPONSES}


def piece_label(value: str, band: str) -> str:
    """The English text of any piece of an if-then plan; empty for a child's own words."""
    return (
        CUES.get(value) or OBSTACLES.get(value) or RESPONSES.get(value)
        or strategy_label(value, band)
    )  # fmt: skip
