"""Pure rules of describing a table: columns, classes, limits, templates."""
