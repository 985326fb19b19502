"""The JSON of an xAPI statement as types that check themselves while they are decoded.

Attributes are spelt the Python way, the wire the xAPI way. A property that is absent is `UNSET`
(which is falsy); `null` is refused everywhere except inside extensions. The types take what xAPI
1.0.3 or 2.0 allows; where one of them refuses what the other takes, `statements` looks closer.

Source: xAPI 1.0.3, part two (data), sections 2.2, 2.4 and 4; IEEE 9274.1.1 (xAPI 2.0), 4.2.
"""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

# Most of the time that a statement takes goes into these patterns, so the usual form stands first
# and what matched is never tried again in another way.
# Fractions may stand only in the last part of a duration, weeks stand alone, and `P16559.14S` is
# an example of the specification itself although ISO 8601 wants a T before seconds.
_NUMBER = r"\d+(?:[.,]\d+)?"
DURATION_PATTERN = (
    rf"\A(?:PT\d++(?:\.\d++)?+S\Z|P(?!\d+[.,]\d+[A-Z].)(?!.*[.,]\d+[A-Z].)"
    rf"(?:{_NUMBER}W|{_NUMBER}S|(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)\Z)"
)
_IRI = r"\A[A-Za-z][A-Za-z0-9+.\-]*+:[!#-;=?-\[\]_a-z~\x80-\U0010ffff]++\Z"
_UUID = r"\A[0-9A-Fa-f]{8}+-[0-9A-Fa-f]{4}+-[0-9A-Fa-f]{4}+-[0-9A-Fa-f]{4}+-[0-9A-Fa-f]{12}+\Z"
_MAILTO = r"\Amailto:[^@\s\x00]+@[^@\s\x00]+\Z"
_SHA1 = r"\A[0-9A-Fa-f]{40}\Z"
_SHA2 = r"\A(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})\Z"
# It becomes a header of a part of an answer, so no line may end in it.
_MEDIA_TYPE = r"\A[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:[ \t]*;[\t\x20-\x7e]+)?\Z"
_VERSION = r"\A[12]\.0(?:\.\d+)?\Z"
# -00:00 means "offset unknown", and a moment that is not known cannot be stored.
_TIMESTAMP = (
    r"\A\d{4}+-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d++)?+)?+"
    r"(?:[Zz]|(?!-00(?::?00)?\Z)[+\-]\d\d(?::?\d\d)?)?\Z"
)
# RFC 5646, with the registered irregular tags reduced to those that begin with i-; an extension
# may stand only once in front of what is private.
_LANGUAGE = (
    r"\A(?:[a-z]{2}(?:-[A-Z]{2})?+\Z|"
    r"(?!(?:(?![xX]-)[^-]+-)+?([0-9A-WY-Za-wy-z])-(?:(?![xX]-)[^-]+-)*?(?i:\1)-)"
    r"(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?"
    r"(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*"
    r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?"
    r"|[xX](?:-[A-Za-z0-9]{1,8})+|[iI](?:-[A-Za-z0-9]{2,8})+)\Z)"
)
# No database keeps a NUL in a text column, and no person has one in a name.
_NAME = r"\A[^\x00]+\Z"

#: Regular expression -> what to call it in front of the programmer whose statement was refused.
RULES = {
    DURATION_PATTERN: "an ISO 8601 duration",
    _IRI: "an absolute IRI",
    _UUID: "a UUID",
    _MAILTO: "a mailto IRI",
    _SHA1: "a hex-encoded SHA-1",
    _SHA2: "a hex-encoded SHA-2",
    _MEDIA_TYPE: "a media type",
    _VERSION: "a version 1.0.x or 2.0.x",
    _TIMESTAMP: "an ISO 8601 timestamp with a known offset",
    _LANGUAGE: "an RFC 5646 language tag",
    _NAME: "a string that is not empty",
}

Iri: TypeAlias = Annotated[str, Meta(pattern=_IRI)]
UuidText: TypeAlias = Annotated[str, Meta(pattern=_UUID)]
Timestamp: TypeAlias = Annotated[str, Meta(pattern=_TIMESTAMP)]
Duration: TypeAlias = Annotated[str, Meta(pattern=DURATION_PATTERN)]
LanguageTag: TypeAlias = Annotated[str, Meta(pattern=_LANGUAGE)]
Name: TypeAlias = Annotated[str, Meta(pattern=_NAME)]
LanguageMap: TypeAlias = dict[LanguageTag, str]
Extensions: TypeAlias = dict[Iri, Any]
RelevantTypes: TypeAlias = Annotated[list[Iri], Meta(min_length=1)]
InteractionType: TypeAlias = Literal[
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
]

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


