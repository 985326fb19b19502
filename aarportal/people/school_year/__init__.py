"""The school year: calendar, terms, lesson times, timetables."""
