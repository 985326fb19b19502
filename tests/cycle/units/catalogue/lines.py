"""Lines of catalogues for tests."""

from aarportal.audit import operations as audit
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from tests.cast import APP_DRILL, HINATA


def entry(kind="title", value="わり算", subject="sansu", **parts) -> CatalogueEntry:
    """A line of the drill's own catalogue."""
    values = {"district_id": HINATA, "school_id": NOTHING, "app_id": APP_DRILL, **parts}
    return CatalogueEntry(kind=kind, value=value, subject=subject, **values)


def keep(*entries: CatalogueEntry) -> None:
    """Put lines into the database past the operations."""
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add_all(entries)
        audit.record(scope, "test:kept", "catalogue")
