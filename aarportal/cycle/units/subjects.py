"""The subjects of units; the foundations know them, because timetables and grades have them too."""

from aarportal.core.subjects import SUBJECTS

__all__ = ["SUBJECTS"]
