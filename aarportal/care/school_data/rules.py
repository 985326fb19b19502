"""What can be wrong with a table of the school office: for each rule the sentence about it."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.tables import rules as tables
from aarportal.core.words import mark

#: Every rule that a file, its columns or a row may break.
RULES: Mapping[str, str] = MappingProxyType(
    {
        **tables.RULES,
        # The columns
        "column_missing": mark("The file has no column of this name."),
        "column_twice": mark("This column is used for two things."),
        "column_needed": mark("Choose the column for this: %(detail)s"),
        # Whose it is
        "person_unknown": mark("No pupil of this school on that day: “%(cell)s”."),
        "person_several": mark(
            "Several pupils of this school on that day: “%(cell)s”. Nobody guesses which; use "
            "another identifier."
        ),
        # The row
        "row_long": mark("This row has more cells than there are columns."),
        "row_twice": mark(
            "Two rows say different things about the same pupil and day or subject. Neither is "
            "taken; leave the right one in the file."
        ),
        # The cells
        "text_long": mark("At most 1000 letters."),
        "school_year": mark("“%(cell)s” is not a school year such as 2026 or 令和8年度."),
        "term": mark("“%(cell)s” is not a term such as 1, 2学期 or 学年末."),
        "temperature": mark("“%(cell)s” is not a temperature such as 36.5."),
        "yes_or_no": mark("“%(cell)s” is neither yes nor no. Write はい or いいえ."),
        "attendance_mark": mark(
            "“%(cell)s” is not a mark such as 出席, 欠席, 病欠, 遅刻, 早退, 出席停止 or 忌引."
        ),
        "required_days": mark(
            "“%(cell)s” is not the days of lessons less those suspended, in mourning or abroad."
        ),
        "present_days": mark(
            "“%(cell)s” is not the days on which attendance was due less absence."
        ),
        "mood": mark("“%(cell)s” is no step of the scale that was chosen."),
        "observation": mark("“%(cell)s” is not A, B or C."),
        "rating": mark("“%(cell)s” is no step of the ratings that were chosen."),
    }
)

#: Why an import stopped.
TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "asked": mark("Somebody stopped it."),
        "file_gone": mark("The file is not here any more. Bring it again."),
        "overwritten": mark(
            "Some of it was changed since, by a later import or by hand. Nothing was taken back: "
            "take the later import back first."
        ),
        "unexpected": mark("Something went wrong in here. Nothing is half done; you can go on."),
    }
)
