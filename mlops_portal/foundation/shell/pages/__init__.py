"""What every page stands on: who is signed in, what was typed, where to go next, what went wrong."""
