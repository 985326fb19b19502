"""Counts of the installation: how many rows, which work waits, who is signed in by role."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from aarportal.core.scope import SystemScope
from aarportal.people.accounts.models import SignInSession
from aarportal.people.roster.models import User


class Work(NamedTuple):
    """Jobs of one table in one state."""

    table: str
    state: str
    jobs: int


class Trouble(NamedTuple):
    """Jobs of one table that stopped for one reason in the last days."""

    table: str
    reason: str
    jobs: int


def _classes() -> list[Any]:
    found = (mapper.class_ for mapper in User.registry.mappers)
    return sorted(found, key=lambda it: str(it.__tablename__))


def rows(scope: SystemScope) -> list[tuple[str, int]]:
    """Table -> how many rows it has, in alphabetical order."""
    return [
        (each.__tablename__, scope.session.scalar(select(func.count()).select_from(each)) or 0)
        for each in _classes()
    ]


def work(scope: SystemScope) -> list[Work]:
    """Jobs by table and state: what was brought, and what is made to be taken along."""
    found: list[Work] = []
    for each in _jobs("state"):
        counted = select(each.state, func.count()).group_by(each.state).order_by(each.state)
        found += (Work(each.__tablename__, *row) for row in scope.session.execute(counted))
    return found


def troubles(scope: SystemScope, now: datetime, days: int) -> list[Trouble]:
    """Why jobs of the last days stopped."""
    found: list[Trouble] = []
    for each in _jobs("trouble", "made_at"):
        counted = (
            select(each.trouble, func.count())
            .where(each.trouble != "", each.made_at >= now - timedelta(days=days))
            .group_by(each.trouble)
            .order_by(each.trouble)
        )
        found += (Trouble(each.__tablename__, *row) for row in scope.session.execute(counted))
    return found


def _jobs(*columns: str) -> Sequence[Any]:
    """Tables of jobs that have these columns."""
    names = ("_imports", "_packages", "_sources")
    return [
        each
        for each in _classes()
        if each.__tablename__.endswith(names) and all(hasattr(each, name) for name in columns)
    ]


def sessions(scope: SystemScope, now: datetime) -> list[tuple[str, int]]:
    """Role -> open sessions."""
    counted = (
        select(SignInSession.role, func.count())
        .where(SignInSession.closes_at > now)
        .group_by(SignInSession.role)
        .order_by(SignInSession.role)
    )
    return [(role, n) for role, n in scope.session.execute(counted)]
