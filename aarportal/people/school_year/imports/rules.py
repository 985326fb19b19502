"""What can be wrong with a calendar or a timetable: for each rule a sentence that helps."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.tables import rules
from aarportal.core.words import mark

#: As in `core.tables.rules`, with what only these tables have.
RULES: Mapping[str, str] = MappingProxyType(
    {
        **rules.RULES,
        "column_needed": mark("Say which column holds this."),
        "column_twice": mark("This column is said twice."),
        "day_outside": mark("“%(cell)s” does not lie in this school year."),
        "day_order": mark("“%(cell)s” ends before it begins."),
        "day_kind": mark("“%(cell)s” is no kind of day. Write 休業日, 授業日, 行事 or 考査."),
        "day_contradicts": mark("Another line says the opposite of this day: “%(cell)s”."),
        "title_long": mark("The name has more than 60 letters: “%(cell)s”."),
        "bells_unknown": mark("The school has no lesson times called “%(cell)s”."),
        "class_unknown": mark("There is no class “%(cell)s” on that day."),
        "class_several": mark("Several classes may be meant by “%(cell)s”."),
        "weekday": mark("“%(cell)s” is no weekday from Monday to Saturday."),
        "period": mark("“%(cell)s” is no lesson from 1 to 8."),
        "subject_unknown": mark("“%(cell)s” is no subject such as 国語, 算数 or 学級活動."),
        "slot_twice": mark("Another line says something else of the same lesson: “%(cell)s”."),
        "teacher_unknown": mark("Nobody who teaches here is called “%(cell)s”."),
        "teacher_several": mark("Several people are called “%(cell)s”; write their login name."),
    }
)
