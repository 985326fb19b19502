"""Accounts that rest after too many tries, and who opens them again."""
