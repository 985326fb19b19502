"""Working on rosters that were brought: looking through, writing, taking back."""
