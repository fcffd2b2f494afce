"""Any table that a plant may bring: reading, a first schema, and what is wrong with it. Pure: no Django."""
