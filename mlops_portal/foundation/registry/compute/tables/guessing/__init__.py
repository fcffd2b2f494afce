"""A first schema, from headings and values. A person corrects it."""
