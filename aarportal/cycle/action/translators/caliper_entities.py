"""The parts of a Caliper event: who, what, how well, and around it."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import msgspec
from msgspec import Struct

from aarportal.cycle.action.translators import OURS
from aarportal.cycle.action.translators.caliper_vocabulary import COURSE, term, type_iri
from aarportal.cycle.action.vocabulary import COURSE_OF_STUDY_CODE
from aarportal.cycle.action.xapi.statement_model import Duration, Iri
from aarportal.cycle.units.curriculum.codes import is_code

#: What our own keys for Caliper begin with.
OURS_CALIPER = OURS + "caliper:"

_ANONYMOUS = re.compile(r"\Ahttps?://purl\.imsglobal\.org/caliper/[A-Za-z]+\Z")
_USER_PATH = re.compile(
    r"\A/users?/(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?\Z", re.IGNORECASE
)
_MAILTO = re.compile(r"\Amailto:[^@\s\x00]+@[^@\s\x00]+\Z")
_URN = re.compile(r"\Aurn:[A-Za-z0-9][A-Za-z0-9-]*(?=:)")
_BARE_UUID = re.compile(r"\A[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_CODE_IRI = re.compile(r"\Ahttps?://w3id\.org/jp-cos/(?P<code>[0-9A-Za-z]{16})\Z")
_PERSONS = frozenset({"Person", "Learner"})
_LONGEST_CHAIN = 8


class Entity(Struct, frozen=True):
    """A thing of a Caliper event; all empty when there is none.

    Attributes:
        id: Its IRI as sent.
        type: Its type, as a term.
        said: Everything it says of itself.
    """

    id: str = ""
    type: str = ""
    said: dict[str, Any] = {}

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.id or self.said)

    @property
    def name(self) -> str:
        """Its name, empty without one."""
        name = self.said.get("name")
        return name if isinstance(name, str) else ""

    @property
    def is_person(self) -> bool:
        """Whether it stands for a human being; a bare IRI says nothing."""
        return self.type in _PERSONS

    @property
    def is_anonymous(self) -> bool:
        """Whether its id means nobody in particular.

        An anonymous entity has the IRI of its type as its id, and a blank node is known in one
        document only.
        """
        return not self.id or self.id.startswith("_:") or bool(_ANONYMOUS.match(self.id))

    def part(self, name: str) -> "Entity":
        """What stands under one of its properties."""
        return entity(self.said.get(name))


def entity(value: Any) -> Entity:
    """An entity, written out or as its IRI; the first one of a list."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return Entity(id=value)
    if not isinstance(value, dict):
        return Entity()
    id_, type_ = value.get("id"), value.get("type")
    return Entity(
        id=id_ if isinstance(id_, str) else "",
        type=term(type_) if isinstance(type_, str) else "",
        said=value,
    )


def is_iri(text: str) -> bool:
    """Whether text can stand where xAPI wants an IRI."""
    return _is(text, Iri)


def _is(text: str, kind: Any) -> bool:
    """Whether text keeps the rule of a type of statements."""
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True


# --- who ----------------------------------------------------------------------------------------


def agent(who: Entity, sensor: str) -> dict[str, Any]:
    """An entity as an xAPI agent, told from its id alone.

    `https://host/user/<uuid>` is the account <uuid> at https://host; any other id is an account
    of its whole self where it comes from, so that one id always means the same account.

    Args:
        who: A person or a program with an id of its own.
        sensor: Id of the sender, to whom an id belongs that says nothing of where it comes from.
    """
    if _MAILTO.match(who.id):
        return {"objectType": "Agent", "mbox": who.id}
    home_page, name = origin(who.id), who.id.replace("\x00", "�")
    found = _USER_PATH.match(_path(who.id)) if home_page else None
    if found:
        name = found["uuid"]
    elif not home_page:
        urn = _URN.match(who.id)
        if urn:
            home_page = urn.group()
        elif _BARE_UUID.match(who.id):
            home_page = "urn:uuid"
        else:
            home_page = origin(sensor) or f"{OURS_CALIPER}sensor:{quote(sensor, safe='')}"
    return {"objectType": "Agent", "account": {"homePage": home_page, "name": name}}


def origin(iri: str) -> str:
    """Scheme and host of a web address; empty for anything else."""
    try:
        parts = urlsplit(iri)
        host = parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    found = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
    return found if is_iri(found) else ""


def _path(iri: str) -> str:
    """The path of a web address."""
    return urlsplit(iri).path


# --- what ---------------------------------------------------------------------------------------


def attempt_of(event: dict[str, Any]) -> Entity:
    """The attempt that an event is about, wherever it stands."""
    generated, thing = entity(event.get("generated")), entity(event.get("object"))
    for each in (generated, thing):
        if each.type == "Attempt":
            return each
    found = generated.part("attempt") or thing.part("attempt")
    # What is graded is an attempt even where only its IRI is sent.
    is_grade = term(str(event.get("type"))) in {"GradeEvent", "OutcomeEvent"}
    return found or (thing if is_grade else Entity())


def worked_on(event: dict[str, Any], attempt: Entity) -> Entity:
    """The thing that was worked on: of an attempt, what it was an attempt at."""
    thing = entity(event.get("object"))
    if thing.id == attempt.id and attempt:
        return attempt.part("assignable") or thing
    return thing


