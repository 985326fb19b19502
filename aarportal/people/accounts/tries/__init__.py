"""Tries that do not succeed, and how long who makes them has to wait."""
