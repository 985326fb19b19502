"""学習指導要領コード: what schools teach, as the ministry numbers it."""

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from aarportal.core.database import Base
from aarportal.core.ownership import Shared


class CurriculumItem(Shared, Base):
    """One item of the courses of study (学習指導要領) with its code."""

    __tablename__ = "curriculum_items"
    __table_args__ = (Index(None, "parent_code"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    """16 letters and digits, case-sensitive."""
    parent_code: Mapped[str | None]
    """The heading above it, which need not be loaded; None for a chapter."""
    school: Mapped[str]
    """`P` primary, `J` lower secondary."""
    subject: Mapped[str]
    """Key of the subject (see cycle.units.subjects); empty for none."""
    grades: Mapped[list[int]] = mapped_column(JSON)
    """Within the school; empty when the code names none."""
    text: Mapped[str]
    """Its first line is the heading, where there are several."""
