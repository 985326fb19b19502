"""The matrix as a page that people read: docs/access.md."""

from collections.abc import Collection, Iterator
from itertools import groupby

from flask import Flask

from tests.access import rows
from tests.access.calls import routes
from tests.access.knocking import knocks
from tests.access.people import WHO, Whose
from tests.access.rows import ROWS, Door

#: Whose -> its letter in a cell.
LETTERS = {
    Whose.OWN: "o",
    Whose.CLASS: "c",
    Whose.FORMER: "f",
    Whose.SCHOOL: "s",
    Whose.MOVED: "m",
    Whose.OTHER_SCHOOL: "x",
    Whose.OTHER_DISTRICT: "d",
}
_HEAD = """\
# Who may open what

Written by `python tools/access.py` from `tests/access/rows.py`, where the law stands. The test
`tests/access/test_matrix.py` calls every cell of this page on SQLite and on PostgreSQL, and hears
whether the door opens: a route without a row fails, and so does a row without a route.

## How to read it

A line is a route. A column is somebody at one school, the primary school of the district, but for
"office of another district", to whom only `d` may ever open. A cell says whose data opens to them:

| in a cell | whose data |
|---|---|
| o | their own |
| c | of their class, or of a class that they teach |
| f | of a child who was in that class until yesterday; of classes: the class of last year |
| s | of the school, of another class |
| m | of a child who went on to another school, as it was written at this one |
| x | of another school of the district |
| d | of another district |
| ✓ | the route is about nobody else's data; what it shows is narrowed in the same way |
| – | shut |

Each letter was called and found open. One that is missing was called and found shut, or there is
nothing of that kind, as a class has no child who moved. Shut means 404 for what others have, 403
for what the role never does, and the sign-in page or 401 for whoever is not known. Everybody in a
column has proved who they are in every way that is asked of them, a moment ago. What stays shut
before is named in `tests/architecture/test_grave_pages.py`, and tried there and in
`tests/people/accounts/proving/test_routes.py`.

Launches of platforms and answers of providers are open to everybody and prove by themselves where
they come from: `tests/people/lti`, `tests/people/accounts/oidc` and `tests/attacks` bring those
that are forged.

What a page shows of all that stands behind its door is another question: the 50,000 tries of
`bench/attacks.py` ask it.

## The doors

"""


def page(app: Flask) -> str:
    """The whole page."""
    return _HEAD + _legend() + "".join(_sections(app))


def _names() -> dict[int, str]:
    return {id(value): name for name, value in vars(rows).items() if isinstance(value, Door)}


def _legend() -> str:
    names = _names()
    found = {id(each): each for each in ROWS.values()}
    lines = [f"| {_spoken(names[key])} | {found[key].law} |" for key in found]
    return "| door | who comes in |\n|---|---|\n" + "\n".join(sorted(lines)) + "\n"


def _sections(app: Flask) -> Iterator[str]:
    names = _names()
    head = "| route | door | " + " | ".join(who.title for who in WHO.values()) + " |\n"
    head += "|---|---|" + "---|" * len(WHO) + "\n"
    for blueprint, found in groupby(routes(app), key=lambda each: each[0].partition(".")[0]):
        yield f"\n## {blueprint}\n\n{head}"
        for endpoint, method, rule in found:
            opens = ROWS[endpoint]
            cells = [
                cell(opens, who, [it.whose for it in knocks(endpoint, method, rule, who)])
                for who in WHO
            ]
            address = rule.rule.replace("uuid:", "").replace("string:", "").replace("path:", "")
            door = _spoken(names[id(opens)])
            yield f"| {method} `{address}` | {door} | " + " | ".join(cells) + " |\n"


def cell(opens: Door, who: str, called: Collection[Whose | None]) -> str:
    """What stands in one cell: whose data opens, of those about which somebody knocks."""
    if None in called:
        return "✓" if opens.opens(who, None) else "–"
    return "".join(LETTERS[it] for it in Whose if it in called and opens.opens(who, it)) or "–"


def _spoken(name: str) -> str:
    return name.lower().replace("_", " ")
