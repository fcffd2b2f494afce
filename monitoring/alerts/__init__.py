"""Alerts: the board, an alert with its evidence, and what people do with it."""
