"""Tables that somebody brings: looked at, taken row by row as statements, and taken back whole."""