class RuleError(ValueError):
    """A rule between properties is broken.

    Attributes:
        where: Path of the property below the object that was being decoded, such as `.score.raw`.
    """

    def __init__(self, message: str, where: str = "") -> None:
        """Keep the place beside the message."""
        super().__init__(message)
        self.where = where


class _Json(Struct, frozen=True, forbid_unknown_fields=True):
    """Immutable, and nothing in it that xAPI does not know."""


class Account(_Json, frozen=True, gc=False):
    """A user account on some system."""

    home_page: Iri = field(name="homePage")
    name: Name


class _Identified(_Json, frozen=True):
    """Whoever may carry one of the four inverse functional identifiers."""

    name: str | UnsetType = UNSET
    mbox: Annotated[str, Meta(pattern=_MAILTO)] | UnsetType = UNSET
    mbox_sha1sum: Annotated[str, Meta(pattern=_SHA1)] | UnsetType = UNSET
    openid: Iri | UnsetType = UNSET
    account: Account | UnsetType = UNSET

    def identifiers(self) -> int:
        """How many identifiers it carries."""
        return (
            (self.account is not UNSET)
            + (self.mbox is not UNSET)
            + (self.mbox_sha1sum is not UNSET)
            + (self.openid is not UNSET)
        )


class Agent(_Identified, frozen=True):
    """One person or system."""

    object_type: Literal["Agent"] | UnsetType = field(name="objectType", default=UNSET)

    def __post_init__(self) -> None:
        """Count the identifiers."""
        if self.identifiers() != 1:
            raise RuleError("An Agent needs exactly one of mbox, mbox_sha1sum, openid, account")


class Actor(_Identified, frozen=True):
    """An Agent, or a Group of Agents."""

    object_type: Literal["Agent", "Group"] | UnsetType = field(name="objectType", default=UNSET)
    member: list[Agent] | UnsetType = UNSET

    @property
    def is_group(self) -> bool:
        """Whether it stands for several people."""
        return self.object_type == "Group"

    def __post_init__(self) -> None:
        """Count the identifiers; only a group may have members, and only then do without."""
        found = self.identifiers()
        if not self.is_group:
            if self.member is not UNSET:
                raise RuleError("Only a Group has members", ".member")
            if found != 1:
                raise RuleError("An Agent needs exactly one of mbox, mbox_sha1sum, openid, account")
        elif found > 1:
            raise RuleError("A Group has at most one of mbox, mbox_sha1sum, openid, account")
        elif found == 0 and not self.member:
            raise RuleError("An anonymous Group needs members", ".member")


class Group(Actor, frozen=True, kw_only=True):
    """A Group where an Agent will not do."""

    object_type: Literal["Group"] = field(name="objectType")


class Verb(_Json, frozen=True):
    """The action."""

    id: Iri
    display: LanguageMap | UnsetType = UNSET


class Component(_Json, frozen=True):
    """One choice, step, source, target or mark on a scale."""

    id: Name
    description: LanguageMap | UnsetType = UNSET


_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


class Definition(_Json, frozen=True):
    """What is known of an activity; not part of the statement when two are compared."""

    name: LanguageMap | UnsetType = UNSET
    description: LanguageMap | UnsetType = UNSET
    type: Iri | UnsetType = UNSET
    more_info: Iri | UnsetType = field(name="moreInfo", default=UNSET)
    extensions: Extensions | UnsetType = UNSET
    interaction_type: InteractionType | UnsetType = field(name="interactionType", default=UNSET)
    correct_responses_pattern: list[str] | UnsetType = field(
        name="correctResponsesPattern", default=UNSET
    )
    choices: list[Component] | UnsetType = UNSET
    scale: list[Component] | UnsetType = UNSET
    source: list[Component] | UnsetType = UNSET
    target: list[Component] | UnsetType = UNSET
    steps: list[Component] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """An interaction says of which type it is, and its components have distinct ids."""
        interactive = self.correct_responses_pattern is not UNSET
        for name in _COMPONENT_LISTS:
            components = getattr(self, name)
            if components is not UNSET:
                interactive = True
                if len({component.id for component in components}) != len(components):
                    raise RuleError("Component ids must be distinct", f".{name}")
        if interactive and self.interaction_type is UNSET:
            raise RuleError("An interaction needs its interactionType", ".interactionType")


class Activity(_Json, frozen=True, kw_only=True):
    """What was acted on."""

    object_type: Literal["Activity"] | UnsetType = field(name="objectType", default=UNSET)
    id: Iri
    definition: Definition | UnsetType = UNSET


