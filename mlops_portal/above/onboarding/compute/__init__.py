"""From a table to what a model is made of. Pure functions over arrays."""
