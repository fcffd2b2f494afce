"""Training: rows in, a fitted model, measures and a frozen reference out. Pure functions over arrays."""
