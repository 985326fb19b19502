"""What tells the shape of a statement, looked at once for all connectors.

Statements of one shape have equal signs, so what was chosen for some is known for all of them. The
signs hold only words that some connector asked for: there are few, whatever an app sends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import UNSET

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors._record import extension_maps, kind_of, outer
from aarportal.cycle.action.xapi.statement_model import Activities, Activity
from aarportal.cycle.action.xapi.statements import Statement, as_list

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LookedFor:
    """The words that tell something to any connector.

    Attributes:
        categories: Beginnings of the IRIs of profiles and recipes.
        extensions: Keys of extensions.
        platforms: Names of platforms.
    """

    categories: tuple[str, ...] = ()
    extensions: frozenset[str] = _NONE
    platforms: frozenset[str] = _NONE

    @classmethod
    def together(cls, every: Iterable["LookedFor"]) -> "LookedFor":
        """What any of them looks for."""
        kept = list(every)
        return cls(
            tuple(sorted({prefix for each in kept for prefix in each.categories})),
            _NONE.union(*(each.extensions for each in kept)),
            _NONE.union(*(each.platforms for each in kept)),
        )


class Signs(NamedTuple):
    """The signs of one statement.

    Attributes:
        about_activity: Whether its object is an activity, not a person or another statement.
        verb: Key of `action.vocabulary`; None for a verb that no table knows.
        kind: Kind of the activity, where it has a type that is listed.
        in_book: Whether the activity is a page of a book.
        platform: The platform, where somebody looks for it.
        categories: The beginnings looked for that a category has.
        extensions: The keys looked for, of the activity, the context, or what it is part of.
    """

    about_activity: bool
    verb: str | None
    kind: str | None
    in_book: bool
    platform: str
    categories: frozenset[str]
    extensions: frozenset[str]


def signs_of(statement: Statement, looked_for: LookedFor) -> Signs:
    """Look at a statement once."""
    thing, context = statement.object, statement.context
    kind = kind_of(thing) if isinstance(thing, Activity) else None
    wanted, extensions = looked_for.extensions, _NONE
    for each in extension_maps(statement):
        if not wanted.isdisjoint(each):
            extensions |= wanted.intersection(each)
    platform = context.platform if context else UNSET
    around = context.context_activities if context else UNSET
    return Signs(
        isinstance(thing, Activity),
        vocabulary.verb_key(statement.verb.id),
        kind,
        kind == "page" and any(kind_of(each) == "book" for each in outer(statement)),
        str(platform) if platform in looked_for.platforms else "",
        _named(around.category, looked_for.categories) if around and around.category else _NONE,
        extensions,
    )


def _named(categories: Activities, prefixes: tuple[str, ...]) -> frozenset[str]:
    """The beginnings that the categories have."""
    found = _NONE
    for each in as_list(categories):
        # Most have none of them, and one look at all is as quick as one at each.
        if each.id.startswith(prefixes):
            found |= {prefix for prefix in prefixes if each.id.startswith(prefix)}
    return found
