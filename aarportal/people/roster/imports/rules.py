"""Why a roster does not go in or back: for each reason the sentence about it."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.words import mark

#: What only the roster that stands can show; the reader's own rules are in `problems.RULES`.
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "no_district": mark("orgs.csv names no district. Export the roster with its district."),
        "several_districts": mark("A file holds one district. Export a file for each of them."),
        "another_district": mark(
            "The file is of another district, or of one that stands here under another "
            "教育委員会コード. Nothing was written, so that the two are not mixed up."
        ),
        "another_school": mark(
            "The file speaks of another school. A school brings its own roster; the board of "
            "education brings that of all schools."
        ),
    }
)

#: What is more often a mistake in the file than meant.
DOUBTS: Mapping[str, str] = MappingProxyType(
    {
        "class_empties": mark(
            "%(what)s: %(count)s of %(of)s would be gone and have no other class."
        ),
        "school_empties": mark("%(what)s: all %(count)s would be gone. Is the school in the file?"),
        "no_teacher": mark("%(what)s would have no teacher any more; now there are %(count)s."),
        "no_head": mark("%(what)s would have no head any more."),
        "no_office": mark("%(what)s would have no school office any more; nobody could mend it."),
        "no_nurse": mark("%(what)s would have no school nurse any more."),
        "many_leave": mark("%(count)s of %(of)s people would be gone. Is the file whole?"),
        "many_renamed": mark(
            "%(count)s of %(of)s people would change their names. "
            "Do the sourcedIds belong to other people now?"
        ),
    }
)

#: Why an import stopped.
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "file_gone": mark("The file is not here any more. Bring it again."),
        "unexpected": mark(
            "Something went wrong in here, several times. The roster is as it was; you can go on."
        ),
        "no_room": mark(
            "The server has no room left to write. The roster is as it was. Tell whoever looks "
            "after the server, and go on when there is room again."
        ),
        "built_on": mark(
            "Since then somebody has signed in, worked or been entered who came with this roster. "
            "It cannot be taken back any more; bring a corrected roster instead."
        ),
        "changed_since": mark(
            "Rows of this roster were changed again since then. Take the later changes back first, "
            "or bring a corrected roster."
        ),
    }
)
