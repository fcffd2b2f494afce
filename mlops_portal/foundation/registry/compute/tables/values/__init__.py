"""Columns of text as numbers, moments and categories, with what was guessed of them said."""
