"""The kinds of machines, each with its physics and its plain data."""
