"""What can be wrong with a table: for each rule the sentence that helps to mend it."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.tables import rules as tables
from aarportal.core.words import mark

#: Sentence of help for each rule, in English; `%(detail)s` is the detail of the problem, and
#: `%(cell)s` what stands in the cell.
RULES: Mapping[str, str] = MappingProxyType(
    {
        **tables.RULES,
        # The mapping
        "column_missing": mark("The file has no column of this name."),
        "column_twice": mark("This column is used for two things."),
        "column_needed": mark("Choose the column for this: %(detail)s"),
        "choose_date_or_moment": mark("Choose a date or a date with time, not both."),
        # The row
        "row_long": mark("This row has more cells than there are columns."),
        "totals_row": mark("This row sums up others; it was left out."),
        "person_uuid": mark("This is no 利用者識別子: it has the form of a UUID."),
        "person_form": mark("This cannot be the name of an account."),
        "percent_of_items": mark("No number of answers gives “%(cell)s” of so many questions."),
        "items_differ": mark("“%(cell)s” names another number of questions than its column."),
        "percent_coarse": mark(
            "“%(cell)s” of so many questions may be one of several numbers. Use the column as "
            "points."
        ),
        "correct_without_items": mark(
            "“%(cell)s” does not say of how many questions. Choose their column, or use this one "
            "as points."
        ),
        "correct_more_than_items": mark("“%(cell)s” are more than the questions of this row."),
        "score_max_differs": mark("“%(cell)s” names another maximum than its column."),
        "score_more_than_max": mark("“%(cell)s” is more than the maximum of this row."),
        "score_max_zero": mark("The maximum must be more than 0."),
        "unit_code": mark("“%(cell)s” is no 学習指導要領コード: it has 16 letters and digits."),
        "attempt": mark("“%(cell)s” is not a number of an attempt: 1 or more."),
    }
)
#: Rules that are told and are nobody's fault: the row just becomes no record.
LEFT_OUT = frozenset({"totals_row"})
