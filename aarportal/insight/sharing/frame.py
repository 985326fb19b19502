"""What every statement has in common: who publishes, what a lap is about, when it was; pure.

Source: ICT CONNECT 21, Japan xAPI Profiles, core v1.0.0 (2026-04-01).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from urllib.parse import quote
from uuid import UUID

from aarportal.core.words import mark
from aarportal.cycle.anticipation.strategies import STRATEGIES
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.insight.sharing.laps import Lap
from aarportal.people.roster.grades import grade_number
from aarportal.web.script import Script, draw_plain

Json = dict[str, Any]

JAPANESE = "ja-JP"
TINCAN = "http://id.tincanapi.com/"
STREAMS = "http://activitystrea.ms/schema/1.0/"
ADL = "http://adlnet.gov/expapi/"
JAPAN = "https://w3id.org/japan-xapi/extensions/"
_RECIPE_TYPE = TINCAN + "activitytype/recipe"
_UNIT_TYPE = ADL + "activities/module"


@dataclass(frozen=True)
class Sort:
    """A sort of activity.

    Attributes:
        key: Its part of an IRI of this portal.
        type: The IRI of its type.
        description: What it is, in English.
    """

    key: str
    type: str
    description: str


GOAL = Sort("goal", TINCAN + "activitytype/goal", mark("What the pupil means to reach"))
TASK = Sort("task", STREAMS + "task", mark("What the pupil means to do, in this order"))
WAY = Sort("strategy", TINCAN + "activitytype/strategy", mark("How the pupil means to learn"))


class Say(Protocol):
    """The words of a text in every language: tag -> words, without mark-up."""

    def __call__(self, msgid: str, /, **values: object) -> dict[str, str]:
        """Look the text up."""


@dataclass(frozen=True)
class Portal:
    """Who publishes.

    Attributes:
        base: The address of this portal, without a slash at its end.
        home_page: Where the names of people are accounts.
        platform: What this portal is called.
        say: The words of the pages.
    """

    base: str
    home_page: str
    platform: str
    say: Say

    def words(self, msgid: str, **values: object) -> str:
        """The Japanese words of a text."""
        return self.say(msgid, **values)[JAPANESE]

    def id(self, kind: str, id_: object) -> str:
        """The IRI of something that this portal knows."""
        return f"{self.base}/id/{kind}/{quote(str(id_), safe='')}"

    def extension(self, place: str, name: str) -> str:
        """A key of the study's own extensions."""
        return f"{self.base}/xapi/{place}extension/{name}"

    def person(self, name: str) -> Json:
        """An agent by the name that other systems know."""
        return {"objectType": "Agent", "account": {"homePage": self.home_page, "name": name}}


def verb(id_: str, display: str) -> Json:
    """A verb with its English display."""
    return {"id": id_, "display": {"en": display}}


def recipe(id_: str) -> Json:
    """The recipe that a statement follows, as a category."""
    return {"objectType": "Activity", "id": id_, "definition": {"type": _RECIPE_TYPE}}


def activity(
    portal: Portal, lap: Lap, sort: Sort, id_: UUID, extensions: Mapping[str, Any] | None = None
) -> Json:
    """Something of a lap, under the name of what the lap is about."""
    definition: Json = {
        "type": sort.type,
        "name": _about(portal, lap),
        "description": portal.say(sort.description),
    }
    if extensions:
        definition["extensions"] = dict(extensions)
    return {"objectType": "Activity", "id": portal.id(sort.key, id_), "definition": definition}


def way(portal: Portal, lap: Lap, extensions: Mapping[str, Any]) -> Json:
    """The way of a lap, under the names of the strategies that were chosen."""
    found = activity(portal, lap, WAY, lap.id, extensions)
    if lap.ways:
        found["definition"]["name"] = named(portal, lap.ways)
    return found


def named(portal: Portal, ways: tuple[str, ...]) -> dict[str, str]:
    """The names of strategies, in every language."""
    names = [portal.say(STRATEGIES[code].upper_label) for code in ways if code in STRATEGIES]
    if not names:
        return {JAPANESE: "・".join(ways)}
    return {
        tag: ("・" if tag == JAPANESE else ", ").join(name[tag] for name in names)
        for tag in names[0]
    }


def learned(portal: Portal, lap: Lap) -> list[Json]:
    """What is learned in a lap: its unit, else its subject, else what the lap itself brings."""
    if lap.unit_id is not None:
        id_ = portal.id("unit", lap.unit_id)
    elif lap.subject:
        id_ = portal.id("subject", lap.subject)
    else:
        id_ = portal.id("lap", lap.id)
    definition = {"type": _UNIT_TYPE, "name": _about(portal, lap)}
    return [{"objectType": "Activity", "id": id_, "definition": definition}]


def context_of(portal: Portal, lap: Lap) -> Json:
    """The context of whatever is said about an activity in a lap."""
    known = core(portal, lap)
    return {
        "registration": str(lap.id),
        "platform": portal.platform,
        "language": JAPANESE,
        **({"extensions": known} if known else {}),
    }


def core(portal: Portal, lap: Lap) -> Json:
    """Grade, subject, unit and 学習指導要領コード, as far as they are known."""
    found: dict[str, list[str]] = {
        "grade": [_grade(grade) for grade in lap.grades if grade_number(grade)],
        "subject": [portal.words(SUBJECTS[lap.subject])] if lap.subject in SUBJECTS else [],
        "unit": [plain(lap.unit_title)] if lap.unit_title else [],
        "course-of-study-code": [lap.unit_code] if lap.unit_code else [],
    }
    return {JAPAN + name: values for name, values in found.items() if values}


def given(values: Mapping[str, Any]) -> Json:
    """What is known of some values."""
    return {name: value for name, value in values.items() if value not in {None, ""}}


def plain(text: str) -> str:
    """Text with readings, without them."""
    return draw_plain(text, Script.KANJI)


def end_of(day: date) -> str:
    """The last second of a day at school."""
    return f"{day.isoformat()}T23:59:59+09:00"


def moment(at: datetime) -> str:
    """A moment in UTC, to the millisecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _about(portal: Portal, lap: Lap) -> dict[str, str]:
    """What a lap is about: its unit, else its subject, else where it was made."""
    if lap.unit_title:
        return {JAPANESE: plain(lap.unit_title)}
    if lap.subject in SUBJECTS:
        return portal.say(SUBJECTS[lap.subject])
    return {JAPANESE: lap.subject or portal.platform}


def _grade(grade: str) -> str:
    """A grade as 教育データ標準 writes it."""
    return f"{'小' if grade[0] == 'P' else '中'}学校第{grade[1]}学年"
