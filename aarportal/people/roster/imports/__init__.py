"""Rosters that are brought: looked through, shown as a difference, written, taken back."""