def activity(thing: Entity, owner: UUID) -> dict[str, Any]:
    """An entity as an xAPI activity.

    Args:
        thing: The entity.
        owner: Id of the statement, for things that have no name outside of it.
    """
    usable = is_iri(thing.id) and not thing.is_anonymous
    definition: dict[str, Any] = {}
    if thing.type:
        definition["type"] = type_iri(thing.type)
    if thing.name:
        definition["name"] = {"und": thing.name}
    description = thing.said.get("description")
    if isinstance(description, str) and description:
        definition["description"] = {"und": description}
    extended = extensions(thing.said, None)
    codes = sorted(_codes(thing))
    if codes:
        extended.setdefault(COURSE_OF_STUDY_CODE, codes)
    if extended:
        definition["extensions"] = extended
    found: dict[str, Any] = {"objectType": "Activity"}
    found["id"] = thing.id if usable else f"urn:uuid:{owner}#{quote(thing.id, safe='')}"
    if definition:
        found["definition"] = definition
    return found


def extensions(said: Mapping[str, Any], only: Collection[str] | None) -> dict[str, Any]:
    """The extensions that xAPI can hold under the same keys: those whose key is an IRI."""
    found = said.get("extensions")
    if not isinstance(found, dict):
        return {}
    return {
        key: value for key, value in found.items() if (only is None or key in only) and is_iri(key)
    }


def _codes(thing: Entity) -> Iterator[str]:
    """学習指導要領コード among the learning objectives of a thing."""
    for name in ("learningObjectives", "alignedLearningObjective"):
        objectives = thing.said.get(name)
        for each in objectives if isinstance(objectives, list) else [objectives]:
            objective = entity(each)
            found = _CODE_IRI.match(objective.id)
            code = found["code"] if found else objective.name
            if is_code(code):
                yield code


def activities_around(event: dict[str, Any], thing: Entity) -> dict[str, list[dict[str, Any]]]:
    """What a thing is part of, the course around it, and where somebody came from."""
    whole = [each for each in _chain(thing, "isPartOf") if is_iri(each.id)]
    courses = [
        each
        for each in _chain(entity({"subCourseOf": event.get("group")}), "subCourseOf")
        if is_iri(each.id) and not each.is_anonymous
    ]
    around = {
        "parent": [_named(each) for each in whole[:1]],
        "grouping": [
            *(_named(each) for each in whole[1:]),
            *(_named(each, COURSE) for each in courses),
        ],
        "other": [
            _named(each)
            for each in (entity(event.get("referrer")), entity(event.get("target")))
            if is_iri(each.id) and each.id != thing.id
        ],
    }
    return {relation: activities for relation, activities in around.items() if activities}


def _chain(thing: Entity, link: str) -> Iterator[Entity]:
    """What a thing hangs on, and what that hangs on."""
    for _ in range(_LONGEST_CHAIN):
        thing = thing.part(link)
        if not thing:
            return
        yield thing


def _named(thing: Entity, type_: str = "") -> dict[str, Any]:
    """An activity around the object, with no more than its type and name."""
    definition: dict[str, Any] = {}
    if thing.type or type_:
        definition["type"] = type_iri(thing.type) if thing.type else type_
    if thing.name:
        definition["name"] = {"und": thing.name}
    return {"id": thing.id, "definition": definition} if definition else {"id": thing.id}


# --- how well -----------------------------------------------------------------------------------


def _number(value: Any) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def score(generated: Entity) -> dict[str, float]:
    """A Caliper Score, or the Result of 1.0, as an xAPI score.

    More points than the maximum (extra credit) are kept without the maximum, which xAPI would
    refuse.
    """
    said = generated.said
    if generated.type == "Score":
        raw, highest = _number(said.get("scoreGiven")), _number(said.get("maxScore"))
    elif generated.type == "Result":
        total = _number(said.get("resultScore"))
        raw = _number(said.get("totalScore")) if total is None else total
        highest = _number(said.get("maxResultScore"))
    else:
        return {}
    if raw is None:
        return {}
    if highest is None or highest <= 0 or not 0 <= raw <= highest:
        return {"raw": raw}
    return {"scaled": round(raw / highest, 7), "raw": raw, "min": 0, "max": highest}


#: Where the kinds of response, annotation and feedback keep what was said.
_SPOKEN = (
    "value",
    "values",
    "selections",
    "dateSelected",
    "dateTimeSelected",
    "body",
    "bookmarkNotes",
    "selectionText",
    "tags",
    "searchTerms",
)


def response(generated: Entity) -> str:
    """What somebody answered, noted, marked or looked for; several things as xAPI lists them."""
    spoken = {**generated.part("query").said, **generated.said}
    for name in _SPOKEN:
        value = spoken.get(name)
        values = value if isinstance(value, list) else [value]
        texts = [text for text in map(_text, values) if text]
        if texts:
            return "[,]".join(texts)
    return ""


def _text(value: Any) -> str:
    """A text or a number as text; an entity by its value."""
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else "" if _number(value) is None else str(value)


def duration(timed: Entity) -> str:
    """How long something took: as it says, or from its beginning to its end; empty if unknown."""
    said = timed.said.get("duration")
    if isinstance(said, str) and _is(said, Duration):
        return said
    try:
        began = datetime.fromisoformat(timed.said["startedAtTime"])
        ended = datetime.fromisoformat(timed.said["endedAtTime"])
        lasted = (ended - began).total_seconds()
    except (KeyError, TypeError, ValueError):
        return ""
    return f"PT{lasted:.2f}S" if lasted >= 0 else ""


def seconds(thing: Entity, name: str) -> float | None:
    """A property that is a length of time (`PT30M54S`), in seconds; None without one."""
    said = thing.said.get(name)
    found = _LENGTH.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        return None
    days, hours, minutes, rest = (float((part or "0").replace(",", ".")) for part in found.groups())
    total = days * 86_400 + hours * 3_600 + minutes * 60 + rest
    return round(total, 3) if math.isfinite(total) else None


#: Months and years have no fixed length, and no film is that long.
_LENGTH = re.compile(
    r"P(?=.)(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:[.,][0-9]+)?)S)?)?"
)
