"""What a fitted process is made of: a level that moves, a spread that wanders, values that repeat."""
