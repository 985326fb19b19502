"""Questions about the courses of study."""

from collections.abc import Collection, Sequence

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import aliased

from aarportal.core.scope import AppScope, Scope, SystemScope
from aarportal.cycle.units.curriculum import codes
from aarportal.cycle.units.curriculum.models import CurriculumItem

AnyScope = Scope | AppScope | SystemScope
#: More than anybody reads through; whoever searches says more.
MAX_FOUND = 40
#: Deeper than any heading stands; a list that goes in circles ends here.
_DEEPEST = 20


def item(scope: AnyScope, code: str) -> CurriculumItem | None:
    """The item with this code; None for a code of the right form that no loaded list has."""
    return scope.session.scalar(select(CurriculumItem).where(CurriculumItem.code == code))


def items(scope: AnyScope, wanted: Collection[str]) -> dict[str, CurriculumItem]:
    """Those of the codes that a loaded list has."""
    if not wanted:
        return {}
    rows = scope.session.scalars(select(CurriculumItem).where(CurriculumItem.code.in_(wanted)))
    return {row.code: row for row in rows}


def ancestors(scope: AnyScope, code: str) -> list[CurriculumItem]:
    """The headings above an item, the outermost first."""
    above = (
        select(CurriculumItem.parent_code, literal(1).label("distance"))
        .where(CurriculumItem.code == code)
        .cte("above", recursive=True)
    )
    heading = aliased(CurriculumItem)
    above = above.union(
        select(heading.parent_code, above.c.distance + 1).where(
            heading.code == above.c.parent_code, above.c.distance < _DEEPEST
        )
    )
    rows = scope.session.scalars(
        select(CurriculumItem)
        .join(above, above.c.parent_code == CurriculumItem.code)
        .order_by(above.c.distance.desc())
    )
    return list(dict.fromkeys(rows))


def children(scope: AnyScope, code: str) -> Sequence[CurriculumItem]:
    """What stands directly beneath an item, by code."""
    rows = scope.session.scalars(select(CurriculumItem).where(CurriculumItem.parent_code == code))
    return sorted(rows, key=lambda row: row.code)


def search(
    scope: AnyScope,
    text: str = "",
    *,
    school: str = "",
    grade: int | None = None,
    subject: str = "",
) -> Sequence[CurriculumItem]:
    """Items whose text has every word of `text`, or whose code begins with it, by code.

    Not more than `MAX_FOUND`.
    """
    text = text.strip()
    query = select(CurriculumItem)
    begins = CurriculumItem.code.startswith(text, autoescape=True)
    for word in text.split():
        said = CurriculumItem.text.contains(word, autoescape=True)
        query = query.where(said | begins if word == text else said)
    if school:
        query = query.where(CurriculumItem.school == school)
    if subject:
        query = query.where(CurriculumItem.subject == subject)
    if grade is not None:
        # Grades have one digit each.
        query = query.where(cast(CurriculumItem.grades, String).contains(str(grade)))
    return sorted(scope.session.scalars(query), key=lambda row: row.code)[:MAX_FOUND]


def subjects_of(scope: AnyScope, wanted: Collection[str]) -> dict[str, str]:
    """The subject that each code belongs to, as far as loaded lists tell.

    A code that stands in no list has the subject that all listed codes with the same beginning
    share.
    """
    found = {code: row.subject for code, row in items(scope, wanted).items()}
    strange = {codes.subject_part(code) for code in wanted if code not in found}
    if not strange:
        return {code: subject for code, subject in found.items() if subject}
    beginning = func.substr(CurriculumItem.code, 1, len(next(iter(strange))))
    shared: dict[str, set[str]] = {}
    for part, subject in scope.session.execute(
        select(beginning, CurriculumItem.subject).where(beginning.in_(strange)).distinct()
    ):
        shared.setdefault(part, set()).add(subject)
    for code in wanted:
        subjects = shared.get(codes.subject_part(code), set())
        if code not in found and len(subjects) == 1:
            found[code] = next(iter(subjects))
    return {code: subject for code, subject in found.items() if subject}
