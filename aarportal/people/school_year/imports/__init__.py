"""Calendars and timetables as tables: read, compared, taken, taken back, and written."""
