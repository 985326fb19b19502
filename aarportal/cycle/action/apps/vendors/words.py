"""Verbs, extensions and kinds of apps that are understood here, as tables, pure.

They are taken from the code that reads statements, so that the page for vendors cannot drift.
"""

from collections.abc import Iterable

from aarportal.cycle.action import connectors, vocabulary

Rows = list[tuple[str, ...]]


def verbs() -> tuple[Rows, Rows]:
    """(our key, the IRIs that mean it) of verbs that are learning, and of those that are not."""
    by_key: dict[str, list[str]] = {}
    for iri, key in vocabulary.VERB_KEYS.items():
        by_key.setdefault(key, []).append(iri)
    rows: dict[str, tuple[str, ...]] = {
        key: (key, "\n".join(iris)) for key, iris in sorted(by_key.items())
    }
    learning = [row for key, row in rows.items() if key not in vocabulary.NOT_LEARNING]
    return learning, [row for key, row in rows.items() if key in vocabulary.NOT_LEARNING]


def extensions() -> Rows:
    """The extensions by which subject, unit and the like are known."""
    return [(iri,) for iri in sorted(vocabulary.CORE_EXTENSIONS)]


def kinds() -> Rows:
    """(kind, the type IRIs that mean it) of activities."""
    by_kind: dict[str, list[str]] = {}
    for iri, kind in vocabulary.ACTIVITY_KINDS.items():
        by_kind.setdefault(kind, []).append(iri)
    return [(kind, "\n".join(iris)) for kind, iris in sorted(by_kind.items())]


def senders() -> Rows:
    """(what is read, by which signs it is known) for each connector, the most specific first."""
    return [
        (each.label, "\n".join(_signs(each.looked_for)))
        for each in connectors.discover()
        if each.key != "table"
    ]


def _signs(looked_for: connectors.LookedFor) -> Iterable[str]:
    yield from sorted(looked_for.categories)
    yield from sorted(looked_for.extensions)
    yield from sorted(f"platform: {each}" for each in looked_for.platforms)


def subjects() -> Rows:
    """(our key, the names and codes that mean it) of subjects."""
    by_key: dict[str, list[str]] = {}
    for name, key in vocabulary.SUBJECT_KEYS.items():
        if name != key:
            by_key.setdefault(key, []).append(name)
    return [(key, "・".join(names)) for key, names in sorted(by_key.items())]
