"""How far what students do here was told to other systems."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import DistrictOwned, SystemOnly, Untraced


class PublishedThrough(SystemOnly, DistrictOwned, Untraced, Base):
    """The moment up to which every change of a district's laps was looked at."""

    __tablename__ = "published_through"

    district_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-30)
    through: Mapped[datetime]
