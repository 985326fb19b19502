"""Learning apps that are opened from here (LTI 1.3: this portal is the platform)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core import clock
from aarportal.core.database import Base
from aarportal.core.ownership import DistrictRow


class LtiTool(DistrictRow, Base):
    """How a learning app is opened, and what it is told of whoever opens it."""

    __tablename__ = "lti_tools"
    __table_args__ = (ForeignKeyConstraint(["district_id"], ["districts.id"]),)

    app_id: Mapped[UUID] = mapped_column(ForeignKey("learning_apps.id"), unique=True)
    client_id: Mapped[str] = mapped_column(unique=True)
    deployment_id: Mapped[str]
    login_url: Mapped[str]
    """Where a launch is begun (third-party initiated login)."""
    launch_url: Mapped[str]
    """What is opened (target_link_uri)."""
    redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    """Where it may have the answer sent, to the letter."""
    known_as: Mapped[str] = mapped_column(default="pairwise")
    """Under which name it knows pupils: `pairwise`, a name that no other app knows, or
    `identifier`, the 利用者識別子."""
    tells_name: Mapped[bool] = mapped_column(default=False)
    tells_class: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
