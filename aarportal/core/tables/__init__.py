"""Tables of spreadsheets and school systems: text files, their cells, dates and numbers; pure."""
