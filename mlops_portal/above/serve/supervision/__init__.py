"""Processes started in order, watched, and ended together."""
