"""What can be wrong with a row besides what it says: for each rule the sentence about it."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.words import mark
from aarportal.cycle.action.translators import rules

#: Every rule that a row of an import may break.
RULES: Mapping[str, str] = MappingProxyType(
    {
        **rules.RULES,
        "person_elsewhere": mark(
            "“%(cell)s” was no student of this school on that day; the row is not yours to bring."
        ),
        "row_otherwise": mark(
            "This row was imported before, and its account was read otherwise. Take that import "
            "back first."
        ),
    }
)

#: Why an import stopped.
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "asked": mark("Somebody stopped it."),
        "file_gone": mark("The file is not here any more. Bring it again."),
        "unexpected": mark("Something went wrong in here. Nothing is half done; you can go on."),
    }
)