class StatementRef(_Json, frozen=True, gc=False):
    """A pointer to another statement."""

    object_type: Literal["StatementRef"] = field(name="objectType")
    id: UuidText


class Score(_Json, frozen=True, gc=False):
    """How well it went."""

    scaled: Annotated[float, Meta(ge=-1, le=1)] | UnsetType = UNSET
    raw: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET

    def __post_init__(self) -> None:
        """The raw score lies between the lowest and the highest."""
        if self.min is not UNSET:
            if self.max is not UNSET and self.min > self.max:
                raise RuleError("min must not be greater than max", ".min")
            if self.raw is not UNSET and self.raw < self.min:
                raise RuleError("raw must not be less than min", ".raw")
        if self.max is not UNSET and self.raw is not UNSET and self.raw > self.max:
            raise RuleError("raw must not be greater than max", ".raw")


class Result(_Json, frozen=True):
    """What came of it."""

    score: Score | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: str | UnsetType = UNSET
    duration: Duration | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


Activities: TypeAlias = Activity | list[Activity]


class ContextActivities(_Json, frozen=True):
    """Activities around the object; one alone may stand without its array."""

    parent: Activities | UnsetType = UNSET
    grouping: Activities | UnsetType = UNSET
    category: Activities | UnsetType = UNSET
    other: Activities | UnsetType = UNSET


class ContextAgent(_Json, frozen=True, kw_only=True):
    """Somebody who has to do with what happened, and as what; since xAPI 2.0."""

    object_type: Literal["contextAgent"] = field(name="objectType")
    agent: Agent
    relevant_types: RelevantTypes | UnsetType = field(name="relevantTypes", default=UNSET)


class ContextGroup(_Json, frozen=True, kw_only=True):
    """A group that has to do with what happened, and as what; since xAPI 2.0."""

    object_type: Literal["contextGroup"] = field(name="objectType")
    group: Group
    relevant_types: RelevantTypes | UnsetType = field(name="relevantTypes", default=UNSET)


class Context(_Json, frozen=True):
    """The circumstances."""

    registration: UuidText | UnsetType = UNSET
    instructor: Actor | UnsetType = UNSET
    team: Group | UnsetType = UNSET
    context_activities: ContextActivities | UnsetType = field(
        name="contextActivities", default=UNSET
    )
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: LanguageTag | UnsetType = UNSET
    statement: StatementRef | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET
    context_agents: list[ContextAgent] | UnsetType = field(name="contextAgents", default=UNSET)
    context_groups: list[ContextGroup] | UnsetType = field(name="contextGroups", default=UNSET)


class Attachment(_Json, frozen=True, kw_only=True):
    """The header of a file; the file itself travels beside the JSON or waits at a URL."""

    usage_type: Iri = field(name="usageType")
    display: LanguageMap
    description: LanguageMap | UnsetType = UNSET
    content_type: Annotated[str, Meta(pattern=_MEDIA_TYPE)] = field(name="contentType")
    length: Annotated[int, Meta(ge=0)]
    sha2: Annotated[str, Meta(pattern=_SHA2)]
    file_url: Iri | UnsetType = field(name="fileUrl", default=UNSET)


class _Claim(_Json, frozen=True):
    """Who did what, where and when: common to statements and sub-statements.

    What comes again and again stays raw here: `statements` has often seen the same text before.
    The object is raw for another reason, too: without `objectType` it is an Activity.
    """

    actor: Raw
    verb: Raw
    object: Raw
    result: Result | UnsetType = UNSET
    context: Raw | UnsetType = UNSET
    timestamp: Timestamp | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class SubStatementClaim(_Claim, frozen=True, kw_only=True):
    """A statement inside a statement, as it stands in the JSON."""

    object_type: Literal["SubStatement"] = field(name="objectType")


class StatementClaim(_Claim, frozen=True, kw_only=True):
    """A statement as it stands in the JSON."""

    id: UuidText | UnsetType = UNSET
    stored: Timestamp | UnsetType = UNSET
    authority: Actor | UnsetType = UNSET
    version: Annotated[str, Meta(pattern=_VERSION)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """A group that vouches for a statement is one application and one user."""
        vouching = self.authority
        if vouching is not UNSET and vouching.is_group:
            if vouching.identifiers():
                raise RuleError("A Group as authority is anonymous", ".authority")
            if len(vouching.member or ()) != 2:
                raise RuleError("A Group as authority has two members", ".authority.member")
