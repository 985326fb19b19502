"""What a filter and an order mean for the rows of a list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select

from aarportal.core.ownership import SchoolOwned
from aarportal.core.scope import RosterScope
from aarportal.people.roster.models import (
    Class,
    Course,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.rest import entities, filters
from aarportal.people.roster.rest.filters import Clause, Filter, Type
from aarportal.people.roster.rest.parameters import Query

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Kind:
    """How one list is asked for.

    Attributes:
        columns: Property -> column that is compared.
        through: Property -> (own key, key and sourcedId of the other row).
    """

    model: Any
    columns: Mapping[str, Any]
    through: Mapping[str, tuple[Any, Any, Any]]

    @property
    def key(self) -> tuple[Any, ...]:
        """The columns of its key; `id` is the last."""
        is_of_school = issubclass(self.model, SchoolOwned)
        return (self.model.school_id, self.model.id) if is_of_school else (self.model.id,)


def filtered(scope: RosterScope, kind: Kind, objects: str, asked: Filter) -> Condition:
    """That a row is one of those that are asked for.

    Raises:
        RosterRequestError: If there is no filtering like that.
    """
    conditions = [_clause(scope, kind, objects, clause) for clause in asked.clauses]
    return or_(*conditions) if asked.either else and_(*conditions)


def _clause(scope: RosterScope, kind: Kind, objects: str, clause: Clause) -> Condition:
    how = filters.type_of(clause.field, entities.TYPES[objects])
    value = filters.value_of(clause, how)
    if clause.field in kind.through:
        own, key, named = kind.through[clause.field]
        # An optional one that is absent counts as the empty text.
        others = own.in_(select(key).where(_compared(scope, named, clause.operator, value)))
        blank = filters.compare("", clause.operator, value)
        return or_(others, own.is_(None)) if blank else others
    if how is Type.MOMENT and kind.model is User:
        return _user_changed(clause.operator, value)
    column = kind.columns[clause.field]
    if how is Type.TEXT:
        return _compared(scope, column, clause.operator, value)
    condition: Condition = _sign(column, clause.operator, value)
    return or_(condition, column.is_(None)) if clause.operator == "!=" else condition


def _compared(scope: RosterScope, column: Any, sign: str, value: str) -> Condition:
    if sign == "~":
        condition: Condition = column.icontains(value, autoescape=True)
        return condition
    return _sign(
        _collated(scope, column) if sign in {"<", "<=", ">", ">="} else column, sign, value
    )


def _sign(column: Any, sign: str, value: Any) -> Condition:
    condition: Condition = filters.COMPARISONS[sign](column, value)
    return condition


def _collated(scope: RosterScope, column: Any) -> Any:
    """By code points, as SQLite compares anyhow, whatever language the database speaks."""
    dialect = scope.session.get_bind().dialect.name
    return column.collate("C") if dialect == "postgresql" else column


def _user_changed(sign: str, value: datetime) -> Condition:
    """When a person was changed: what they are at which org is part of the object."""

    def since(is_later: Callable[[Any], Condition]) -> Condition:
        return or_(
            is_later(User.last_modified),
            *(
                User.id.in_(select(roles.user_id).where(is_later(roles.last_modified)))
                for roles in (UserRole, DistrictRole)
            ),
        )

    after, from_then = since(lambda at: at > value), since(lambda at: at >= value)
    return {
        ">": after,
        ">=": from_then,
        "<": not_(from_then),
        "<=": not_(after),
        "=": and_(from_then, not_(after)),
        "!=": or_(not_(from_then), after),
    }.get(sign, false())


def ordered(scope: RosterScope, kind: Kind, query: Query) -> list[tuple[Any, bool]]:
    """Always whole: whoever reads page after page gets every row once.

    Returns:
        Column and whether it is descending, the first one first.
    """
    always = [(column, False) for column in (*kind.key[:-1], kind.model.sourced_id, kind.model.id)]
    if not query.sort:
        return always
    if query.sort in kind.through:
        own, key, named = kind.through[query.sort]
        where = [key == own]
        if kind.model is Enrollment and key is Class.id:
            # The school is the first half of the key.
            where.append(Class.school_id == Enrollment.school_id)
        wanted: Any = select(_collated(scope, named)).where(*where).scalar_subquery()
        wanted = func.coalesce(wanted, "")
    elif query.sort == "dateLastModified" and kind.model is User:
        wanted = _last_change(scope)
    else:
        wanted = kind.columns[query.sort]
        how = entities.TYPES[_LIST_OF[kind.model]][query.sort]
        wanted = _collated(scope, wanted) if how is Type.TEXT else wanted
        if how is Type.DATE:
            # What has no date comes first, as an empty text does.
            blank = wanted.is_not(None)
            return [(blank, query.is_descending), (wanted, query.is_descending), *always]
    return [(wanted, query.is_descending), *always]


def _last_change(scope: RosterScope) -> Any:
    """When a person was changed, or what they are at some org."""
    latest: list[Any] = [User.last_modified]
    for roles in (UserRole, DistrictRole):
        later = and_(roles.user_id == User.id, roles.last_modified > User.last_modified)
        at = roles.last_modified
        last = select(at).where(later).order_by(at.desc()).limit(1).scalar_subquery()
        latest.append(func.coalesce(last, User.last_modified))
    # Of the board there are few, and nobody else is looked up.
    of_board = User.id.in_(select(DistrictRole.user_id))
    latest[-1] = case((of_board, latest[-1]), else_=User.last_modified)
    is_postgresql = scope.session.get_bind().dialect.name == "postgresql"
    return func.greatest(*latest) if is_postgresql else func.max(*latest)


def _columns(model: Any, **more: Any) -> Mapping[str, Any]:
    return {
        "sourcedId": model.sourced_id,
        "status": model.status,
        "dateLastModified": model.last_modified,
        **more,
    }


KINDS: Mapping[str, Kind] = {
    "courses": Kind(
        Course,
        {
            **_columns(Course, title=Course.title, courseCode=Course.course_code),
            "org.sourcedId": Course.org_sourced_id,
            "schoolYear.sourcedId": Course.school_year_sourced_id,
        },
        {},
    ),
    "classes": Kind(
        Class,
        _columns(
            Class,
            title=Class.title,
            classCode=Class.class_code,
            classType=Class.class_type,
            location=Class.location,
        ),
        {
            "school.sourcedId": (Class.school_id, School.id, School.sourced_id),
            "course.sourcedId": (Class.course_id, Course.id, Course.sourced_id),
        },
    ),
    "enrollments": Kind(
        Enrollment,
        _columns(
            Enrollment,
            role=Enrollment.role,
            primary=Enrollment.primary,
            beginDate=Enrollment.starts_on,
            endDate=Enrollment.ends_before,
        ),
        {
            "user.sourcedId": (Enrollment.user_id, User.id, User.sourced_id),
            "class.sourcedId": (Enrollment.class_id, Class.id, Class.sourced_id),
            "school.sourcedId": (Enrollment.school_id, School.id, School.sourced_id),
        },
    ),
    "users": Kind(
        User,
        {
            **_columns(
                User,
                username=User.username,
                userMasterIdentifier=User.master_identifier,
                enabledUser=User.enabled,
                givenName=User.given_name,
                familyName=User.family_name,
                middleName=User.middle_name,
                identifier=User.identifier,
                grades=User.grade,
            ),
            "primaryOrg.sourcedId": User.primary_org_sourced_id,
            "metadata.jp.kanaGivenName": User.kana_given_name,
            "metadata.jp.kanaFamilyName": User.kana_family_name,
        },
        {},
    ),
}
_LIST_OF = {kind.model: objects for objects, kind in KINDS.items()}
