"""Which subject and unit the activities of a learning app belong to."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ids import NOTHING
from aarportal.core.ownership import DistrictRow


class CatalogueEntry(DistrictRow, Base):
    """One line of an app's own catalogue, or of the table that the teachers of a school keep."""

    __tablename__ = "catalogue_entries"
    __table_args__ = (
        UniqueConstraint("district_id", "app_id", "school_id", "kind", "value"),
        Index(None, "district_id", "school_id"),
    )

    app_id: Mapped[UUID]
    school_id: Mapped[UUID] = mapped_column(default=NOTHING)
    """The school that keeps the line; all zeros for the app's own, which holds in the district."""
    kind: Mapped[str]
    """`activity`, `prefix` or `title`: see choosing.KINDS."""
    value: Mapped[str]
    """The activity's id, how such ids begin, or the title of the unit, as records have them."""
    subject: Mapped[str]
    """Key of the subject (see cycle.units.subjects); empty for unknown."""
    code: Mapped[str] = mapped_column(default="")
    """学習指導要領コード of the unit; empty for none."""
    unit_title: Mapped[str] = mapped_column(default="")
    """The unit as the school calls it, with its readings; empty for none."""
