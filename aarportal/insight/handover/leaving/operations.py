"""The list of who has left, which no single school can see whole."""

from dataclasses import dataclass

from aarportal.core import clock
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover.leaving import store
from aarportal.insight.handover.leaving.store import Leaver, Search
from aarportal.insight.handover.models import DeletionOrder, HandoverPackage


@dataclass(frozen=True)
class LeaverRow:
    """A line of the list: who, and what became of the papers."""

    leaver: Leaver
    package: HandoverPackage | None
    order: DeletionOrder | None


def leavers(scope: Scope, words: str, page: int, size: int) -> tuple[list[LeaverRow], int]:
    """Who left this school and the district with it; and how many. Opens its units of work itself.

    Whether somebody goes on at another school is the system's to see; what it finds is narrowed to
    former students of the schools in sight.
    """
    search = Search(scope.district_id, scope.school_ids, words, page, size)
    with unit_of_work(SystemScope("who has left a school"), read_only=True) as system:
        found, count = store.leavers(system, search, clock.today())
    ids = [each.id for each in found]
    with unit_of_work(scope, read_only=True):
        packages = store.latest_packages(scope, ids)
        orders = store.orders_of(scope, ids)
    return [LeaverRow(each, packages.get(each.id), orders.get(each.id)) for each in found], count
