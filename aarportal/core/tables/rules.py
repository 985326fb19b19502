"""What can be wrong with a table and its cells: for each rule a sentence that helps to mend it."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.words import mark

#: Sentence of help for each rule, in English; `%(detail)s` is the detail of the problem, and
#: `%(cell)s` what stands in the cell.
RULES: Mapping[str, str] = MappingProxyType(
    {
        # The file
        "file_empty": mark("The file is empty."),
        "file_too_large": mark("The file is too large; %(detail)s bytes are allowed."),
        "file_is_workbook": mark("This is an Excel workbook. Save it as CSV and send that."),
        "file_is_zip": mark("This is a zip file. Unpack it and send the CSV file in it."),
        "file_not_text": mark("This is not a text file. Send a CSV file."),
        "file_encoding": mark(
            "The characters of this file cannot be read, neither as UTF-8 nor as Shift JIS "
            "(CP932). Save it as UTF-8."
        ),
        "file_encoding_asked": mark("The file cannot be read as %(detail)s."),
        "file_quote_open": mark(
            "A double quote is opened here and never closed; write a quote inside a cell twice."
        ),
        "file_line": mark("This line cannot be read: %(detail)s"),
        "file_too_many_rows": mark("The file has too many rows; %(detail)s are allowed."),
        "file_too_many_columns": mark("This line has too many columns; %(detail)s are allowed."),
        "file_no_header": mark("The file has no line with the names of columns."),
        # The cells
        "date": mark("“%(cell)s” is not a date such as 2026-04-01, 2026/4/1 or 令和8年4月1日."),
        "date_none": mark("There is no such day: “%(cell)s”."),
        "date_year_missing": mark("The year is missing: “%(cell)s”. Write 2026/4/1."),
        "date_year_short": mark(
            "The year has two digits, and it may be of an era or not: “%(cell)s”. Write 2026/4/1."
        ),
        "date_era": mark("The era did not have this day: “%(cell)s”."),
        "date_serial": mark("“%(cell)s” is not a day number of a spreadsheet."),
        "date_later": mark("This day lies in the future: “%(cell)s”."),
        "time": mark("“%(cell)s” is not a time such as 9:05, 15:05 or 午後3時5分."),
        "time_twelve": mark(
            "“%(cell)s” may mean noon or midnight. Write 0:00 or 12:00 with 24 hours."
        ),
        "number": mark("“%(cell)s” is not a number of 0 or more."),
        "count": mark("“%(cell)s” is not a whole number."),
        "value_needed": mark("This cell must not be blank."),
        "percent": mark("“%(cell)s” is more than 100 percent."),
        "fraction": mark("“%(cell)s” is not a part of a whole such as 17/20."),
        "duration": mark("“%(cell)s” is not a duration such as 12分30秒 or 0:12:30."),
        "duration_bare": mark("“%(cell)s” lacks its units. Write 12分30秒 or 0:12:30."),
        "duration_two_parts": mark(
            "“%(cell)s” may be minutes and seconds or hours and minutes. Write 0:12:30."
        ),
        "duration_long": mark("“%(cell)s” is longer than a day."),
    }
)
