"""Parts in doubt: which, where they are, and what a person signed of each."""
