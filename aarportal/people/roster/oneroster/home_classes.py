"""The class that a pupil's homeClass means: its id by the standard, its title in many files."""

from typing import NamedTuple

from aarportal.people.roster.oneroster.columns import CLASSES, USERS
from aarportal.people.roster.oneroster.problems import ProblemLog
from aarportal.people.roster.oneroster.relations import Relations
from aarportal.people.roster.oneroster.repairs import Mode
from aarportal.people.roster.oneroster.rows import ClassRow, UserRow

COLUMN = "metadata.jp.homeClass"


class _Titled(NamedTuple):
    sourced_id: str
    school_sourced_id: str
    grades: tuple[str, ...]


class HomeClasses:
    """The classes of a bundle by their titles."""

    def __init__(self, relations: Relations, mode: Mode) -> None:
        """Start with no class."""
        self._relations = relations
        self._is_tolerant = mode is Mode.TOLERANT
        self._titles: dict[str, list[_Titled]] = {}

    def add(self, row: ClassRow) -> None:
        """Note a class that stays."""
        one = _Titled(row.sourced_id, row.school_sourced_id, row.grades)
        self._titles.setdefault(row.title, []).append(one)

    def find(self, line: int, row: UserRow, log: ProblemLog) -> str:
        """The class meant: its id, or its title when school and grade fit; empty if uncertain."""
        if self._relations.has(CLASSES, row.home_class):
            return row.home_class
        same_title = self._titles.get(row.home_class, [])
        if not same_title:
            self._tell_unknown(line, row.home_class, log)
            return ""
        fitting = [
            one
            for one in same_title
            if row.primary_org_sourced_id in ("", one.school_sourced_id)
            and (not one.grades or not row.grades or set(one.grades) & set(row.grades))
        ]
        if len(fitting) != 1:
            log.add(USERS, line, COLUMN, "home_class_unclear", row.home_class)
            return ""
        if self._is_tolerant:
            log.repair(USERS, line, COLUMN, "home_class_title", row.home_class)
        else:
            log.add(USERS, line, COLUMN, "home_class_title", row.home_class)
        return fitting[0].sourced_id

    def _tell_unknown(self, line: int, home_class: str, log: ProblemLog) -> None:
        if self._relations.is_part(CLASSES):
            log.add(USERS, line, COLUMN, "home_class_unknown", home_class)
        elif self._relations.knows_all(CLASSES) and self._is_tolerant:
            log.repair(USERS, line, COLUMN, "dangling_blank", home_class)
        elif self._relations.knows_all(CLASSES):
            log.add(USERS, line, COLUMN, "dangling_reference", home_class)
