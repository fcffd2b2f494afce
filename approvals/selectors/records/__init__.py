"""Reading the decision log, and what is exported of it."""
